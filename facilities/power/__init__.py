"""The chain from utility to outlet, as a graph."""
