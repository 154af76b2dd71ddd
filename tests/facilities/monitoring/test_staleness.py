"""AL-08 and UN-05: what may be shown as live."""

import pytest

from facilities.monitoring.staleness import Kept, Source, judge, stale_after_s
from facilities.readings import Quality

FINE = Source()


def kept(at_s: float = 1000.0, every_s: float = 10.0, **other: object) -> Kept:
    values = {"value": 412.0, "quality": Quality.GOOD, **other}
    return Kept(at_s=at_s, every_s=every_s, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(("every_s", "limit_s"), [(30, 90), (10, 60), (1, 60), (300, 900)])
def test_stale_after_three_intervals_but_a_minute_at_least(every_s: float, limit_s: float) -> None:
    assert stale_after_s(every_s) == limit_s


def test_a_fresh_value_is_live_with_its_age() -> None:
    verdict = judge(kept(), FINE, 1008.0)
    assert (verdict.value, verdict.quality, verdict.age_s) == (412.0, Quality.GOOD, 8.0)
    assert verdict.why == ""


def test_a_value_is_live_at_the_limit_and_stale_just_after() -> None:
    assert judge(kept(), FINE, 1060.0).quality is Quality.GOOD
    verdict = judge(kept(), FINE, 1060.1)
    assert verdict.quality is Quality.STALE
    assert (verdict.value, verdict.last_value, verdict.last_at_s) == (None, 412.0, 1000.0)


def test_a_stale_value_says_how_late_and_whose_fault_it_is() -> None:
    dead = Source(collector="no collector has been heard for 5 min")
    why = judge(kept(), dead, 1300.0).why
    assert why == (
        "no answer for 5 min, one is due every 10 s: no collector has been heard for 5 min"
    )


def test_a_dead_devices_marker_has_the_age_of_its_last_usable_value() -> None:
    marker = kept(value=None, quality=Quality.STALE, last_value=400.0, last_at_s=900.0)
    verdict = judge(marker, Source(error="no answer within 2 s"), 1001.0)
    assert (verdict.quality, verdict.value) == (Quality.STALE, None)
    assert (verdict.last_value, verdict.age_s) == (400.0, 101.0)
    assert verdict.why == "no answer within 2 s"


def test_a_point_that_the_device_lacks_is_not_zero() -> None:
    verdict = judge(kept(value=None, quality=Quality.NOT_AVAILABLE), FINE, 1001.0)
    assert (verdict.value, verdict.quality) == (None, Quality.NOT_AVAILABLE)
    assert verdict.why == "the device says it has no value here"


def test_a_usable_quality_without_a_value_is_not_available() -> None:
    assert judge(kept(value=None), FINE, 1001.0).quality is Quality.NOT_AVAILABLE


def test_a_never_read_point_says_so_or_why() -> None:
    assert judge(None, FINE, 1.0).why == "never read yet"
    assert judge(None, Source(error="nobody listens there"), 1.0).why == "nobody listens there"
    assert "switched off" in judge(None, Source(enabled=False), 1.0).why


def test_a_value_from_the_future_is_bad() -> None:
    assert judge(kept(at_s=1121.0), FINE, 1000.0).quality is Quality.BAD
    assert judge(kept(at_s=1119.0), FINE, 1000.0).quality is Quality.GOOD


def test_a_device_in_maintenance_shows_its_values_as_such() -> None:
    verdict = judge(kept(), Source(maintenance=True), 1001.0)
    assert (verdict.value, verdict.quality) == (412.0, Quality.MAINTENANCE)


def test_a_polling_that_was_switched_off_goes_stale_and_says_so() -> None:
    verdict = judge(kept(), Source(enabled=False), 5000.0)
    assert verdict.quality is Quality.STALE
    assert "switched off" in verdict.why
