"""Turns in time: in phase, never twice, never queued (rule 19)."""

from hypothesis import given
from hypothesis import strategies as st

from telemetry.schedule import next_turn, spread


@given(
    due=st.floats(0, 1e7),
    late=st.floats(0, 1e4),
    every=st.sampled_from([0.5, 1.0, 10.0, 30.0, 300.0, 86_400.0]),
    phase=st.floats(0, 0.999),
)
def test_the_next_turn_is_in_phase_in_the_future_and_within_one_interval(
    due: float, late: float, every: float, phase: float
) -> None:
    now = due + late
    next_s, skipped = next_turn(now, due, every, phase)
    assert now < next_s <= now + every + 0.01
    off = (next_s / every - phase) % 1
    assert min(off, 1 - off) < 1e-4
    assert 0 <= skipped <= late / every + 1


def test_a_timer_that_fires_a_little_early_does_not_read_twice() -> None:
    assert next_turn(19.9995, 20.0, 10.0, 0.0) == (30.0, 0)


def test_turns_that_went_by_are_counted_as_skipped() -> None:
    assert next_turn(20.4, 20.0, 10.0, 0.0) == (30.0, 0)
    assert next_turn(54.0, 20.0, 10.0, 0.0) == (60.0, 3)


def test_the_spread_is_even_and_the_same_everywhere() -> None:
    assert spread("pdu-a-r07") == spread("pdu-a-r07")
    tenths = [int(spread(f"pdu-{n}") * 10) for n in range(2000)]
    assert all(140 <= tenths.count(n) <= 260 for n in range(10))
