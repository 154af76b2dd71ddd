"""Telling people: an outbox that survives a restart, templates, channels."""
