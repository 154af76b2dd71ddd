"""SP-06 and SP-07."""

import pytest

from facilities.hosting.placement import Outcome
from facilities.hosting.weight import (
    Mass,
    Sum,
    centre_mm,
    judge_weight,
    one,
    rolled_up,
    top_heavy,
    total,
)


def test_sp_06_a_chassis_and_its_blades_weigh_246_kg() -> None:
    assert rolled_up(150, [one(12)] * 8).value == 246


def test_sp_06_a_measured_chassis_is_not_counted_with_its_blades_again() -> None:
    assert rolled_up(4200, [one(600)] * 8, own_has_children=True) == Sum(4200, 1, 1)


def test_an_unmeasured_chassis_falls_back_to_its_children() -> None:
    assert rolled_up(None, [one(600)] * 8, own_has_children=True) == Sum(4800, 8, 9)


def test_what_is_unknown_lowers_the_coverage_and_is_not_zero() -> None:
    weight = total([10.0, None])
    assert (weight.value, weight.complete, weight.coverage) == (10, False, 0.5)
    assert total([]).coverage == 1


def test_sp_07_the_centre_of_gravity_is_at_329_67_mm() -> None:
    centre = centre_mm([Mass(100, 1, 4), Mass(20, 79, 2)])
    assert centre == pytest.approx(329.67, abs=0.005)
    assert top_heavy(centre, 42) is False


def test_sp_07_a_load_at_the_top_is_top_heavy() -> None:
    assert top_heavy(centre_mm([Mass(50, 79, 2)]), 42) is True


def test_the_centre_of_nothing_known_is_unknown() -> None:
    assert centre_mm([Mass(None, 1, 2), Mass(4, None)]) is None
    assert top_heavy(None, 42) is None


def test_sp_07_the_payload_keeps_to_the_static_limit() -> None:
    assert judge_weight(Sum(1000, 3, 3), 1000).outcome is Outcome.OK
    verdict = judge_weight(Sum(1000.5, 3, 3), 1000)
    assert verdict.reason == "1000.5 kg is 0.5 kg over the rack's limit of 1000 kg."


def test_sp_07_moved_on_casters_the_gross_weight_counts() -> None:
    assert not judge_weight(Sum(900, 1, 1), 1000, tare_kg=120).fits


def test_unknown_weights_are_unknown_but_a_known_excess_refuses() -> None:
    assert judge_weight(Sum(500, 1, 2), 1000).outcome is Outcome.UNKNOWN
    assert judge_weight(Sum(500, 1, 1), None).outcome is Outcome.UNKNOWN
    assert judge_weight(Sum(1500, 1, 2), 1000).outcome is Outcome.REFUSED
