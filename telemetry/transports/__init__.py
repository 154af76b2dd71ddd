"""How devices are asked: one three-method protocol, Modbus, SNMP, replay."""
