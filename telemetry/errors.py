"""The tree of errors of the telemetry package.

TelemetryError
├── ConfigError        what a person wrote is wrong: a profile, a URL, a setting (carries where)
├── DeviceError        a device said no, or said something that cannot be true
│   ├── NoAnswer       nothing came within the time-out, or the line is down
│   └── Refused        the device answered with an error code (carries it)
└── StoreError         the sample store cannot do what was asked
    └── StoreAway      ... just now; the same call may work later
"""


class TelemetryError(Exception):
    """Anything this package raises on purpose."""


class ConfigError(TelemetryError):
    """What a person wrote is wrong. `where` is a file and line, a setting or a URL."""

    def __init__(self, message: str, where: str = "") -> None:
        super().__init__(f"{where}: {message}" if where else message)
        self.message = message
        self.where = where


class DeviceError(TelemetryError):
    """A device gave no usable answer."""


class NoAnswer(DeviceError):
    """Nothing came in time, or the connection could not be made."""


class Refused(DeviceError):
    """The device answered with an error code (Modbus exception, SNMP error-status)."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


class StoreError(TelemetryError):
    """The sample store refused: wrong query, wrong data, damaged file."""


class StoreAway(StoreError):
    """The sample store cannot be reached just now; nothing was lost, try again."""
