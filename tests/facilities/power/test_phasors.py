"""PW-02, 03, 05, 06, 07 with every worked example; the closed forms against the phasors."""

import cmath
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilities.power.phasors import (
    Draw,
    apparent_va,
    complex_va,
    line_amps,
    line_to_line_v,
    line_to_neutral_v,
    lines_from_pairs,
    magnitudes,
    neutral_amps,
    watts_of_pairs,
)

NEAR = 0.01
LN = 208 / math.sqrt(3)


@pytest.mark.parametrize(
    ("v_ll", "v_ln"), [(208, 120.09), (400, 230.94), (415, 239.60), (480, 277.13)]
)
def test_pw_02_line_to_neutral(v_ll: float, v_ln: float) -> None:
    assert line_to_neutral_v(v_ll) == pytest.approx(v_ln, abs=NEAR)
    assert line_to_line_v(line_to_neutral_v(v_ll), ("L2",)) == pytest.approx(v_ll)
    assert line_to_line_v(v_ll, ("L1", "L2")) == v_ll


def test_pw_03_three_phase_power() -> None:
    assert apparent_va(208, 24, 3) == pytest.approx(8646.40, abs=NEAR)
    assert apparent_va(208, 24, 1) == 4992


def test_pw_03_p_and_q_add_but_s_does_not() -> None:
    total = complex_va(10_000) + complex_va(8_000, 0.8)
    assert total.real == pytest.approx(18_000)
    assert total.imag == pytest.approx(6_000)
    assert abs(total) / 1000 == pytest.approx(18.97, abs=NEAR)
    assert total.real / abs(total) == pytest.approx(0.949, abs=0.0005)


def test_pw_03_a_power_factor_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="power factor"):
        complex_va(100, 0.0)


@pytest.mark.parametrize(
    ("pairs", "lines"),
    [
        ((10, 6, 0), (10, 14, 6)),
        ((16, 16, 16), (27.71, 27.71, 27.71)),
        ((12, 8, 4), (14.42, 17.44, 10.58)),
    ],
)
def test_pw_05_lines_from_pairs(
    pairs: tuple[float, float, float], lines: tuple[float, float, float]
) -> None:
    assert lines_from_pairs(*pairs) == pytest.approx(lines, abs=NEAR)


def test_pw_05_the_inverse_check_and_why_120_v_times_amps_over_reads() -> None:
    assert watts_of_pairs(4.6, 4.6, 6.3, 208) == pytest.approx(1832.11, abs=NEAR)
    assert watts_of_pairs(*lines_from_pairs(12, 8, 4), 208) == pytest.approx(4992)
    over = sum(lines_from_pairs(12, 8, 4)) * 120 / 4992
    assert 1.01 < over < 1.03


def test_pw_05_lines_that_no_line_to_line_load_draws_have_no_answer() -> None:
    assert watts_of_pairs(1, 1, 5, 208) is None


def test_pw_06_a_pair_and_two_singles() -> None:
    draws = [Draw(208 * 10, ("L1", "L2")), Draw(LN * 5, ("L1",)), Draw(LN * 3, ("L3",))]
    assert magnitudes(line_amps(draws, 208)) == pytest.approx((14.55, 10.0, 3.0, 4.36), abs=NEAR)
    assert sum(draw.va.real for draw in draws) == pytest.approx(3040.71, abs=NEAR)


def test_pw_06_three_phase_and_a_pair() -> None:
    draws = [Draw(6000, ("L1", "L2", "L3")), Draw(2080, ("L1", "L2"))]
    assert magnitudes(line_amps(draws, 208)) == pytest.approx((25.80, 25.80, 16.65, 0), abs=NEAR)


def test_pw_06_mixed_power_factors() -> None:
    lead = complex_va(2080 * 0.95, 0.95, leading=True)
    lag = complex_va(LN * 5 * 0.8, 0.8)
    draws = [Draw(lead, ("L1", "L2")), Draw(lag, ("L1",)), Draw(LN * 3, ("L3",))]
    one, _, _, neutral = magnitudes(line_amps(draws, 208))
    assert one == pytest.approx(11.56, abs=NEAR)
    assert neutral == pytest.approx(2.53, abs=NEAR)


@pytest.mark.parametrize(
    ("amps", "neutral"), [((10, 15, 20), 8.66), ((10, 0, 0), 10), ((7, 7, 7), 0)]
)
def test_pw_07_neutral(amps: tuple[float, float, float], neutral: float) -> None:
    assert neutral_amps(*amps) == pytest.approx(neutral, abs=NEAR)


AMPS = st.floats(0, 400)


@given(AMPS, AMPS, AMPS)
def test_the_closed_forms_agree_with_the_phasors(a: float, b: float, c: float) -> None:
    pairs = [Draw(208 * i, p) for i, p in zip((a, b, c), PAIRS, strict=True)]
    singles = [Draw(LN * i, (line,)) for i, line in zip((a, b, c), LINES, strict=True)]
    assert magnitudes(line_amps(pairs, 208))[:3] == pytest.approx(
        lines_from_pairs(a, b, c), abs=1e-6
    )
    assert magnitudes(line_amps(singles, 208))[3] == pytest.approx(neutral_amps(a, b, c), abs=1e-5)


LINES = ("L1", "L2", "L3")
PAIRS = (("L1", "L2"), ("L2", "L3"), ("L3", "L1"))
VA = st.complex_numbers(max_magnitude=50_000, allow_nan=False, allow_infinity=False)
LOADS = st.lists(
    st.tuples(VA, st.sampled_from([*((line,) for line in LINES), *PAIRS, LINES])), max_size=12
)


def slow_amps(loads: list[tuple[complex, tuple[str, ...]]], v_ll: float) -> list[complex]:
    """PW-06 written out load by load in plain complex numbers."""
    volts = {
        line: cmath.rect(v_ll / math.sqrt(3), math.radians(turn))
        for line, turn in zip(LINES, (0, -120, 120), strict=True)
    }
    amps = dict.fromkeys((*LINES, "N"), 0j)
    for va, lines in loads:
        if len(lines) == 2:
            j, k = lines
            current = (va / (volts[j] - volts[k])).conjugate()
            amps[j] += current
            amps[k] -= current
        for line in lines if len(lines) != 2 else ():
            current = (va / len(lines) / volts[line]).conjugate()
            amps[line] += current
            amps["N"] += current if len(lines) == 1 else 0
    return [amps[name] for name in (*LINES, "N")]


@given(LOADS)
def test_the_vectors_agree_with_the_slow_sums(
    loads: list[tuple[complex, tuple[str, ...]]],
) -> None:
    fast = line_amps([Draw(va, lines) for va, lines in loads], 400)
    assert list(fast) == pytest.approx(slow_amps(loads, 400), abs=1e-6)
