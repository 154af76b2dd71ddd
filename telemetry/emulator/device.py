"""A device from a profile and a source of values: what it has, who it is, how it is served."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from telemetry.emulator.encode import SNMP_WIRE, Value, Wire
from telemetry.emulator.mib import Mib
from telemetry.emulator.modbus_device import register_image
from telemetry.emulator.nominal import largest, usual_value
from telemetry.emulator.persona import identity_texts, sample
from telemetry.emulator.registers import RegisterImage
from telemetry.emulator.rows import Row, RowSpec
from telemetry.emulator.snmp_device import (
    SYSTEM,
    SystemGroup,
    columns_of,
    mib_of,
)
from telemetry.emulator.words import wire_of
from telemetry.points import Kind, Phase, Quantity
from telemetry.profiles.model import Meaning, Profile, Protocol

Values = Callable[[str], Value]


@dataclass(frozen=True, slots=True)
class DevicePoint:
    """A point of an emulated device. `row` is None outside tables; `name` is the id without the
    table's row key, so that it is the same in every row: `outlet.active_power`. `phase` is the
    point's own or its row's."""

    id: str
    name: str
    label: str
    meaning: Meaning
    phase: Phase | None = None
    row: Row | None = None


@dataclass(frozen=True)
class DeviceSpec:
    """A device to emulate. `rows` by table id where they are not the usual ones, `identity` by
    part (vendor, model, serial, firmware), `powers` by factor, `omit` ids it does not have.
    `names_itself`: a Modbus device that answers function 43/14."""

    profile: Profile
    name: str = "emulated"
    rows: Mapping[str, tuple[RowSpec, ...]] = field(default_factory=dict)
    identity: Mapping[str, str] = field(default_factory=dict)
    powers: Mapping[str, int] = field(default_factory=dict)
    omit: frozenset[str] = frozenset()
    names_itself: bool = True

    def points(self) -> Iterator[DevicePoint]:
        """Everything it can be asked, with the ids that `telemetry.binding` will give."""
        profile = self.profile
        plain = [(r.id, r.label, r.meaning) for r in profile.registers]
        plain += [(s.id, s.label, s.meaning) for s in profile.scalars]
        for point_id, label, meaning in plain:
            if point_id not in self.omit:
                yield DevicePoint(point_id, point_id, label, meaning, meaning.phase)
        for point_id, table, column, row in columns_of(profile, self.rows):
            if point_id not in self.omit:
                label, name = f"{table.label} {column.label}", f"{table.id}.{column.id}"
                phase = row.phase if column.row_phase else column.meaning.phase
                yield DevicePoint(point_id, name, label, column.meaning, phase, row)


@dataclass(frozen=True, slots=True)
class EmulatedDevice:
    """What is served: a tree for SNMP or a register image for Modbus."""

    spec: DeviceSpec
    mib: Mib | None = None
    image: RegisterImage | None = None


def build(
    spec: DeviceSpec, values: Values | None = None, clock: Callable[[], float] | None = None
) -> EmulatedDevice:
    """The device with live values. `values` gives a point's value by id: None is "not available".
    Without it the device shows believable values by itself. `clock`: seconds since its start."""
    clock = clock or _stopwatch()
    points = {point.id: point for point in spec.points()}
    source = _with_identity(spec, points, values or _by_itself(points, clock))
    powers = {**usual_powers(spec.profile), **spec.powers}
    if spec.profile.protocol is Protocol.MODBUS:
        told = identity_of(spec)
        objects = dict(enumerate((told["vendor"], told["model"], told["firmware"])))
        identity = objects if spec.names_itself else {}
        image = register_image(spec.profile, source, powers, spec.omit, identity)
        return EmulatedDevice(spec, image=image)
    mib = mib_of(spec.profile, source, _system(spec, clock), spec.rows, powers, spec.omit)
    return EmulatedDevice(spec, mib=mib)


def _by_itself(points: Mapping[str, DevicePoint], clock: Callable[[], float]) -> Values:
    def value(point_id: str) -> Value:
        point = points[point_id]
        return usual_value(point_id, point.meaning, clock(), point.phase)

    return value


def _stopwatch() -> Callable[[], float]:
    start_s = time.monotonic()
    return lambda: time.monotonic() - start_s


def identity_of(spec: DeviceSpec) -> dict[str, str]:
    """The parts told, and a serial of its own where none is."""
    usual = {
        "vendor": spec.profile.vendor,
        "model": spec.profile.family,
        "serial": f"EM-{spec.name}",
        "firmware": "1.0",
    }
    return usual | dict(spec.identity)


def _with_identity(spec: DeviceSpec, points: Mapping[str, DevicePoint], values: Values) -> Values:
    texts = identity_texts(spec.profile, identity_of(spec))

    def value(point_id: str) -> Value:
        if points[point_id].meaning.kind is not Kind.IDENTITY:
            return values(point_id)
        return texts.get(point_id) or values(point_id)

    return value


def _system(spec: DeviceSpec, clock: Callable[[], float]) -> SystemGroup:
    profile = spec.profile
    known, told = profile.recognition, identity_of(spec)
    texts = identity_texts(profile, told)
    said = [texts[s.id] for s in profile.scalars if s.oid == f"{SYSTEM}.1.0" and s.id in texts]
    if known.descr is not None:
        said.append(sample(known.descr, told["model"]))
    descr = " ".join(said) or f"{told['vendor']} {told['model']}"
    object_id = known.object_ids[0] if known.object_ids else ""
    return SystemGroup(descr, object_id, clock, spec.name)


def usual_powers(profile: Profile) -> dict[str, int]:
    """A power of ten for every factor: the finest with which the largest believable value of every
    point that uses it still fits its place."""
    uses: dict[str, list[tuple[Meaning, Wire]]] = {}
    for name, meaning, wire in _scaled_by_reference(profile):
        uses.setdefault(name, []).append((meaning, wire))
    return {name: _finest(users) for name, users in uses.items()}


def _finest(users: list[tuple[Meaning, Wire]]) -> int:
    fitting = [p for p in range(-6, 7) if all(_fits(m, w, p * m.ref_sign) for m, w in users)]
    coarse = sum(meaning.ref_sign for meaning, _ in users)
    return min(fitting, key=lambda p: (max(p * coarse, -3 * abs(coarse)), abs(p)), default=0)


def _scaled_by_reference(profile: Profile) -> Iterator[tuple[str, Meaning, Wire]]:
    for register in profile.registers:
        if register.meaning.scale_ref is not None:
            yield register.meaning.scale_ref, register.meaning, wire_of(register.cell)
    for table in profile.tables:
        for column in table.columns:
            if column.meaning.scale_ref is not None:
                yield column.meaning.scale_ref, column.meaning, SNMP_WIRE


def _fits(meaning: Meaning, wire: Wire, exponent: int) -> bool:
    quantity: Quantity = meaning.quantity
    high = wire.high if meaning.valid_raw is None else min(wire.high, meaning.valid_raw[1])
    step = abs(meaning.multiply / meaning.divide) * 10.0**exponent
    return largest(quantity) <= step * high
