"""The rows of an SNMP device in the plant: as many outlets, phases, banks, probes as are there."""

from telemetry.emulator.bridge_power import poles
from telemetry.emulator.bridge_subject import Place
from telemetry.emulator.plant import Plant
from telemetry.emulator.rows import RowSpec
from telemetry.points import Phase
from telemetry.profiles.model import DeviceKind, Profile, Table

_LINES = (Phase.L1, Phase.L2, Phase.L3)
_PAIRS = {
    frozenset({0, 1}): Phase.L1_L2,
    frozenset({1, 2}): Phase.L2_L3,
    frozenset({0, 2}): Phase.L3_L1,
}
_PROBES = ("sensor", "temperature", "humidity", "probe")
_EMPTY = ("smoke", "contact", "leak", "door", "input")

Specs = tuple[RowSpec, ...]


def rows_for(plant: Plant, place: Place, profile: Profile) -> dict[str, Specs]:
    """By table id; tables of which the plant knows nothing keep their usual rows."""
    found: dict[str, Specs] = {}
    for table in profile.tables:
        specs = _rows(plant, place, table, profile.kind)
        if specs is not None:
            found[table.id] = specs
    return found


def _rows(plant: Plant, place: Place, table: Table, kind: DeviceKind) -> Specs | None:
    name = table.id.lower()
    pdu = plant.pdus.get(place.node)
    if any(word in name for word in _PROBES):
        return tuple(RowSpec(sensor) for sensor in place.sensors)
    if pdu is not None and "outlet" in name:
        ordered = sorted(pdu.outlets, key=lambda outlet: outlet.number)
        return tuple(RowSpec(outlet.name, _phase(outlet.lines)) for outlet in ordered)
    if pdu is not None and ("phase" in name or "line" in name):
        return tuple(RowSpec(phase=_LINES[line]) for line in pdu.lines)
    if pdu is not None and "bank" in name:
        return tuple(RowSpec() for _ in {outlet.bank for outlet in pdu.outlets})
    if any(word in name for word in ("circuit", "branch", "breaker")):
        return tuple(RowSpec() for _ in range(max(poles(plant, place.node), default=0)))
    return () if kind is DeviceKind.ENVIRONMENT and name in _EMPTY else None


def _phase(lines: tuple[int, ...]) -> Phase:
    return _LINES[lines[0]] if len(lines) == 1 else _PAIRS[frozenset(lines)]
