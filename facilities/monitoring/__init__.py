"""Devices to poll, points bound to objects, charts, the collector; the readings port."""
