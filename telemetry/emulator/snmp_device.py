"""An SNMP profile as a tree of OIDs whose values are worked out when they are asked for."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from telemetry.emulator import ber
from telemetry.emulator.ber import Malformed, Oid, Typed
from telemetry.emulator.encode import SNMP_COUNTER_WIRE, SNMP_WIRE, Value, Wire, raw_of
from telemetry.emulator.mib import Mib, Slot, fixed
from telemetry.emulator.rows import Row, RowSpec, rows_of
from telemetry.points import Kind, Phase, Quantity
from telemetry.profiles.model import Column, DeviceKind, Meaning, Profile, RowFilter, Table

Values = Callable[[str], Value]
Slots = dict[Oid, Slot]

SYSTEM = "1.3.6.1.2.1.1"
_CENTISECONDS = 0.01


@dataclass(frozen=True, slots=True)
class SystemGroup:
    """What every agent says of itself (RFC 3418); `uptime_s` is asked each time."""

    descr: str
    object_id: str
    uptime_s: Callable[[], float]
    name: str = "emulated"


def mib_of(
    profile: Profile,
    values: Values,
    system: SystemGroup,
    rows: Mapping[str, tuple[RowSpec, ...]] | None = None,
    powers: Mapping[str, int] | None = None,
    omit: frozenset[str] = frozenset(),
) -> Mib:
    """The tree of an SNMP profile. `values` gives each point's value by id, `rows` the rows of a
    table where they are not the usual ones, `powers` the powers of ten a table's factor columns
    hold, `omit` points that this device does not have."""
    slots: Slots = _system_slots(system)
    if profile.recognition.probe_oid is not None:
        slots[_oid(profile.recognition.probe_oid)] = fixed(Typed(ber.INTEGER, 1))
    for table, row in rows_of(profile, rows or {}):
        slots.update(_row_slots(table, row))
    for scalar in profile.scalars:
        if scalar.id not in omit and not scalar.oid.startswith(f"{SYSTEM}."):
            wire = wire_of(profile, scalar.meaning)
            slots[_oid(scalar.oid)] = live(scalar.meaning, partial(values, scalar.id), wire)
    for point_id, table, column, row in columns_of(profile, rows or {}):
        if point_id not in omit:
            power = (powers or {}).get(column.meaning.scale_ref or "", 0)
            wire = wire_of(profile, column.meaning)
            slot = live(column.meaning, partial(values, point_id), wire, power)
            slots.update(_cell_slots(table, column, row, slot, power))
    return Mib(slots)


def columns_of(
    profile: Profile, rows: Mapping[str, tuple[RowSpec, ...]]
) -> Iterator[tuple[str, Table, Column, Row]]:
    """Every point of every row: id as `telemetry.binding` will call it, table, column, row."""
    for table, row in rows_of(profile, rows):
        for column in table.columns:
            yield f"{table.id}.{row.index}.{column.id}", table, column, row


def live(meaning: Meaning, value: Callable[[], Value], wire: Wire, power: int = 0) -> Slot:
    """A slot that encodes the value of the moment."""

    def slot() -> Typed | None:
        raw = raw_of(meaning, value(), wire, power)
        return None if raw is None else typed_of(meaning, raw)

    return slot


def wire_of(profile: Profile, meaning: Meaning) -> Wire:
    """What SNMP carries of this meaning: counters are unsigned, the rest Integer32. Probes whose
    numbers are neither scaled nor counted spell them out ("23.4"), as NetBotz does."""
    if meaning.kind is Kind.COUNTER:
        return SNMP_COUNTER_WIRE
    plain = meaning.multiply == meaning.divide and not meaning.not_available
    spelt = profile.kind is DeviceKind.ENVIRONMENT and meaning.kind is Kind.GAUGE and plain
    return replace(SNMP_WIRE, spelt=spelt)


def typed_of(meaning: Meaning, raw: int | float | str | bytes) -> Typed:
    """The SNMP type that devices use for such a value."""
    if isinstance(raw, bytes):
        return Typed(ber.OCTETS, raw)
    if isinstance(raw, str):
        return _text(meaning, raw)
    number = int(raw)
    if meaning.kind is Kind.COUNTER:
        narrow = number < 2**32 and (meaning.rollover or 2**32) <= 2**32
        return Typed(ber.COUNTER32 if narrow else ber.COUNTER64, number)
    timed = meaning.quantity in (Quantity.RUNTIME, Quantity.DURATION)
    if timed and meaning.multiply / meaning.divide == _CENTISECONDS and number >= 0:
        return Typed(ber.TIMETICKS, number)
    return Typed(ber.INTEGER, number)


def _text(meaning: Meaning, raw: str) -> Typed:
    """Octets; an identity that is an OID of a vendor goes as an OID."""
    if meaning.kind is Kind.IDENTITY and raw.startswith("1.3.6.1."):
        return Typed(ber.OID, _oid(raw))
    return Typed(ber.OCTETS, raw.encode())


def _oid(text: str) -> Oid:
    return ber.parse_dotted(text)


def _system_slots(system: SystemGroup) -> Slots:
    def uptime() -> Typed:
        return Typed(ber.TIMETICKS, int(system.uptime_s() * 100) % 2**32)

    texts = {1: system.descr, 4: "facilities", 5: system.name, 6: "on loopback"}
    slots: Slots = {
        _oid(f"{SYSTEM}.{n}.0"): fixed(Typed(ber.OCTETS, text.encode()))
        for n, text in texts.items()
    }
    try:
        slots[_oid(f"{SYSTEM}.2.0")] = fixed(Typed(ber.OID, _oid(system.object_id)))
    except Malformed:
        slots[_oid(f"{SYSTEM}.2.0")] = fixed(Typed(ber.OID, (0, 0)))
    slots[_oid(f"{SYSTEM}.3.0")] = uptime
    return slots


def _cell_slots(table: Table, column: Column, row: Row, slot: Slot, power: int) -> Slots:
    tail = f".{column.tail}" if column.tail else ""
    slots = {_oid(f"{column.oid}.{row.index}{tail}"): slot}
    if column.meaning.scale_ref is not None:
        factor = table.factors[column.meaning.scale_ref]
        slots[_oid(f"{factor}.{row.index}{tail}")] = fixed(Typed(ber.INTEGER, power))
    return slots


def _row_slots(table: Table, row: Row) -> Slots:
    """What makes a row a row: its own column, its phase, what the filters ask for, its name."""
    slots: Slots = {_oid(f"{table.rows}.{row.index}"): fixed(Typed(ber.INTEGER, row.number))}
    if table.phase is not None and table.phase.oid is not None:
        code = _phase_code(table, row.phase)
        if code is not None:
            slots[_oid(f"{table.phase.oid}.{row.index}")] = fixed(code)
    for rule in table.filters:
        value = _passing(rule, row)
        if value is not None:
            slots[_oid(f"{rule.oid}.{row.index}")] = fixed(value)
    if table.label_oid is not None:
        label = row.label or table.label.replace("{key}", row.index)
        slots[_oid(f"{table.label_oid}.{row.index}")] = fixed(Typed(ber.OCTETS, label.encode()))
    return slots


def _phase_code(table: Table, phase: Phase | None) -> Typed | None:
    known = table.phase.phases if table.phase else {}
    told = next((code for code, named in known.items() if named is phase), None)
    if told is None:
        return None
    return Typed(ber.INTEGER, int(told)) if told.isdecimal() else Typed(ber.OCTETS, told.encode())


def _passing(rule: RowFilter, row: Row) -> Typed | None:
    """A value with which the row passes; None where it is best not there at all."""
    if not rule.keep:
        return None if row.number in rule.values else Typed(ber.INTEGER, row.number)
    first = min(rule.values, key=str)
    return (
        Typed(ber.INTEGER, first) if isinstance(first, int) else Typed(ber.OCTETS, first.encode())
    )
