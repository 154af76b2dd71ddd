"""Which Modbus profile fits, by what its values look like."""

import math

from telemetry.binding import bind
from telemetry.fitting import Fit, best_first, judge
from telemetry.points import PollClass
from telemetry.profiles.loader import read
from telemetry.profiles.model import Profile
from telemetry.sample import Block, Layout, Quality
from tests.telemetry.driven import METER, meter


def block(profile: Profile, values: dict[str, float], quality: dict[str, Quality]) -> Block:
    points = tuple(bound.point for bound in bind(profile, "d").points)
    return Block(
        Layout("d", PollClass.NORMAL, 10.0, points),
        1,
        tuple(values.get(point.id, math.nan) for point in points),
        bytes(quality.get(point.id, Quality.GOOD) for point in points),
        tuple(77 if point.id == "ident.serial" else 0 for point in points),
    )


def fit_of(voltage: float, frequency: float, **quality: Quality) -> Fit:
    values = {"total.voltage": voltage, "total.frequency": frequency}
    named = {key.replace("_", "."): value for key, value in quality.items()}
    found = judge(meter(), [block(meter(), values, named)])
    assert found is not None
    return found


def test_values_of_a_plant_in_service_make_a_profile_fit() -> None:
    fit = fit_of(230.5, 50.0)
    assert (fit.hits, fit.misses, fit.fits) == (2, 0, True)
    assert fit.why == "2 of 2 values are where a plant's lie"


def test_values_from_elsewhere_do_not() -> None:
    assert not fit_of(6553.5, 0.23).fits
    assert not fit_of(230.0, 0.23).fits


def test_zeros_and_missing_values_say_nothing() -> None:
    fit = fit_of(0.0, math.nan)
    assert (fit.hits, fit.misses, fit.fits) == (0, 0, False)


def test_a_fixed_value_that_is_wrong_rules_a_profile_out_and_a_right_one_decides() -> None:
    text = METER.replace(
        "fc: 3, address: 10, type: uint16", "fc: 3, address: 10, expect: 77, type: uint16"
    )
    profile = read(text, "expecting.yaml")
    right = judge(profile, [block(profile, {}, {})])
    assert right is not None and right.fits and right.expected == 1
    other = read(text.replace("expect: 77", "expect: 78"), "expecting.yaml")
    assert judge(other, [block(other, {}, {})]) is None


def test_the_best_has_fixed_values_then_its_makers_name_then_more_that_fits() -> None:
    profile = meter()
    weak, strong = Fit(profile, hits=3, absent=5), Fit(profile, hits=9)
    named, fixed = Fit(profile, named=True, hits=3), Fit(profile, expected=1)
    unfit = Fit(profile, hits=1, misses=5)
    assert best_first([weak, unfit, strong, named, fixed]) == [fixed, named, strong, weak]


def test_the_makers_name_is_found_in_what_the_device_says() -> None:
    fit = judge(meter(), [], "ACME Power Inc P50")
    assert fit is not None and fit.named
