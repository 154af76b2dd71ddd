"""Records from elsewhere in, and out again: importers and exporters."""
