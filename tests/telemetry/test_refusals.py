"""Rule 15: holes, limits and bad registers are found by halving and remembered."""

import math
from collections import deque

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.binding import Bound
from telemetry.decode import Decoder, Read
from telemetry.learn import NOTHING, Learned
from telemetry.plan import Plan, plan, split
from telemetry.points import PollClass
from telemetry.refusals import (
    MAX_EXTRA_READS,
    Lesson,
    forget_bad,
    line_up,
    study,
    worth_splitting,
)
from telemetry.sample import Block, Quality
from telemetry.transports.base import Answer, ModbusRead, Request, SnmpGet
from tests.telemetry.fake_registers import FakeRegisters
from tests.telemetry.made import bound_point, cell, device

NORMAL = PollClass.NORMAL


def cycle(made: Plan, fake: FakeRegisters) -> list[Read]:
    """One cycle as the poller runs it: refused reads are halved, up to the cap."""
    reads: list[Read] = []
    waiting: deque[Request] = deque(made.requests)
    extra = MAX_EXTRA_READS
    while waiting:
        read = fake.read(waiting.popleft())
        reads.append(read)
        if read.code is not None and worth_splitting(read.request, read.code):
            halves = split(made, read.request)
            if halves is not None and extra >= 2:
                extra -= 2
                line_up(waiting, halves)
    return reads


def learn(bound: Bound, fake: FakeRegisters, cycles: int = 20) -> tuple[Learned, Block]:
    """Cycles until nothing is learned any more; then the block of one more cycle."""
    learned = NOTHING
    for _ in range(cycles):
        made = plan(bound, NORMAL, learned)
        lesson = study(made, cycle(made, fake), learned)
        if lesson.learned == learned:
            break
        learned = lesson.learned
    made = plan(bound, NORMAL, learned)
    fake.asked.clear()
    reads = [fake.read(request) for request in made.requests]
    return learned, Decoder(made).block(reads, 0)


def registers(count: int) -> Bound:
    """A device of `count` registers in a row."""
    return device([bound_point(f"p{n}.count", cell(n)) for n in range(count)])


def words(count: int, *holes: int) -> dict[tuple[int, int], int]:
    return {(3, n): n for n in range(count) if n not in holes}


def test_bad_registers_are_found_and_the_rest_is_read_at_once() -> None:
    learned, block = learn(registers(100), fake := FakeRegisters(words(100, 17, 63)))
    assert learned.bad == {(3, 17): 2, (3, 63): 2}
    bad = [n for n, quality in enumerate(block.quality) if quality == Quality.BAD]
    assert bad == [17, 63]
    assert len(fake.asked) == 3
    assert math.isnan(block.values[17])


def test_a_search_costs_the_logarithm_and_not_the_length() -> None:
    made, fake = plan(registers(120), NORMAL), FakeRegisters(words(120, 77))
    cycle(made, fake)
    assert len(fake.asked) <= 1 + 2 * math.ceil(math.log2(120))


def test_a_hole_that_cannot_be_read_across_becomes_a_cut() -> None:
    bound = device([bound_point(f"p{n}.count", cell(a)) for n, a in enumerate([0, 1, 5, 6])])
    learned, block = learn(bound, fake := FakeRegisters({(3, a): a for a in (0, 1, 5, 6)}))
    assert learned.cuts == {(3, 5)}
    assert not learned.bad
    assert [(r.address, r.count) for r in fake.asked] == [(0, 2), (5, 2)]
    assert set(block.quality) == {Quality.GOOD}


@pytest.mark.parametrize("code", [2, 3])
def test_a_read_that_was_too_long_teaches_the_limit(code: int) -> None:
    fake = FakeRegisters(words(100), longest=26, long_code=code)
    learned, block = learn(registers(100), fake)
    assert learned.max_registers in range(20, 27)
    assert not learned.bad
    assert set(block.quality) == {Quality.GOOD}


@given(
    st.sets(st.integers(0, 99), max_size=12),
    st.integers(1, 125),
    st.sampled_from([2, 3]),
)
@settings(max_examples=60)
def test_whatever_the_device_refuses_all_that_it_has_is_read_in_the_end(
    holes: set[int], longest: int, long_code: int
) -> None:
    fake = FakeRegisters(words(100, *holes), longest=longest, long_code=long_code)
    learned, block = learn(registers(100), fake)
    assert set(learned.bad) == {(3, hole) for hole in holes}
    for n, quality in enumerate(block.quality):
        assert quality == (Quality.BAD if n in holes else Quality.GOOD)


def test_a_search_longer_than_the_cap_goes_on_in_the_next_cycle() -> None:
    holes = list(range(0, 100, 7))
    made, fake = plan(registers(100), NORMAL), FakeRegisters(words(100, *holes))
    lesson = study(made, cycle(made, fake), NOTHING)
    assert len(fake.asked) <= 1 + MAX_EXTRA_READS
    assert lesson.learned.cuts
    learned, _ = learn(registers(100), fake)
    assert sorted(learned.bad) == [(3, hole) for hole in holes]


def test_a_device_whose_first_half_is_missing_is_still_told_from_a_wrong_one() -> None:
    fake = FakeRegisters(words(100, *range(45)))
    made = plan(registers(100), NORMAL)
    assert not study(made, cycle(made, fake), NOTHING).nothing_fits
    learned, block = learn(registers(100), fake, cycles=10)
    assert len(learned.bad) == 45
    assert [n for n, q in enumerate(block.quality) if q == Quality.GOOD] == list(range(45, 100))


def test_a_device_that_refuses_everything_teaches_nothing() -> None:
    made, fake = plan(registers(30), NORMAL), FakeRegisters({})
    lesson = study(made, cycle(made, fake), NOTHING)
    assert lesson.nothing_fits
    assert lesson.learned == NOTHING
    assert "wrong unit" in lesson.why


def test_a_class_of_bad_points_is_learned_if_the_device_is_surely_the_right_one() -> None:
    made, fake = plan(registers(1), NORMAL), FakeRegisters({})
    lesson = study(made, cycle(made, fake), NOTHING, answers=True)
    assert lesson.learned.bad == {(3, 0): 2}
    assert lesson.why == "1 value(s) refused by the device"


def test_silence_and_a_busy_device_teach_nothing() -> None:
    made = plan(registers(10), NORMAL)
    (read,) = made.requests
    for outcome in (Read(read), Read(read, code=6), Read(read, code=4), Read(read, code=0x0B)):
        assert study(made, [outcome], NOTHING) == Lesson(NOTHING)
        assert outcome.code is None or not worth_splitting(read, outcome.code)


def test_bad_places_are_tried_again_when_the_day_comes() -> None:
    learned = Learned(bad={(3, 1): 2}, cuts=frozenset({(3, 5)}), max_registers=20)
    assert forget_bad(learned) == Learned(max_registers=20)


def test_a_get_that_is_too_big_teaches_how_many_objects_fit() -> None:
    points = [bound_point(f"p{n}.count", f"1.3.9.{n}") for n in range(20)]
    made = plan(device(points), NORMAL)
    (get,) = made.requests
    halves = split(made, get)
    assert halves is not None
    fine = [Read(half, Answer(1)) for half in halves]
    lesson = study(made, [Read(get, code=1), *fine], NOTHING)
    assert lesson.learned.max_oids == 10
    assert lesson.why == "at most 10 objects a read"


def test_an_object_that_version_1_does_not_know_is_left_out_from_then_on() -> None:
    points = [bound_point(f"p{n}.count", f"1.3.9.{n}") for n in range(2)]
    made = plan(device(points), NORMAL)
    (get,) = made.requests
    assert worth_splitting(get, 2)
    reads = [
        Read(get, code=2),
        Read(SnmpGet(("1.3.9.0",)), Answer(1, varbinds={"1.3.9.0": 5})),
        Read(SnmpGet(("1.3.9.1",)), code=2),
    ]
    learned = study(made, reads, NOTHING).learned
    assert learned.bad == {"1.3.9.1": 2}
    assert plan(device(points), NORMAL, learned).requests == (SnmpGet(("1.3.9.0",)),)


def test_a_single_register_is_not_halved_but_remembered() -> None:
    read = ModbusRead(1, 3, 0, 1)
    assert split(plan(registers(1), NORMAL), read) is None
