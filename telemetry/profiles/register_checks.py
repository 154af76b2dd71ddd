"""What must hold between the registers of a profile (rule 30)."""

from dataclasses import dataclass

from telemetry.profiles.model import Cell, Register
from telemetry.profiles.strict import Value


@dataclass(frozen=True, slots=True)
class Entry:
    """A register, or a factor (`register` None), with where it stands in the file."""

    at: Value
    id: str
    cell: Cell
    register: Register | None


def check_together(entries: list[Entry]) -> None:
    """Refuse twins, overlaps and references to factors that do not exist, each with its line."""
    _refuse_twins(entries)
    _refuse_overlaps(entries)
    _refuse_missing_factors(entries)


def _refuse_twins(entries: list[Entry]) -> None:
    seen: dict[str, Entry] = {}
    for entry in entries:
        if entry.id in seen:
            entry.at.fail(f"id '{entry.id}' is already at line {seen[entry.id].at.line}")
        seen[entry.id] = entry


def _refuse_overlaps(entries: list[Entry]) -> None:
    open_ones: list[Entry] = []
    for entry in sorted(entries, key=lambda e: (e.cell.fc, e.cell.address)):
        cell = entry.cell
        open_ones = [o for o in open_ones if o.cell.fc == cell.fc and o.cell.end > cell.address]
        for other in open_ones:
            if not _share(other.cell, cell):
                _refuse_pair(entry, other)
        open_ones.append(entry)


def _refuse_pair(one: Entry, other: Entry) -> None:
    later, earlier = sorted((one, other), key=lambda e: e.at.line, reverse=True)
    later.at.fail(
        f"'{later.id}' overlaps '{earlier.id}' of line {earlier.at.line} "
        f"(function {one.cell.fc}, address {one.cell.address})"
    )


def _share(one: Cell, other: Cell) -> bool:
    """Two points may sit in one register if each names bits of its own."""
    if one.mask is None or other.mask is None or one.mask & other.mask:
        return False
    return (one.address, one.type, one.order) == (other.address, other.type, other.order)


def _refuse_missing_factors(entries: list[Entry]) -> None:
    factors = {entry.id for entry in entries if entry.register is None}
    for entry in entries:
        ref = entry.register.meaning.scale_ref if entry.register else None
        if ref is not None and ref not in factors:
            entry.at.fail(f"scale_ref '{ref}' is no register of kind scale_factor in this profile")
