"""What a device's points mean by rule, from its kind and the place where it stands. Pure.

A person may bind anything to anything; this proposes the obvious, so that a new rack PDU shows on
its rack and outlets as soon as it was read once. It goes by scope, quantity and phase of a point's
id (`outlet.3.active_power`, `circuit_7.current`), never by profile.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from facilities.monitoring.metrics import suggest
from facilities.readings import ObjectRef

#: Quantities that mean something to an electrical object, its total or its phases.
ELECTRICAL = frozenset(
    {"active_power", "apparent_power", "reactive_power", "current", "voltage", "frequency"}
    | {"power_factor", "active_energy", "load"}
)
#: Scopes that speak of the whole device or of its lines, by kind of device.
MAIN: Mapping[str, frozenset[str]] = {
    "rack_pdu": frozenset({"device", "unit", "total", "pdu", "inlet", "input", "infeed"}),
    "ups": frozenset({"output", "total"}),
    "branch_meter": frozenset({"main", "mains", "total"}),
}
ANY_MAIN = frozenset({"total", "import", "main", "mains", "output"})
LINES = frozenset({"line", "phase"})
OUTLETS = frozenset({"outlet", "socket"})
CIRCUITS = frozenset({"circuit", "branch", "breaker", "channel", "pole"})
#: What one unit of a kind says that is not electrical: (scope, quantity) -> metric.
SPECIAL: Mapping[str, Mapping[tuple[str, str], str]] = {
    "ups": {
        ("battery", "charge"): "battery.charge",
        ("battery", "runtime"): "battery.runtime",
        ("battery", "temperature"): "battery.temperature",
        ("battery", "state"): "state.battery",
        ("output", "state"): "state",
    },
    "generator": {("fuel", "level"): "fuel.level", ("unit", "state"): "state"},
    "ats": {("unit", "state"): "state", ("source", "state"): "state"},
    "sts": {("unit", "state"): "state", ("source", "state"): "state"},
}
#: What of a rack PDU is also a fact of its rack.
OF_RACK = frozenset({"active_power", "apparent_power", "active_energy"})
OF_OUTLET = frozenset({"active_power", "current", "active_energy", "state", "apparent_power"})
_NUMBERED = re.compile(r"(.+?)_(\d+)")


@dataclass(frozen=True, slots=True)
class PointFact:
    """A point as far as the rule needs it; `phase` as telemetry names it, None for a total."""

    id: str
    quantity: str
    phase: str | None


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the device stands: its power node, rack and feed; the outlets of its node by number;
    the breakers of its panel by pole, each with the phase of that pole."""

    node: ObjectRef | None = None
    rack: ObjectRef | None = None
    feed: str = ""
    outlets: Mapping[int, ObjectRef] = field(default_factory=dict)
    poles: Mapping[int, tuple[ObjectRef, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Bind this point to that object."""

    point: str
    target: ObjectRef
    metric: str
    feed: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """A point's id taken apart: `outlet.3.active_power` -> outlet, 3; the rest is qualifiers."""

    scope: str
    number: int | None
    qualifiers: tuple[str, ...]


def parts_of(point: PointFact) -> Parts:
    """Scope, number and qualifiers of a point's id. A phase at the end is no qualifier."""
    words = point.id.split(".")
    at = words.index(point.quantity) if point.quantity in words else len(words) - 1
    before, after = words[:at], [w for w in words[at + 1 :] if w != point.phase]
    scope = before[0] if before else words[0]
    number = int(before[1]) if len(before) > 1 and before[1].isdigit() else None
    found = _NUMBERED.fullmatch(scope)
    if found is not None:
        scope, number = found[1], int(found[2])
    return Parts(scope, number, tuple(after))


def propose(kind: str, points: Iterable[PointFact], spot: Spot) -> list[Proposal]:
    """At most one point for each (object, metric, feed), in the order of the points."""
    taken: set[tuple[ObjectRef, str, str]] = set()
    proposals = []
    for point in points:
        for proposal in _of_point(kind, point, spot):
            key = (proposal.target, proposal.metric, proposal.feed)
            if key not in taken:
                taken.add(key)
                proposals.append(proposal)
    return proposals


def _of_point(kind: str, point: PointFact, spot: Spot) -> Iterator[Proposal]:
    parts = parts_of(point)
    if parts.qualifiers:
        return  # a peak, a demand, an alarm state: not the live value
    if parts.scope in OUTLETS or parts.scope in CIRCUITS:
        yield from _of_part(point, parts, spot)
    elif spot.node is not None and (parts.scope, point.quantity) in SPECIAL.get(kind, {}):
        yield Proposal(point.id, spot.node, SPECIAL[kind][parts.scope, point.quantity])
    elif point.quantity in ELECTRICAL and _is_main(kind, parts, point):
        usual = suggest(point.quantity, point.phase)
        if spot.node is not None:
            yield Proposal(point.id, spot.node, usual)
        if kind == "rack_pdu" and spot.rack is not None and _is_total(point):
            yield Proposal(point.id, spot.rack, usual, spot.feed)


def _of_part(point: PointFact, parts: Parts, spot: Spot) -> Iterator[Proposal]:
    """An outlet or a pole of the node."""
    number = parts.number or 0
    if parts.scope in OUTLETS and number in spot.outlets and point.quantity in OF_OUTLET:
        yield Proposal(point.id, spot.outlets[number], suggest(point.quantity, None))
    if parts.scope in CIRCUITS and number in spot.poles and point.quantity in ELECTRICAL:
        breaker, phase = spot.poles[number]
        yield Proposal(point.id, breaker, suggest(point.quantity, phase))


def _is_main(kind: str, parts: Parts, point: PointFact) -> bool:
    if point.phase is not None:
        return parts.scope in LINES | MAIN.get(kind, ANY_MAIN)
    # Row 1 of a daisy chain is the unit that answers; the others stand somewhere else.
    return parts.scope in MAIN.get(kind, ANY_MAIN) and parts.number in (None, 1)


def _is_total(point: PointFact) -> bool:
    return point.phase is None and point.quantity in OF_RACK
