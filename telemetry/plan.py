"""From points to few reads (rules 1-4, 27). Pure and deterministic."""

from collections.abc import Iterable
from dataclasses import dataclass

from telemetry.binding import Bound, BoundPoint
from telemetry.blocks import Limits, Span, pack
from telemetry.learn import NOTHING, Learned
from telemetry.points import PollClass
from telemetry.profiles.model import Cell, ModbusRules, Protocol
from telemetry.sample import Layout
from telemetry.transports.base import ModbusRead, Request, SnmpGet

_BIT_FUNCTIONS = (1, 2)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask for one poll class of one device, in order, and the points it is for.

    `points` runs along `layout.points`. A point known to be bad (`Learned`) is in the layout but in
    no request; decode gives it quality bad. Every other point lies whole in exactly one request.
    """

    layout: Layout
    unit: int
    points: tuple[BoundPoint, ...]
    requests: tuple[Request, ...]


def plan(
    bound: Bound,
    poll_class: PollClass,
    learned: Learned = NOTHING,
    every_s: float | None = None,
) -> Plan:
    """The reads of one poll class. `every_s` overrides the profile's seconds."""
    profile = bound.profile
    points = tuple(point for point in bound.points if point.poll is poll_class)
    seconds = profile.poll_s.get(poll_class, 0.0) if every_s is None else every_s
    layout = Layout(bound.device, poll_class, seconds, tuple(p.point for p in points))
    requests: tuple[Request, ...]
    if profile.protocol is Protocol.SNMP:
        size = min(profile.snmp.max_oids, learned.max_oids or profile.snmp.max_oids)
        requests = tuple(_gets(points, learned, size))
    else:
        requests = tuple(_blocks(points, learned, profile.modbus, bound.unit))
    return Plan(layout, bound.unit, points, requests)


def split(plan: Plan, request: Request) -> tuple[Request, Request] | None:
    """The two halves of a refused read on value boundaries (rule 15), at the hole nearest to the
    middle if it has one; None if it holds a single value. Works on halves again."""
    if isinstance(request, SnmpGet):
        half = len(request.oids) // 2
        return (SnmpGet(request.oids[:half]), SnmpGet(request.oids[half:])) if half else None
    if not isinstance(request, ModbusRead):
        return None
    spans = spans_of(plan, request)
    if len(spans) < 2:
        return None
    left, right = spans[_cut_of(spans) - 1][1], spans[_cut_of(spans)][0]
    end = request.address + request.count
    return (
        ModbusRead(request.unit, request.fc, request.address, left - request.address),
        ModbusRead(request.unit, request.fc, right, end - right),
    )


def spans_of(plan: Plan, request: ModbusRead) -> list[Span]:
    """The values of the plan that lie in a read, in order of address."""
    end = request.address + request.count
    return sorted(
        {
            (cell.address, cell.end)
            for cell in cells_of(plan.points)
            if cell.fc == request.fc and request.address <= cell.address and cell.end <= end
        }
    )


def cells_of(points: Iterable[BoundPoint]) -> list[Cell]:
    """The cells of values and their powers of ten."""
    places = (place for point in points for place in (point.place, point.factor))
    return [place for place in places if isinstance(place, Cell)]


def _cut_of(spans: list[Span]) -> int:
    """The index of the first value of the right half."""
    middle = (spans[0][0] + spans[-1][1]) / 2
    cuts = range(1, len(spans))
    holes = [cut for cut in cuts if spans[cut][0] > spans[cut - 1][1]]
    return min(holes or cuts, key=lambda cut: abs(spans[cut][0] - middle))


def _gets(points: tuple[BoundPoint, ...], learned: Learned, size: int) -> Iterable[SnmpGet]:
    """GETs in the order of the points; a value's power of ten comes just before it."""
    wanted: dict[str, None] = {}
    for point in points:
        for place in (point.factor, point.place):
            if isinstance(place, str) and place not in learned.bad:
                wanted[place] = None
    oids = list(wanted)
    return (SnmpGet(tuple(oids[n : n + size])) for n in range(0, len(oids), size))


def _blocks(
    points: tuple[BoundPoint, ...], learned: Learned, rules: ModbusRules, unit: int
) -> Iterable[ModbusRead]:
    for fc in (1, 2, 3, 4):
        spans = {
            (cell.address, cell.end)
            for cell in cells_of(points)
            if cell.fc == fc and (fc, cell.address) not in learned.bad
        }
        for start, end in pack(spans, _ties(points, fc), _limits(fc, learned, rules)):
            yield ModbusRead(unit, fc, start, end - start)


def _ties(points: tuple[BoundPoint, ...], fc: int) -> list[Span]:
    """Starts of values with the start of their power of ten (rule 2)."""
    return [
        (point.place.address, point.factor.address)
        for point in points
        if isinstance(point.place, Cell)
        and isinstance(point.factor, Cell)
        and point.place.fc == point.factor.fc == fc
    ]


def _limits(fc: int, learned: Learned, rules: ModbusRules) -> Limits:
    bits = fc in _BIT_FUNCTIONS
    allowed = rules.max_bits if bits else rules.max_registers
    known = learned.max_bits if bits else learned.max_registers
    barriers = sorted(p[1] for p in learned.bad if isinstance(p, tuple) and p[0] == fc)
    return Limits(
        size=min(allowed, known or allowed),
        gap=rules.max_bit_gap if bits else rules.max_gap,
        barriers=tuple(barriers),
        cuts=frozenset(address for function, address in learned.cuts if function == fc),
        from_zero=bits and rules.bits_from_zero,
    )
