"""Owners, carriers, suppliers and their contacts."""
