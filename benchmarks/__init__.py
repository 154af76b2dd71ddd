"""Benchmarks: each prints a table and a ratio against a limit or a peer; none is a timed test."""
