"""Finds and reads profiles. Every refusal is a ConfigError whose `where` is `file:line`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from telemetry.errors import ConfigError
from telemetry.points import PollClass
from telemetry.profiles.head import read_identity, read_recognition, read_seconds
from telemetry.profiles.model import (
    Cell,
    DeviceKind,
    ModbusRules,
    Profile,
    Protocol,
    Register,
    Scalar,
    SnmpRules,
    Table,
    Verified,
)
from telemetry.profiles.names import profile_name
from telemetry.profiles.objects import read_objects, read_snmp_rules
from telemetry.profiles.registers import read_registers
from telemetry.profiles.strict import Section, parse

_FOLDER = Path(__file__).parent


def names() -> list[str]:
    """The names of the shipped profiles, sorted."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


@lru_cache(maxsize=256)
def shipped(name: str) -> Profile:
    """The shipped profile of that name (cached). ConfigError lists the near names if none."""
    known = names()
    if name not in known:
        near = get_close_matches(name, known) or known
        raise ConfigError(f"no profile is called {name!r}; try {', '.join(near)}")
    return load(_FOLDER / f"{name}.yaml")


def find(name_or_path: str) -> Profile:
    """A shipped profile by name, or the file if it names one."""
    path = Path(name_or_path)
    if path.suffix in (".yaml", ".yml") or len(path.parts) > 1:
        return load(path)
    return shipped(name_or_path)


def load(path: Path) -> Profile:
    """A profile from a file. ConfigError with file and line for anything that is not right."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(error.strerror or "cannot be read", str(path)) from error
    except UnicodeDecodeError as error:
        raise ConfigError("the file is not UTF-8 text", str(path)) from error
    return read(text, str(path))


def read(text: str, source: str) -> Profile:
    """A profile from YAML text; `source` names it in errors."""
    top = parse(text, source)
    body = _modbus(top) if top.need("protocol").choice(Protocol) is Protocol.MODBUS else _snmp(top)
    notes = top.get("notes")
    profile = Profile(
        name=profile_name(top.need("profile")),
        protocol=body.protocol,
        kind=top.need("kind").choice(DeviceKind),
        vendor=top.need("vendor").text(),
        family=top.need("family").text(),
        sources=tuple(value.text() for value in top.need("sources").each()),
        verified=top.need("verified").choice(Verified),
        poll_s=read_seconds(top.get("poll"), body.classes),
        identity=read_identity(top.need("identity"), body.text_points),
        recognition=read_recognition(top.get("recognise"), body.protocol),
        modbus=body.modbus,
        snmp=body.snmp,
        registers=body.registers,
        factors=body.factors,
        scalars=body.scalars,
        tables=body.tables,
        notes=tuple(value.text() for value in notes.each()) if notes else (),
    )
    top.close()
    return profile


@dataclass(frozen=True, slots=True)
class _Body:
    """The part of a profile that depends on its protocol."""

    protocol: Protocol
    text_points: frozenset[str]
    classes: frozenset[PollClass]
    modbus: ModbusRules = field(default_factory=ModbusRules)
    registers: tuple[Register, ...] = ()
    factors: Mapping[str, Cell] = field(default_factory=dict)
    snmp: SnmpRules = field(default_factory=SnmpRules)
    scalars: tuple[Scalar, ...] = ()
    tables: tuple[Table, ...] = ()


def _modbus(top: Section) -> _Body:
    rules, registers, factors = read_registers(top)
    return _Body(
        Protocol.MODBUS,
        frozenset(register.id for register in registers),
        frozenset(register.poll for register in registers),
        modbus=rules,
        registers=registers,
        factors=MappingProxyType(factors),
    )


def _snmp(top: Section) -> _Body:
    rules = read_snmp_rules(top.get("snmp"))
    scalars, tables = read_objects(top)
    classes = {scalar.poll for scalar in scalars}
    classes |= {column.poll for table in tables for column in table.columns}
    return _Body(
        Protocol.SNMP,
        frozenset(scalar.id for scalar in scalars),
        frozenset(classes),
        snmp=rules,
        scalars=scalars,
        tables=tables,
    )
