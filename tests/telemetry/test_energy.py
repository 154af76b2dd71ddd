"""UN-04 and rule 26: energy from counters and from power."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.energy import (
    CounterDelta,
    Growth,
    Integral,
    counter_delta,
    counter_range,
    from_power,
)
from telemetry.profiles.loader import shipped

WIDE = 2.0**32


def test_a_32_bit_counter_rolls_over() -> None:
    assert counter_delta(4294967000, 500, WIDE) == CounterDelta(796, Growth.ROLLOVER)


def test_a_counter_that_only_grew_is_plain() -> None:
    assert counter_delta(100, 150, WIDE) == CounterDelta(50, Growth.PLAIN)
    assert counter_delta(100, 100, None) == CounterDelta(0, Growth.PLAIN)


def test_a_drop_from_the_middle_is_a_reset_and_never_negative() -> None:
    assert counter_delta(2.0**31, 10, WIDE) == CounterDelta(10, Growth.RESET)
    assert counter_delta(500, 3, None) == CounterDelta(3, Growth.RESET)


def test_the_largest_power_decides_between_roll_over_and_reset() -> None:
    old = 0.8 * WIDE
    across = 5 + WIDE - old
    assert counter_delta(old, 5, WIDE, most=across).how is Growth.ROLLOVER
    assert counter_delta(old, 5, WIDE, most=across / 2).how is Growth.RESET
    assert counter_delta(0.99 * WIDE, 5, WIDE, most=100).how is Growth.RESET


def test_an_old_number_beyond_the_range_cannot_have_rolled_over_there() -> None:
    assert counter_delta(WIDE + 5, 10, WIDE).how is Growth.RESET


@given(st.floats(0, 1e12), st.floats(0, 1e12), st.sampled_from([None, WIDE, 1e12]))
def test_no_growth_is_ever_negative(old: float, new: float, range_: float | None) -> None:
    assert counter_delta(old, new, range_).delta >= 0


def test_power_is_integrated_by_trapezoids() -> None:
    got = from_power([(0.0, 1000.0), (600.0, 2000.0)], 0.0, 600.0)
    assert got == Integral(250.0, 1.0)


def test_a_gap_of_more_than_a_quarter_hour_is_not_filled() -> None:
    samples = [(0.0, 1000.0), (900.0, 1000.0), (1801.0, 1000.0), (2701.0, 1000.0)]
    got = from_power(samples, 0.0, 2701.0)
    assert got.energy_wh == pytest.approx(500.0)
    assert got.coverage == pytest.approx(1800 / 2701)


def test_nothing_known_is_no_energy_at_no_coverage() -> None:
    assert from_power([], 0.0, 600.0) == Integral(0.0, 0.0)
    assert from_power([(5.0, 100.0)], 0.0, 0.0) == Integral(0.0, 0.0)
    outside = [(-10.0, 5.0), (700.0, 5.0)]
    assert from_power(outside, 0.0, 600.0) == Integral(0.0, 0.0)


def test_the_range_of_a_counter_is_in_the_unit_that_is_kept() -> None:
    inputs = next(s for s in shipped("ups-rfc1628").scalars if s.id == "input.count")
    assert counter_range(inputs.meaning) == WIDE
    circuit = next(r for r in shipped("schneider-bcpme").registers if "energy" in r.id)
    assert counter_range(circuit.meaning) is None
