"""What a device once said, from a file or from a test: OIDs with values, registers with words.

Files are in the `.snmprec` form of snmpsim (`OID|type|value`; the type is the ASN.1 tag, with an
`x` where the value is hexadecimal), or `fc:address|word` lines for Modbus.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from telemetry.errors import ConfigError
from telemetry.transports.base import Varbind

_OCTETS: Final = 4
_NULL: Final = 5
_OBJECT_ID: Final = 6
_ADDRESS: Final = 64
_OPAQUE: Final = 68
_NUMBERS: Final = frozenset({2, 65, 66, 67, 70})

Register = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Recording:
    """`registers` go from (function, zero-based address) to the word or bit there."""

    varbinds: Mapping[str, Varbind] = field(default_factory=dict)
    registers: Mapping[Register, int] = field(default_factory=dict)


def load(path: Path) -> Recording:
    """Reads a recording. ConfigError names the file and line of what cannot be read."""
    try:
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise ConfigError(error.strerror or "cannot be read", str(path)) from error
    return parse(text.splitlines(), str(path))


def parse(lines: Iterable[str], source: str) -> Recording:
    """Reads the lines of a recording; blank lines and those that begin with # are passed over."""
    varbinds: dict[str, Varbind] = {}
    registers: dict[Register, int] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            name, *rest = line.rstrip("\r\n").split("|", 2)
            if ":" in name:
                fc, address = name.split(":")
                registers[int(fc), int(address)] = int(rest[0], 0)
            else:
                varbinds[name.removeprefix(".")] = _value(*rest)
        except (ValueError, TypeError) as error:
            problem = f"expected OID|type|value or fc:address|word ({error})"
            raise ConfigError(problem, f"{source}:{number}") from error
    return Recording(varbinds, registers)


def _value(tag: str, text: str) -> Varbind:
    if ":" in tag:
        return None  # made up by a module of snmpsim, so never said by a device
    is_hex = tag.endswith("x")
    kind = int(tag.removesuffix("x"))
    octets = bytes.fromhex(text) if is_hex else text.encode("utf-8", "surrogateescape")
    if kind in _NUMBERS:
        return int(octets) if not is_hex else int.from_bytes(octets, "big")
    if kind == _ADDRESS:
        return ".".join(str(part) for part in octets) if is_hex else text
    if kind == _OBJECT_ID:
        return text.removeprefix(".")
    if kind in (_OCTETS, _OPAQUE):
        return octets
    if kind == _NULL:
        return None
    raise ValueError(f"type {tag} is not known")
