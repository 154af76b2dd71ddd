"""Makers, types, racks, equipment and the claims on rack cells."""
