"""Plans: every point in exactly one read, deterministic, what is known to be bad left out."""

from hypothesis import given
from hypothesis import strategies as st

from telemetry.binding import BoundPoint, bind
from telemetry.learn import Learned
from telemetry.plan import cells_of, plan, split
from telemetry.points import PollClass
from telemetry.profiles.loader import names, shipped
from telemetry.profiles.model import ModbusRules, Protocol, WireType
from telemetry.transports.base import ModbusRead, Request, SnmpGet
from tests.telemetry.made import bound_point, cell, device

NORMAL = PollClass.NORMAL


@st.composite
def _points(draw: st.DrawFn) -> list[BoundPoint]:
    points, at = [], 0
    types = st.sampled_from([WireType.UINT16, WireType.FLOAT32, WireType.INT64, WireType.BIT])
    factor = cell(60_000, WireType.INT16)
    for n in range(draw(st.integers(1, 50))):
        at += draw(st.sampled_from([0, 0, 0, 1, 5, 20]))
        place = cell(at, draw(types), fc=draw(st.sampled_from([3, 4])))
        if place.type is WireType.BIT:
            place = cell(at, WireType.BIT)
        scaled = factor if draw(st.booleans()) and place.fc == 3 else None
        points.append(bound_point(f"p{n}.count", place, factor=scaled))
        at = place.end
    return points


@given(_points(), st.integers(4, 125), st.integers(0, 16))
def test_every_point_lies_whole_in_exactly_one_read(
    points: list[BoundPoint], most: int, gap: int
) -> None:
    rules = ModbusRules(max_registers=most, max_gap=gap)
    made = plan(device(points, rules), NORMAL)
    assert made == plan(device(points, rules), NORMAL)
    reads = [r for r in made.requests if isinstance(r, ModbusRead)]
    for place in cells_of(points):
        holding = [
            r
            for r in reads
            if r.fc == place.fc and r.address <= place.address and place.end <= r.address + r.count
        ]
        assert len(holding) == 1
    assert all(r.count <= most for r in reads if r.fc in (3, 4))


@given(_points())
def test_halving_a_refused_read_ends_at_single_values_and_loses_none(
    points: list[BoundPoint],
) -> None:
    made = plan(device(points), NORMAL)
    wanted = {(c.fc, c.address, c.end) for c in cells_of(points)}
    ends: list[ModbusRead] = []
    waiting: list[Request] = list(made.requests)
    while waiting:
        read = waiting.pop()
        halves = split(made, read)
        assert isinstance(read, ModbusRead)
        if halves is None:
            ends.append(read)
        else:
            assert all(half.count < read.count for half in halves if isinstance(half, ModbusRead))
            waiting += halves
    assert sorted((r.fc, r.address, r.address + r.count) for r in ends) == sorted(wanted)


@given(st.integers(1, 90), st.integers(1, 30))
def test_gets_hold_every_object_once_and_fit_a_packet(count: int, most: int) -> None:
    points = [bound_point(f"p{n}.count", f"1.3.6.1.4.1.9.{n}.0") for n in range(count)]
    made = plan(device(points, max_oids=most), NORMAL)
    gets = [r for r in made.requests if isinstance(r, SnmpGet)]
    assert [oid for get in gets for oid in get.oids] == [p.place for p in points]
    assert all(len(get.oids) <= most for get in gets)
    assert len(gets) == -(-count // most)


def test_a_power_of_ten_of_snmp_is_asked_once_and_before_its_values() -> None:
    points = [bound_point(f"p{n}.count", f"1.3.9.{n}", factor="1.3.8.1") for n in range(3)]
    (get,) = plan(device(points), NORMAL).requests
    assert get == SnmpGet(("1.3.8.1", "1.3.9.0", "1.3.9.1", "1.3.9.2"))


def test_points_of_another_poll_class_are_left_to_it() -> None:
    bound = bind(shipped("schneider-pm5000"), "meter", unit=7)
    fast = plan(bound, PollClass.NORMAL)
    slow = plan(bound, PollClass.SLOW, every_s=120)
    assert not {p.id for p in fast.layout.points} & {p.id for p in slow.layout.points}
    assert len(fast.layout.points) + len(slow.layout.points) == len(bound.points)
    assert (fast.layout.every_s, slow.layout.every_s) == (10.0, 120)
    assert {r.unit for r in fast.requests if isinstance(r, ModbusRead)} == {7}


def test_a_bad_place_is_in_the_layout_but_not_asked_nor_read_across() -> None:
    points = [bound_point(f"p{n}.count", cell(n)) for n in range(5)]
    made = plan(device(points), NORMAL, Learned(bad={(3, 2): 2}))
    assert len(made.layout.points) == 5
    assert made.requests == (ModbusRead(1, 3, 0, 2), ModbusRead(1, 3, 3, 2))


def test_learned_limits_and_cuts_shape_the_next_plan() -> None:
    points = [bound_point(f"p{n}.count", cell(n)) for n in range(6)]
    limits = plan(device(points), NORMAL, Learned(max_registers=4))
    assert limits.requests == (ModbusRead(1, 3, 0, 4), ModbusRead(1, 3, 4, 2))
    cut = plan(device(points), NORMAL, Learned(cuts=frozenset({(3, 5)})))
    assert cut.requests == (ModbusRead(1, 3, 0, 5), ModbusRead(1, 3, 5, 1))
    oids = [bound_point(f"p{n}.count", f"1.3.9.{n}") for n in range(6)]
    short = plan(device(oids), NORMAL, Learned(max_oids=4, bad={"1.3.9.0": 2}))
    assert [len(r.oids) for r in short.requests if isinstance(r, SnmpGet)] == [4, 1]


def test_a_refused_read_is_halved_at_the_hole_nearest_to_its_middle() -> None:
    points = [bound_point(f"p{n}.count", cell(a)) for n, a in enumerate([0, 1, 2, 3, 8, 9])]
    made = plan(device(points), NORMAL)
    (read,) = made.requests
    assert split(made, read) == (ModbusRead(1, 3, 0, 4), ModbusRead(1, 3, 8, 2))


def test_a_single_value_cannot_be_halved() -> None:
    points = [bound_point("p.count", cell(0, WireType.INT64))]
    made = plan(device(points), NORMAL)
    assert split(made, made.requests[0]) is None
    assert split(made, SnmpGet(("1.3.9",))) is None


def test_every_shipped_modbus_profile_is_planned_within_its_limits() -> None:
    for name in names():
        profile = shipped(name)
        if profile.protocol is Protocol.MODBUS:
            bound = bind(profile, "device")
            for poll in bound.poll_classes:
                requests = plan(bound, poll).requests
                assert len(requests) <= 8, (name, requests)
