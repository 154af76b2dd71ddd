"""A device URL (design section 5) as a frozen Target. Secrets never show in repr or errors."""

from dataclasses import dataclass, field
from enum import StrEnum


class Line(StrEnum):
    """How the device is reached: the URL's scheme."""

    SNMP = "snmp"
    SNMP3 = "snmp3"
    MODBUS_TCP = "modbus"
    MODBUS_RTU_TCP = "modbus+rtu"
    MODBUS_SERIAL = "modbus+serial"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a device is. Fields that a line does not use keep their defaults.

    `unit` is None where the URL names none: the profile's default counts. `version` is 1 or 2 for
    snmp (2 means v2c), 3 for snmp3. `path` is the serial device. `timeout_s` None: the profile's.
    """

    line: Line
    host: str = ""
    port: int = 0
    community: str = field(default="", repr=False)
    version: int = 2
    user: str = ""
    auth: str | None = None
    priv: str | None = None
    path: str = ""
    unit: int | None = None
    baud: int = 9600
    parity: str = "N"
    stop_bits: int = 1
    timeout_s: float | None = None

    @property
    def line_key(self) -> tuple[str, ...]:
        """Devices with the same key share one connection (rule 5): framing, host, port."""
        raise NotImplementedError

    def shown(self) -> str:
        """The URL without its secret, for pages and logs."""
        raise NotImplementedError


def parse(url: str) -> Target:
    """The target of a URL. ConfigError names the part that is wrong and what is allowed there."""
    raise NotImplementedError
