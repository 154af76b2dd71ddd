"""Where samples are kept: one protocol, an in-memory twin, the embedded store, InfluxDB."""
