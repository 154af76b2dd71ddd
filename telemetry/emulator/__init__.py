"""Devices on loopback over their real protocols, and a plant that drives them coherently."""
