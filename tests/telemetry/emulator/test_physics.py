"""The worked examples of the papers, and the laws behind them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.emulator import physics
from telemetry.emulator.physics import Lines

V208 = physics.phase_voltages(208)
Parts = list[tuple[complex, tuple[int, ...]]]


def amps(*parts: tuple[complex, tuple[int, ...]]) -> list[float]:
    lines = physics.total(physics.line_currents(s, V208, on) for s, on in parts)
    return [round(abs(current), 2) for current in lines]


def neutral(*parts: tuple[complex, tuple[int, ...]]) -> float:
    return round(abs(sum(physics.total(physics.line_currents(s, V208, on) for s, on in parts))), 2)


@pytest.mark.parametrize(("v_ll", "v_ln"), [(208, 120.09), (400, 230.94), (480, 277.13)])
def test_volts_to_neutral_are_line_volts_over_root_three(v_ll: float, v_ln: float) -> None:
    assert round(physics.line_to_neutral(v_ll), 2) == v_ln


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [((10, 6, 0), [10, 14, 6]), ((16, 16, 16), [27.71] * 3), ((12, 8, 4), [14.42, 17.44, 10.58])],
)
def test_line_currents_of_loads_between_lines(
    pairs: tuple[int, ...], expected: list[float]
) -> None:
    """PW-05."""
    parts: Parts = [
        (208 * a, on) for a, on in zip(pairs, [(0, 1), (1, 2), (2, 0)], strict=True) if a
    ]
    assert amps(*parts) == expected


def test_mixed_loads_are_added_as_phasors() -> None:
    """PW-06, the first and the second example."""
    v_ln = 208 / math.sqrt(3)
    parts: Parts = [(2080, (0, 1)), (5 * v_ln, (0,)), (3 * v_ln, (2,))]
    assert (amps(*parts), neutral(*parts)) == ([14.55, 10.0, 3.0], 4.36)
    assert round(sum(s.real for s, _ in parts), 2) == 3040.71
    assert amps((6000, (0, 1, 2)), (2080, (0, 1))) == [25.80, 25.80, 16.65]


def test_a_leading_and_a_lagging_load_add_as_phasors_too() -> None:
    """PW-06, mixed power factors: AB leads, A-N lags."""
    v_ln = 208 / math.sqrt(3)
    leading = physics.complex_power(2080 * 0.95, 0.95).conjugate()
    lagging = physics.complex_power(5 * v_ln * 0.8, 0.8)
    parts: Parts = [(leading, (0, 1)), (lagging, (0,)), (3 * v_ln, (2,))]
    assert (amps(*parts)[0], neutral(*parts)) == (11.56, 2.53)


@given(
    st.lists(
        st.tuples(
            st.floats(0, 1e5),
            st.floats(0.3, 1.0),
            st.sampled_from([(0,), (1,), (2,), (0, 1), (1, 2), (2, 0), (0, 1, 2)]),
        ),
        max_size=8,
    )
)
def test_power_by_line_adds_up_to_the_power_of_the_loads(
    parts: list[tuple[float, float, tuple[int, ...]]],
) -> None:
    powers = [physics.complex_power(watts, pf) for watts, pf, _ in parts]
    lines: Lines = physics.total(
        physics.line_currents(s, V208, on) for s, (_, _, on) in zip(powers, parts, strict=True)
    )
    assert sum(physics.line_powers(V208, lines)) == pytest.approx(sum(powers), rel=1e-9, abs=1e-6)


def test_a_curve_is_followed_between_its_points_and_held_outside() -> None:
    curve = ((0.25, 0.9), (0.5, 0.96))
    read = [physics.interpolate(curve, x) for x in (0.1, 0.25, 0.375, 0.5, 2)]
    assert read == [0.9, 0.9, pytest.approx(0.93), 0.96, 0.96]


def test_runtime_is_energy_over_power_and_never_without_end() -> None:
    """PW-25 fallback: 20 kWh, .94, DoD .8, 60 kW -> 15.04 min."""
    assert physics.runtime_s(16_000, 60_000, 0.94, 1e9) / 60 == pytest.approx(15.04, abs=0.005)
    assert physics.runtime_s(16_000, 0, 0.94, 21_600) == 21_600


def test_air_carries_the_heat_of_the_worked_example() -> None:
    """EN-09: 2.5 m3/s over 11 K with 1.206 kJ/(m3 K)."""
    assert round(physics.sensible_w(2.5, 11), 1) == 33_165.0


def test_humidity_falls_as_the_same_air_warms() -> None:
    assert physics.relative_humidity(20, 20) == pytest.approx(100)
    assert physics.relative_humidity(24, 10) == pytest.approx(41, abs=0.5)
    assert physics.relative_humidity(5, 10) == 100
