"""A device URL (design section 5) as a frozen Target. Secrets never show in repr or errors."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from telemetry.errors import ConfigError


class Line(StrEnum):
    """How the device is reached: the URL's scheme."""

    SNMP = "snmp"
    SNMP3 = "snmp3"
    MODBUS_TCP = "modbus"
    MODBUS_RTU_TCP = "modbus+rtu"
    MODBUS_SERIAL = "modbus+serial"


AUTH = ("md5", "sha", "sha224", "sha256", "sha384", "sha512")
PRIV = ("des", "aes128", "aes192", "aes256", "aes192c", "aes256c")
_PORTS = {Line.SNMP: 161, Line.SNMP3: 161, Line.MODBUS_TCP: 502, Line.MODBUS_RTU_TCP: 502}
_KEYS = {
    Line.SNMP: {"version", "timeout"},
    Line.SNMP3: {"auth", "priv", "timeout"},
    Line.MODBUS_TCP: {"unit", "timeout"},
    Line.MODBUS_RTU_TCP: {"unit", "timeout"},
    Line.MODBUS_SERIAL: {"unit", "timeout", "baud", "parity", "stop"},
}
_SECRET = re.compile(r"//[^/?#]*@")


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
        """Devices with the same key share one connection (rule 5): framing, host, port or path."""
        if self.line is Line.MODBUS_SERIAL:
            return (self.line.value, self.path)
        return (self.line.value, self.host.lower(), str(self.port))

    def shown(self) -> str:
        """The URL without its secret, for pages and logs."""
        user = f"{quote(self.user, safe='')}@" if self.user else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        place = self.path if self.line is Line.MODBUS_SERIAL else f"{user}{host}:{self.port}"
        unit = f"?unit={self.unit}" if self.unit is not None else ""
        return f"{self.line.value}://{place}{unit}"


def parse(url: str) -> Target:
    """The target of a URL. ConfigError names the part that is wrong and what is allowed there."""
    parts = _split(url)
    line = _line(parts, url)
    asked = _query(parts, line, url)
    timeout_s = _seconds(asked, url)
    if line is Line.MODBUS_SERIAL:
        return _serial(parts, asked, url, timeout_s)
    if parts.path not in ("", "/"):
        raise _wrong(url, "path", f"{line.value} takes none, only HOST:PORT")
    host, port = _address(parts, line, url)
    if line is Line.SNMP:
        version = _whole(asked, "version", 2, 1, 2, url)
        community = _user(parts, url, "community", "public@")
        return Target(line, host, port, community, version, timeout_s=timeout_s)
    if line is Line.SNMP3:
        return _snmp3(parts, asked, url, Target(line, host, port, version=3, timeout_s=timeout_s))
    if parts.username is not None:
        raise _wrong(url, "user", "Modbus has no sign-in; write HOST:PORT")
    return Target(line, host, port, unit=_unit(asked, url), timeout_s=timeout_s)


def hide_secret(url: str) -> str:
    """The URL as it may be shown: whatever stands before @ is hidden."""
    return _SECRET.sub("//***@", url)


def _wrong(url: str, part: str, way_out: str) -> ConfigError:
    return ConfigError(f"{part}: {way_out}", hide_secret(url))


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise _wrong(url, "port", "a number from 1 to 65535 is expected") from None
    if re.search(r"[\s\x00-\x1f]", url):
        raise _wrong(url, "URL", "no blanks; write them as %20")
    return parts


def _line(parts: SplitResult, url: str) -> Line:
    try:
        return Line(parts.scheme)
    except ValueError:
        allowed = ", ".join(f"{line.value}://" for line in Line)
        raise _wrong(url, "scheme", f"one of {allowed}") from None


def _query(parts: SplitResult, line: Line, url: str) -> dict[str, str]:
    asked: dict[str, str] = {}
    for key, value in parse_qsl(parts.query, keep_blank_values=True):
        if key not in _KEYS[line]:
            raise _wrong(url, key, f"not known here; {', '.join(sorted(_KEYS[line]))} are")
        if key in asked:
            raise _wrong(url, key, "given twice")
        asked[key] = value
    if parts.fragment:
        raise _wrong(url, "fragment", "a # must be written as %23")
    return asked


def _address(parts: SplitResult, line: Line, url: str) -> tuple[str, int]:
    if not parts.hostname:
        raise _wrong(url, "host", "a name or an address is missing")
    if parts.port == 0:
        raise _wrong(url, "port", "a number from 1 to 65535 is expected")
    return parts.hostname, parts.port or _PORTS[line]


def _user(parts: SplitResult, url: str, part: str, example: str) -> str:
    if not parts.username:
        raise _wrong(url, part, f"is missing, as in {parts.scheme}://{example}HOST:PORT")
    if parts.password is not None:
        raise _wrong(url, part, "holds a ':'; write it as %3A, and no key into a URL")
    return unquote(parts.username)


def _snmp3(parts: SplitResult, asked: Mapping[str, str], url: str, target: Target) -> Target:
    auth = _one_of(asked, "auth", AUTH, url)
    priv = _one_of(asked, "priv", PRIV, url)
    if priv and not auth:
        raise _wrong(url, "priv", "privacy needs auth as well")
    user = _user(parts, url, "user", "USER@")
    return Target(
        target.line,
        target.host,
        target.port,
        version=3,
        user=user,
        auth=auth,
        priv=priv,
        timeout_s=target.timeout_s,
    )


def _serial(
    parts: SplitResult, asked: Mapping[str, str], url: str, timeout_s: float | None
) -> Target:
    if parts.netloc or not parts.path.startswith("/") or parts.path == "/":
        raise _wrong(url, "path", "a device is expected, as in modbus+serial:///dev/ttyUSB0")
    parity = asked.get("parity", "N").upper()
    if parity not in ("N", "E", "O"):
        raise _wrong(url, "parity", "one of N, E, O")
    return Target(
        Line.MODBUS_SERIAL,
        path=unquote(parts.path),
        unit=_unit(asked, url),
        baud=_whole(asked, "baud", 9600, 300, 921_600, url),
        parity=parity,
        stop_bits=_whole(asked, "stop", 1, 1, 2, url),
        timeout_s=timeout_s,
    )


def _unit(asked: Mapping[str, str], url: str) -> int | None:
    return _whole(asked, "unit", 1, 0, 255, url) if "unit" in asked else None


def _whole(asked: Mapping[str, str], key: str, default: int, low: int, high: int, url: str) -> int:
    text = asked.get(key, str(default))
    number = int(text) if re.fullmatch(r"[0-9]{1,7}", text) else -1
    if not low <= number <= high:
        raise _wrong(url, key, f"a whole number from {low} to {high}")
    return number


def _seconds(asked: Mapping[str, str], url: str) -> float | None:
    text = asked.get("timeout")
    if text is None:
        return None
    seconds = float(text) if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3})?", text) else 0.0
    if not 0 < seconds <= 60:
        raise _wrong(url, "timeout", "seconds, more than 0 and at most 60")
    return seconds


def _one_of(asked: Mapping[str, str], key: str, allowed: tuple[str, ...], url: str) -> str | None:
    value = asked.get(key)
    if value is not None and value not in allowed:
        raise _wrong(url, key, f"one of {', '.join(allowed)}")
    return value
