"""Blocks from answers: the quick way gives what the rule gives, whatever came back."""

import math
import struct

from hypothesis import given
from hypothesis import strategies as st

from telemetry.binding import BoundPoint
from telemetry.decode import Decoder, Read, without_answer
from telemetry.interpret import interpret
from telemetry.learn import Learned
from telemetry.plan import Plan, plan
from telemetry.points import Kind, PollClass, Quantity
from telemetry.profiles.model import Cell, Meaning, WireType
from telemetry.sample import Block, Quality
from telemetry.transports.base import Answer, ModbusRead, SnmpGet, Varbind
from tests.telemetry.fake_registers import FakeRegisters
from tests.telemetry.made import bound_point, cell, device, meaning

NORMAL = PollClass.NORMAL


def _same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


_MEANINGS: st.SearchStrategy[Meaning] = st.builds(
    meaning,
    st.sampled_from([Quantity.COUNT, Quantity.TEMPERATURE, Quantity.STATE, Quantity.IDENTITY]),
    multiply=st.sampled_from([1.0, 5.0, 1000.0]),
    divide=st.sampled_from([1.0, 9.0, 10.0]),
    offset=st.sampled_from([0.0, -273.0]),
    not_available=st.sampled_from([frozenset(), frozenset({0}), frozenset({-1, "x"})]),
    faults=st.sampled_from([frozenset(), frozenset({7})]),
    valid_raw=st.sampled_from([None, (0.0, 100.0)]),
    plausible=st.sampled_from([None, (-10.0, 50.0), (-200.0, 50.0)]),
    texts=st.sampled_from([{}, {"on": 1}]),
    scale_ref=st.sampled_from([None, None, "sf"]),
)
_VARBINDS: st.SearchStrategy[Varbind] = st.one_of(
    st.sampled_from([0, 1, 7, 50, -1, 1270, -127, 101, -32768]),
    st.integers(),
    st.floats(),
    st.sampled_from(["x", "on", "20.1", "", b"\xff"]),
    st.none(),
)


@given(st.lists(st.tuples(_MEANINGS, _VARBINDS), min_size=1, max_size=12), _VARBINDS, st.data())
def test_the_quick_way_is_the_rule(
    parts: list[tuple[Meaning, Varbind]], power: Varbind, data: st.DataObject
) -> None:
    points = [
        bound_point(f"p{n}.count", f"1.3.9.{n}", what, "1.3.8" if what.scale_ref else None)
        for n, (what, _) in enumerate(parts)
    ]
    made = plan(device(points), NORMAL)
    (get,) = made.requests
    raws: dict[str, Varbind] = {f"1.3.9.{n}": raw for n, (_, raw) in enumerate(parts)}
    gone = data.draw(st.sets(st.sampled_from(sorted(raws)), max_size=2))
    varbinds = {oid: raw for oid, raw in raws.items() if oid not in gone} | {"1.3.8": power}
    decoder = Decoder(made)
    # Twice, and with another power of ten between: the lines kept for one power must not stick.
    decoder.block([Read(get, Answer(1, varbinds=varbinds | {"1.3.8": 3}))], 0)
    block = decoder.block([Read(get, Answer(77, varbinds=varbinds))], 0)
    assert block.at_ms == 77
    for n, (what, _) in enumerate(parts):
        rule = interpret(what, varbinds.get(f"1.3.9.{n}"), power)
        assert _same(block.values[n], rule.value), (what, rule)
        assert block.quality[n] == rule.quality
        assert block.raw[n] == rule.raw


def _words(points: list[BoundPoint], number: int) -> dict[tuple[int, int], int]:
    places = [place for point in points if isinstance(place := point.place, Cell)]
    return {(c.fc, a): (a * 7 + number) & 0xFFFF for c in places for a in range(c.address, c.end)}


@st.composite
def _registers(draw: st.DrawFn) -> list[BoundPoint]:
    points, at = [], draw(st.integers(0, 50))
    kinds = [k for k in WireType if k is not WireType.BIT]
    for n in range(draw(st.integers(1, 30))):
        at += draw(st.sampled_from([0, 0, 1, 20]))
        place = cell(at, draw(st.sampled_from(kinds)))
        points.append(bound_point(f"p{n}.count", place))
        at = place.end
    return points


@given(_registers(), st.integers(0, 0xFFFF))
def test_a_block_read_whole_is_the_same_as_one_put_together_from_halves(
    points: list[BoundPoint], number: int
) -> None:
    words = _words(points, number)
    made = plan(device(points), NORMAL)
    whole = _poll(made, FakeRegisters(words, zeros=True))
    singles = [ModbusRead(1, 3, c.address, c.count) for c in _cells(points)]
    asked = FakeRegisters(words)
    parts = Decoder(made).block([asked.read(read) for read in singles], 0)
    assert all(map(_same, whole.values, parts.values))
    assert (whole.quality, whole.raw) == (parts.quality, parts.raw)


def _cells(points: list[BoundPoint]) -> list[Cell]:
    return [point.place for point in points if isinstance(point.place, Cell)]


def _poll(made: Plan, fake: FakeRegisters) -> Block:
    return Decoder(made).block([fake.read(request) for request in made.requests], 0)


def _two_blocks() -> Plan:
    return plan(device([bound_point(f"p{n}.count", cell(100 * n)) for n in range(2)]), NORMAL)


def test_a_block_that_did_not_answer_is_bad_and_the_other_is_good() -> None:
    made = _two_blocks()
    first, second = made.requests
    reads = [Read(first), Read(second, Answer(9_000, words=(42,)))]
    block = Decoder(made).block(reads, 1)
    assert list(block.quality) == [Quality.BAD, Quality.GOOD]
    assert (block.values[1], block.raw, block.at_ms) == (42.0, (None, 42), 9_000)


def test_the_time_is_that_of_the_first_answer_or_now_without_any() -> None:
    made = _two_blocks()
    first, second = made.requests
    answers = [Read(first, Answer(500, words=(1,))), Read(second, Answer(400, words=(2,)))]
    assert Decoder(made).block(answers, 999).at_ms == 400
    silent = Decoder(made).block([Read(first), Read(second, code=4)], 999)
    assert silent.at_ms == 999
    assert set(silent.quality) == {Quality.BAD}


def test_an_answer_of_the_wrong_length_is_not_believed() -> None:
    made = _two_blocks()
    first, second = made.requests
    block = Decoder(made).block(
        [Read(first, Answer(1, words=(1, 2))), Read(second, Answer(1, words=()))], 0
    )
    assert set(block.quality) == {Quality.BAD}


def test_a_bad_place_stays_bad_while_the_rest_is_read() -> None:
    points = [bound_point(f"p{n}.count", cell(n)) for n in range(3)]
    learned = plan(device(points), NORMAL, Learned(bad={(3, 1): 2}))
    block = _poll(learned, FakeRegisters({(3, 0): 5, (3, 2): 6}))
    assert list(block.quality) == [Quality.GOOD, Quality.BAD, Quality.GOOD]
    assert block.raw == (5, None, 6)


def test_one_register_can_hold_several_points() -> None:
    points = [bound_point(f"b{n}.state", cell(4, mask=1 << n)) for n in range(3)]
    points.append(bound_point("f.count", cell(5, WireType.FLOAT32)))
    words = struct.unpack(">2H", struct.pack(">f", 1.5))
    fake = FakeRegisters({(3, 4): 0b101, (3, 5): words[0], (3, 6): words[1]})
    block = _poll(plan(device(points), NORMAL), fake)
    assert block.values == (1.0, 0.0, 1.0, 1.5)
    assert len(fake.asked) == 1


def test_varbinds_of_several_gets_and_halves_come_together() -> None:
    points = [bound_point(f"p{n}.count", f"1.3.9.{n}") for n in range(3)]
    made = plan(device(points, max_oids=2), NORMAL)
    reads = [
        Read(SnmpGet(("1.3.9.0",)), Answer(5, varbinds={"1.3.9.0": 1})),
        Read(SnmpGet(("1.3.9.1",)), code=2),
        Read(SnmpGet(("1.3.9.2",)), Answer(6, varbinds={"1.3.9.2": 3})),
    ]
    block = Decoder(made).block(reads, 0)
    assert block.raw == (1, None, 3)
    assert list(block.quality) == [Quality.GOOD, Quality.BAD, Quality.GOOD]


def test_a_device_that_is_not_asked_still_shows_a_block() -> None:
    made = _two_blocks()
    block = without_answer(made.layout, 123, Quality.STALE)
    assert list(block.quality) == [Quality.STALE] * 2
    assert block.at_ms == 123
    assert [sample.value for sample in block.samples()] == [None, None]


def test_a_poll_class_without_points_is_an_empty_block() -> None:
    made = plan(device([bound_point("p.count", cell(0))]), PollClass.FAST)
    assert made.requests == ()
    block = Decoder(made).block([], 5)
    assert (block.values, block.quality, block.raw) == ((), b"", ())


def test_names_show_through_samples() -> None:
    on_off = meaning(Quantity.STATE, names={1: "on"})
    flags = meaning(Quantity.FLAGS, names={0: "warm", 3: "loud"})
    points = [
        bound_point("a.state", "1.3.1", on_off),
        bound_point("b.state", "1.3.2", on_off),
        bound_point("c.flags", "1.3.3", flags),
    ]
    made = plan(device(points), NORMAL)
    varbinds: dict[str, Varbind] = {"1.3.1": 1, "1.3.2": 17, "1.3.3": 0b101001}
    block = Decoder(made).block([Read(made.requests[0], Answer(1, varbinds=varbinds))], 0)
    values = [sample.value for sample in block.samples()]
    assert values == ["on", "unknown(17)", ["warm", "loud", "bit_5"]]
    assert made.layout.points[0].kind is Kind.STATE
