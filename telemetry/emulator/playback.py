"""Recordings played back as devices: `.snmprec` lines as an SNMP tree, `fc:address|word` lines as
Modbus registers. Unlike `telemetry.transports.recording` this keeps the SNMP types."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from telemetry.emulator import ber
from telemetry.emulator.ber import Malformed, Oid, Typed
from telemetry.emulator.mib import Mib, Slot, fixed
from telemetry.emulator.registers import RegisterImage, WordSlot
from telemetry.errors import ConfigError

_NUMBERS = frozenset({ber.INTEGER, *ber.UNSIGNED})
_OCTETS = frozenset({ber.OCTETS, ber.OPAQUE, ber.IP_ADDRESS})


def load(path: Path) -> Mib | RegisterImage:
    """The device in a recording. ConfigError names the file and line that cannot be read, or says
    that there is nothing in it."""
    slots: dict[Oid, Slot] = {}
    words: dict[tuple[int, int], int] = {}
    for number, line in _lines(path):
        name, _, rest = line.partition("|")
        try:
            if ":" in name:
                fc, address = name.split(":")
                words[int(fc), int(address)] = int(rest, 0) & 0xFFFF
            else:
                tag, _, value = rest.partition("|")
                slots[ber.parse_dotted(name)] = fixed(_typed(tag, value))
        except (ValueError, Malformed) as error:
            problem = f"expected OID|type|value or fc:address|word ({error})"
            raise ConfigError(problem, f"{path}:{number}") from error
    if slots and words:
        raise ConfigError(
            "holds both SNMP and Modbus lines; a device speaks one of them", str(path)
        )
    if words:
        cells = [WordSlot(fc, at, 1, partial(tuple, (w,))) for (fc, at), w in words.items()]
        return RegisterImage(cells)
    if not slots:
        raise ConfigError("holds no recorded values", str(path))
    return Mib(slots)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise ConfigError(error.strerror or "cannot be read", str(path)) from error
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            yield number, line


def _typed(tag: str, value: str) -> Typed:
    """`2|5`, `4|text`, `4x|68656c6c6f`, `6|1.3.6.1`, `64x|7f000001`. Of what snmpsim would vary
    (`2:numeric|min=1,initial=4`) the first value is played."""
    code, _, module = tag.partition(":")
    if module:
        value = _first_value(value)
    plain = code.removesuffix("x")
    if not plain.isdecimal():
        raise ValueError(f"type {tag!r} is not a number")
    kind = int(plain)
    if kind in _NUMBERS:
        return Typed(kind, int(value))
    if kind == ber.OID:
        return Typed(kind, ber.parse_dotted(value))
    if kind in _OCTETS:
        return Typed(kind, _octets(kind, code, value))
    if kind == ber.NULL:
        return Typed(kind)
    raise ValueError(f"type {tag!r} is not one of SNMP's")


def _first_value(given: str) -> str:
    options = dict(part.split("=", 1) for part in given.split(",") if "=" in part)
    for key in ("value", "initial", "min"):
        if key in options:
            return options[key]
    raise ValueError(f"{given!r} names no value to begin with")


def _octets(kind: int, tag: str, value: str) -> bytes:
    if tag.endswith("x"):
        return bytes.fromhex(value)
    if kind == ber.IP_ADDRESS:
        return bytes(int(part) for part in value.split("."))
    return value.encode("utf-8", "surrogateescape")
