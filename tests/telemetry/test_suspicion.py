"""EN-15 over time: power-up values and stuck sensors."""

import math

from telemetry.points import Quantity
from telemetry.sample import Quality
from telemetry.suspicion import Steady, Suspicion, suspect

HOUR_MS = 3_600_000
DEGC = Quantity.TEMPERATURE


def test_exactly_85_in_the_first_sample_after_a_restart_is_bad() -> None:
    judged = suspect(DEGC, 85.0, Quality.GOOD, 0, None, restarted=True)
    assert judged.quality is Quality.BAD
    assert "power-up" in judged.why
    assert suspect(DEGC, 85.0, Quality.GOOD, 0, None).quality is Quality.GOOD
    assert suspect(DEGC, 85.1, Quality.GOOD, 0, None, restarted=True).quality is Quality.GOOD
    load = suspect(Quantity.LOAD, 85.0, Quality.GOOD, 0, None, restarted=True)
    assert load.quality is Quality.GOOD


def _after(hours: int, number: float = 22.5) -> Suspicion:
    return suspect(DEGC, number, Quality.GOOD, hours * HOUR_MS, Steady(22.5, 0))


def test_a_sensor_that_shows_the_same_for_a_day_is_uncertain() -> None:
    assert _after(23).quality is Quality.GOOD
    assert _after(24) == Suspicion(Quality.UNCERTAIN, "22.5 unchanged for 24 h", Steady(22.5, 0))


def test_a_change_of_the_last_digit_starts_the_day_anew() -> None:
    assert _after(24, 22.6) == Suspicion(Quality.GOOD, "", Steady(22.6, 24 * HOUR_MS))
    assert _after(24, 22.52).quality is Quality.UNCERTAIN


def test_a_number_that_is_not_usable_neither_proves_nor_clears_anything() -> None:
    before = Steady(22.5, 0)
    for number, quality in (
        (math.nan, Quality.BAD),
        (22.5, Quality.STALE),
        (math.nan, Quality.GOOD),
    ):
        judged = suspect(DEGC, number, quality, 30 * HOUR_MS, before)
        assert (judged.quality, judged.steady) == (quality, before)


def test_a_worse_quality_is_never_raised() -> None:
    judged = suspect(DEGC, 22.5, Quality.UNCERTAIN, 30 * HOUR_MS, Steady(22.5, 0))
    assert judged.quality is Quality.UNCERTAIN
