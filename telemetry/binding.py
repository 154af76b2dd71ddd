"""From a family to one device: which of the profile's points this device has, and where.

SNMP devices are walked once (`discovery`), Modbus devices have what the profile says. Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from telemetry.errors import ConfigError
from telemetry.points import Kind, Phase, Point, PollClass
from telemetry.profiles.model import (
    Cell,
    Column,
    IdentityPart,
    Meaning,
    Profile,
    Protocol,
    RowFilter,
    Table,
)
from telemetry.texts import clean_text
from telemetry.transports.base import Answer, Request, SnmpGet, SnmpWalk, Varbind

#: Column OID -> row index -> value, as walked.
Walked = Mapping[str, Mapping[str, Varbind]]


@dataclass(frozen=True, slots=True)
class BoundPoint:
    """A point of one device. `place` is an OID or a Cell; `factor` that of its power of ten."""

    point: Point
    poll: PollClass
    meaning: Meaning
    place: str | Cell
    factor: str | Cell | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """A device with its profile and its points in stable order. `unit` is the Modbus unit."""

    device: str
    profile: Profile
    unit: int
    points: tuple[BoundPoint, ...]

    @property
    def poll_classes(self) -> tuple[PollClass, ...]:
        """The poll classes that have points."""
        used = {point.poll for point in self.points}
        return tuple(poll for poll in PollClass if poll in used)


def discovery(profile: Profile, *, singly: bool = False) -> tuple[Request, ...]:
    """What to ask once before polling, in order; () for Modbus.

    `singly` asks every scalar by itself: in SNMP v1 one missing object empties the answer.
    """
    if profile.protocol is Protocol.MODBUS:
        return ()
    oids = [scalar.oid for scalar in profile.scalars]
    size = 1 if singly else profile.snmp.max_oids
    gets = [SnmpGet(tuple(oids[n : n + size])) for n in range(0, len(oids), size)]
    columns = dict.fromkeys(oid for table in profile.tables for oid in _columns(table))
    return (*gets, *(SnmpWalk(oid, profile.snmp.max_rows) for oid in columns))


def bind(
    profile: Profile,
    device: str,
    answers: Sequence[Answer | None] = (),
    *,
    unit: int | None = None,
) -> Bound:
    """The device's points. `answers` run along `discovery(profile)`; None where nothing came.

    Only SNMP objects that answered become points. ConfigError if nothing is left (wrong profile).
    """
    if profile.protocol is Protocol.MODBUS:
        points = tuple(_of_registers(profile))
    else:
        found: dict[str, Varbind] = {}
        for answer in answers:
            found.update(answer.varbinds if answer else {})
        points = (*_of_scalars(profile, found), *_of_tables(profile, found))
    if not points:
        raise ConfigError(
            f"nothing of profile {profile.name} answered; is it the right one?", device
        )
    return Bound(device, profile, profile.modbus.unit if unit is None else unit, points)


def identity(profile: Profile, raws: Mapping[str, object]) -> dict[str, str | None]:
    """vendor, model, serial, firmware from the raw values by point id; None where not told."""
    known = profile.identity
    parts = {
        "vendor": known.vendor,
        "model": known.model,
        "serial": known.serial,
        "firmware": known.firmware,
    }
    return {name: _first_text(ways, raws) for name, ways in parts.items()}


def _first_text(ways: Sequence[IdentityPart], raws: Mapping[str, object]) -> str | None:
    return next((text for way in ways if (text := _told(way, raws))), None)


def _told(part: IdentityPart, raws: Mapping[str, object]) -> str:
    raw = raws.get(part.point) if part.point else part.text
    text = clean_text(raw) if isinstance(raw, str | bytes) else "" if raw is None else str(raw)
    if part.pattern is None:
        return text
    match = part.pattern.search(text)
    return (match.group(1) or "").strip() if match else ""


def _point(id_: str, label: str, meaning: Meaning, source: str) -> Point:
    names = meaning.names
    return Point(
        id_, label, meaning.quantity, meaning.unit, meaning.kind, source, meaning.phase, names
    )


def _of_registers(profile: Profile) -> Iterator[BoundPoint]:
    for register in profile.registers:
        cell, ref = register.cell, register.meaning.scale_ref
        point = _point(register.id, register.label, register.meaning, f"fc{cell.fc}:{cell.address}")
        factor = profile.factors[ref] if ref else None
        yield BoundPoint(point, register.poll, register.meaning, cell, factor)


def _of_scalars(profile: Profile, found: Mapping[str, Varbind]) -> Iterator[BoundPoint]:
    for scalar in profile.scalars:
        if found.get(scalar.oid) is not None:
            point = _point(scalar.id, scalar.label, scalar.meaning, scalar.oid)
            yield BoundPoint(point, scalar.poll, scalar.meaning, scalar.oid)


def _of_tables(profile: Profile, found: Mapping[str, Varbind]) -> Iterator[BoundPoint]:
    for table in profile.tables:
        walked = _walked(table, found)
        for key in sorted(walked[table.rows], key=_numeric):
            if all(_passes(rule, key, walked) for rule in table.filters):
                yield from _of_row(table, key, walked)


def _columns(table: Table) -> dict[str, None]:
    """The columns to walk, each once, in a stable order."""
    wanted = [table.rows, table.label_oid, table.phase.oid if table.phase else None]
    wanted += [rule.oid for rule in table.filters]
    wanted += [column.oid for column in table.columns]
    wanted += table.factors.values()
    return dict.fromkeys(oid for oid in wanted if oid is not None)


def _walked(table: Table, found: Mapping[str, Varbind]) -> dict[str, dict[str, Varbind]]:
    walked: dict[str, dict[str, Varbind]] = {oid: {} for oid in _columns(table)}
    for oid, rows in walked.items():
        prefix = f"{oid}."
        start = len(prefix)
        for name, value in found.items():
            if name.startswith(prefix):
                rows[name[start:]] = value
    return walked


def _numeric(key: str) -> tuple[int, ...]:
    return tuple(int(part) for part in key.split("."))


def _passes(rule: RowFilter, key: str, walked: Walked) -> bool:
    value = walked[rule.oid].get(key)
    if value is None:
        return not rule.keep
    listed = value in rule.values or clean_text(value) in rule.values
    return listed is rule.keep


def _of_row(table: Table, key: str, walked: Walked) -> Iterator[BoundPoint]:
    name = _row_name(table, key, walked)
    phase = _row_phase(table, key, walked)
    for column in table.columns:
        index = f"{key}.{column.tail}" if column.tail else key
        if walked[column.oid].get(index) is not None:
            yield _cell_point(table, column, key, name, phase)


def _cell_point(
    table: Table, column: Column, key: str, name: str, phase: Phase | None
) -> BoundPoint:
    meaning = replace(column.meaning, phase=phase) if column.row_phase else column.meaning
    oid = f"{column.oid}.{key}" + (f".{column.tail}" if column.tail else "")
    label = f"{name} {column.label}" if column.label else name
    point = _point(f"{table.id}.{key}.{column.id}", label, meaning, oid)
    ref = meaning.scale_ref
    tail = f".{column.tail}" if column.tail else ""
    factor = f"{table.factors[ref]}.{key}{tail}" if ref else None
    return BoundPoint(point, column.poll, meaning, oid, factor)


def _row_name(table: Table, key: str, walked: Walked) -> str:
    given = clean_text(walked[table.label_oid].get(key)) if table.label_oid else ""
    return given or table.label.replace("{key}", key)


def _row_phase(table: Table, key: str, walked: Walked) -> Phase | None:
    if table.phase is None:
        return None
    told = key if table.phase.oid is None else clean_text(walked[table.phase.oid].get(key))
    return table.phase.phases.get(told)


def is_identity(point: BoundPoint) -> bool:
    """True for the points that say who the device is."""
    return point.point.kind is Kind.IDENTITY
