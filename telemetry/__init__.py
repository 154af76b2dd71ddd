"""Reads devices over SNMP and Modbus and keeps what they said. Knows nothing of facilities."""
