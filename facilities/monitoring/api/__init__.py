"""REST of devices, bindings and readings."""
