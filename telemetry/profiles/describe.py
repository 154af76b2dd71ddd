"""A profile in words and rows, for people: the command line and the pages show the same. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from telemetry.points import Kind
from telemetry.profiles.model import Meaning, Profile, Protocol


@dataclass(frozen=True, slots=True)
class PointRow:
    """One line of the table of points. `where` is an OID (with `*` for the row) or fcN:ADDRESS."""

    id: str
    label: str
    quantity: str
    unit: str
    where: str
    type: str
    scale: str
    poll: str


def summary(profile: Profile) -> str:
    """One line: name, protocol, kind, maker and family, and how far it is checked."""
    checked = "checked on hardware" if profile.verified == "hardware" else "from documents"
    family = f"{profile.vendor}: {profile.family}"
    return f"{profile.name:20} {profile.protocol:7} {profile.kind:13} {family} ({checked})"


def point_rows(profile: Profile) -> list[PointRow]:
    """Every point that a device of the family can have, in the profile's order."""
    return list(_registers(profile) if profile.protocol is Protocol.MODBUS else _objects(profile))


def heading(profile: Profile) -> list[str]:
    """What stands above the table of points."""
    lines = [summary(profile), ""]
    lines += [f"source  {source}" for source in profile.sources]
    lines += [f"note    {note}" for note in profile.notes]
    every = ", ".join(f"{poll} {seconds:g} s" for poll, seconds in profile.poll_s.items())
    return [*lines, f"polled  {every}", ""]


def _registers(profile: Profile) -> Iterator[PointRow]:
    for register in profile.registers:
        cell = register.cell
        bits = f" & {cell.mask:#x}" if cell.mask is not None else ""
        yield _row(
            register.id,
            register.label,
            register.meaning,
            f"fc{cell.fc}:{cell.address}{bits}",
            cell.type,
            register.poll,
        )


def _objects(profile: Profile) -> Iterator[PointRow]:
    for scalar in profile.scalars:
        yield _row(scalar.id, scalar.label, scalar.meaning, scalar.oid, "", scalar.poll)
    for table in profile.tables:
        for column in table.columns:
            tail = f".{column.tail}" if column.tail else ""
            name = table.label.replace("{key}", "*")
            label = f"{name} {column.label}".strip()
            id_ = f"{table.id}.*.{column.id}"
            yield _row(id_, label, column.meaning, f"{column.oid}.*{tail}", "", column.poll)


def _row(id_: str, label: str, meaning: Meaning, where: str, type_: str, poll: str) -> PointRow:
    return PointRow(id_, label, meaning.quantity, meaning.unit, where, type_, _scale(meaning), poll)


def _scale(meaning: Meaning) -> str:
    """How raw becomes the value: `x 10`, `/ 10`, `x 10^(circuit_1.power_sf)`, names for states."""
    if meaning.kind in (Kind.STATE, Kind.FLAGS):
        return " ".join(f"{code}={name}" for code, name in meaning.names.items())
    parts = [f"x {meaning.multiply:g}"] if meaning.multiply != 1 else []
    parts += [f"/ {meaning.divide:g}"] if meaning.divide != 1 else []
    if meaning.scale_ref:
        sign = "-" if meaning.ref_sign < 0 else ""
        parts.append(f"x 10^({sign}{meaning.scale_ref})")
    parts += [f"{meaning.offset:+g}"] if meaning.offset else []
    return " ".join(parts)
