"""Deliveries, pickups, storage bins and the chain of custody."""
