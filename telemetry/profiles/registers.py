"""Reads the Modbus part of a profile: rules, registers, factors, and what must hold (rule 30)."""

from collections.abc import Iterator
from dataclasses import replace

from telemetry.points import Kind, Quantity
from telemetry.profiles.meanings import read_meaning, read_poll
from telemetry.profiles.modbus_rules import Family, read_family, read_order
from telemetry.profiles.model import (
    Cell,
    Meaning,
    ModbusRules,
    Register,
    WireType,
)
from telemetry.profiles.names import point_id
from telemetry.profiles.register_checks import Entry, check_together
from telemetry.profiles.strict import Section, Value

_COUNTS = {
    WireType.BIT: 1,
    WireType.UINT16: 1,
    WireType.INT16: 1,
    WireType.BCD16: 1,
    WireType.UINT32: 2,
    WireType.INT32: 2,
    WireType.FLOAT32: 2,
    WireType.BCD32: 2,
    WireType.UINT64: 4,
    WireType.INT64: 4,
    WireType.FLOAT64: 4,
}
_INTEGERS = frozenset(t for t in WireType if t.value.startswith(("uint", "int")))
_SIGNED = {WireType.INT16: 16, WireType.INT32: 32, WireType.INT64: 64}


def read_registers(
    top: Section,
) -> tuple[ModbusRules, tuple[Register, ...], dict[str, Cell]]:
    """Rules, registers in file order, factors by id. ConfigError with the line otherwise."""
    family = read_family(top.get("modbus"))
    listed = top.need("registers").each()
    entries = [entry for value in listed for entry in _entries(value, family)]
    check_together(entries)
    factors = {entry.id: entry.cell for entry in entries if entry.register is None}
    registers = tuple(entry.register for entry in entries if entry.register is not None)
    if not registers:
        top.need("registers").fail("a profile needs at least one register that is a point")
    return family.rules, registers, factors


def _entries(value: Value, family: Family) -> Iterator[Entry]:
    section = value.section()
    repeat = section.get("repeat")
    entry = _entry(section, family)
    section.close()
    if repeat is None:
        yield entry
        return
    if "{n}" not in entry.id:
        repeat.fail("a repeated register needs {n} in its id")
    for n, offset in _repeats(repeat.section()):
        yield _numbered(entry, n, offset)


def _repeats(section: Section) -> list[tuple[int, int]]:
    first = section.need("first").integer(0, 9999)
    last = section.need("last").integer(first, 9999)
    stride = section.need("stride").integer(1, 65535)
    section.close()
    return [(n, (n - first) * stride) for n in range(first, last + 1)]


def _numbered(entry: Entry, n: int, offset: int) -> Entry:
    """The n-th of a repeated entry: {n} filled in, the address moved on."""
    cell = replace(entry.cell, address=entry.cell.address + offset)
    _check_end(entry.at, cell)
    register = entry.register
    number = str(n)
    if register is not None:
        ref = register.meaning.scale_ref
        meaning = replace(register.meaning, scale_ref=ref.replace("{n}", number) if ref else None)
        register = replace(
            register,
            id=register.id.replace("{n}", number),
            label=register.label.replace("{n}", number),
            cell=cell,
            meaning=meaning,
        )
    return Entry(entry.at, entry.id.replace("{n}", number), cell, register)


def _entry(section: Section, family: Family) -> Entry:
    cell = _cell(section, family)
    _check_doc(section, cell, family)
    id_value = section.need("id")
    if section.get("quantity") is None:
        if section.need("kind").text() != "scale_factor":
            section.at.fail("'quantity' is missing (only kind scale_factor goes without)")
        if cell.type not in _INTEGERS:
            section.at.fail("a scale factor is an integer")
        return Entry(section.at, id_value.text(), cell, None)
    meaning = _fitting(section, read_meaning(section), cell)
    label = section.get("label")
    expect = section.get("expect")
    optional = section.get("optional")
    register = Register(
        id=point_id(id_value),
        label=label.text() if label else _spoken(id_value.literal),
        cell=cell,
        meaning=meaning,
        poll=read_poll(section, meaning),
        expect=_expected(expect) if expect else None,
        optional=optional.flag() if optional else False,
    )
    return Entry(section.at, register.id, cell, register)


def _spoken(point: str) -> str:
    """A label from an id: `line.voltage.L1_L2` -> "Line voltage L1_L2"."""
    words = point.replace(".", " ")
    return words[:1].upper() + words[1:]


def _cell(section: Section, family: Family) -> Cell:
    fc = section.need("fc").integer(1, 4)
    kind = section.need("type").choice(WireType)
    if (kind is WireType.BIT) != (fc in (1, 2)):
        section.need("type").fail(f"type {kind.value} cannot be read with function {fc}")
    order = section.get("word_order")
    cell = Cell(
        fc=fc,
        address=section.need("address").integer(0, 65535),
        count=_count(section, kind),
        type=kind,
        order=read_order(order) if order else family.order,
        mask=_mask(section, kind),
        digits=_digits(section, kind),
        swapped=_text_flag(section, kind, "swapped"),
        wide=_text_flag(section, kind, "wide"),
    )
    _check_end(section.at, cell)
    limit = family.rules.max_registers
    if cell.count > limit:
        section.at.fail(f"{cell.count} registers cannot be read at once (max_registers {limit})")
    return cell


def _count(section: Section, kind: WireType) -> int:
    if kind in _COUNTS:
        return _COUNTS[kind]
    return section.need("length").integer(1, 125 if kind is WireType.STRING else 4)


def _mask(section: Section, kind: WireType) -> int | None:
    bit, mask = section.get("bit"), section.get("mask")
    given = bit or mask
    if given is None:
        return None
    if bit and mask:
        given.fail("'bit' and 'mask' exclude each other")
    if kind not in _INTEGERS:
        given.fail(f"bits cannot be picked from type {kind.value}")
    width = _COUNTS[kind] * 16
    return 1 << bit.integer(0, width - 1) if bit else given.integer(1, 2**width - 1)


def _digits(section: Section, kind: WireType) -> int:
    value = section.get("digits") if kind is WireType.MOD10 else None
    return value.integer(1, 4) if value else 4


def _text_flag(section: Section, kind: WireType, key: str) -> bool:
    value = section.get(key) if kind is WireType.STRING else None
    return value.flag() if value else False


def _fitting(section: Section, meaning: Meaning, cell: Cell) -> Meaning:
    """The meaning with what depends on the wire type; refuses what cannot be."""
    numeric = meaning.quantity is not Quantity.IDENTITY
    if cell.type is WireType.STRING and numeric and not meaning.texts:
        section.at.fail(f"a string cannot be {meaning.quantity.value}")
    whole = cell.type in _INTEGERS or cell.type in (WireType.BIT, WireType.STRING)
    if meaning.kind in (Kind.STATE, Kind.FLAGS) and not whole:
        section.at.fail(f"type {cell.type.value} cannot be {meaning.quantity.value}")
    rollover = meaning.rollover
    if meaning.kind is Kind.COUNTER and rollover is None and cell.type in _INTEGERS:
        rollover = 1 << (cell.count * 16)
    return replace(
        meaning,
        rollover=rollover,
        not_available=_as_signed(meaning.not_available, cell.type),
        faults=_as_signed(meaning.faults, cell.type),
    )


def _as_signed(raws: frozenset[int | float | str], kind: WireType) -> frozenset[int | float | str]:
    """0x8000 of an int16 is -32768: documents print the bit pattern."""
    width = _SIGNED.get(kind)
    if width is None:
        return raws
    half = 1 << (width - 1)
    return frozenset(r - 2 * half if isinstance(r, int) and r >= half else r for r in raws)


def _expected(value: Value) -> int | float | str:
    if type(value.plain) in (int, float):
        number = value.number()
        return int(number) if number.denominator == 1 else float(number)
    return value.text()


def _check_end(at: Value, cell: Cell) -> None:
    if cell.end > 65536:
        at.fail(f"address {cell.address} with {cell.count} registers goes past 65535")


def _check_doc(section: Section, cell: Cell, family: Family) -> None:
    """Rule 30: the printed number minus its base is the address on the wire."""
    doc = section.get("doc")
    if doc is None:
        return
    base = family.doc_base.get(cell.fc)
    if base is None:
        doc.fail(f"'doc' is given but modbus.doc_base has nothing for function {cell.fc}")
    number = doc.integer(0, 500_000)
    if number - base != cell.address:
        doc.fail(f"document number {number} - base {base} = {number - base}, not {cell.address}")
