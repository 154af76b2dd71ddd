"""One description of the demo site, read by the record seed and by the emulated plant."""
