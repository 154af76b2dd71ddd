"""Totals are known only when every part is; the hottest sensor counts (EN-05)."""

from datetime import UTC, datetime, timedelta

from facilities.monitoring.totals import INLET, TOTAL, Part, add, derive, hottest
from facilities.readings import LiveValue, Quality

AT = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)


def live(
    metric: str, value: float | None, feed: str = "", device: str = "d1", age_s: float = 5.0,
    quality: Quality = Quality.GOOD, last: float | None = None,
) -> LiveValue:  # fmt: skip
    at = AT - timedelta(seconds=age_s)
    quality = quality if value is not None else Quality.STALE if last else Quality.NOT_AVAILABLE
    why = "" if value is not None else "silent"
    last_at = at if last is not None else None
    return LiveValue(
        metric, feed, metric, value, "W", quality, at, age_s, device, "p", "s",
        last_value=last, last_at=last_at, why=why,
    )  # fmt: skip


def by_metric(values: list[LiveValue]) -> dict[tuple[str, str], LiveValue]:
    return {(value.metric, value.feed): value for value in values}


def test_a_total_is_the_sum_and_as_old_as_its_oldest_part() -> None:
    parts = [
        Part("a", live("power.active", 400.0)),
        Part("b", live("power.active", 212.0, "", "d2", 9)),
    ]
    total = add("power.active", "A", "Power", parts)
    assert (total.number, total.age_s, total.quality) == (612.0, 9.0, Quality.GOOD)
    assert (total.device, total.point, total.source) == ("", "", "sum of a, b")


def test_a_total_without_one_part_is_no_data_and_names_who_is_missing() -> None:
    parts = [Part("a", live("power.active", 400.0)), Part("b", None)]
    total = add("power.active", "A", "Power", parts)
    assert total.value is None
    assert total.quality is Quality.NOT_AVAILABLE
    assert total.why == "1 of 2 parts known; missing: b (not metered)"


def test_a_total_with_a_stale_part_is_stale_with_the_last_total() -> None:
    parts = [
        Part("a", live("power.active", 400.0)),
        Part("b", live("power.active", None, last=200.0)),
    ]
    total = add("power.active", "A", "Power", parts)
    assert (total.value, total.quality, total.last_value) == (None, Quality.STALE, 600.0)


def test_a_total_is_as_good_as_its_worst_part() -> None:
    doubtful = live("power.active", 1.0, quality=Quality.UNCERTAIN)
    total = add(
        "power.active", "", "Power", [Part("a", live("power.active", 1.0)), Part("b", doubtful)]
    )
    assert total.quality is Quality.UNCERTAIN


def test_two_meters_of_one_feed_become_one_value() -> None:
    shown = by_metric(
        derive([live("power.active", 100, "A", "d1"), live("power.active", 50, "A", "d2")])
    )
    assert shown["power.active", "A"].number == 150


def test_currents_are_never_added() -> None:
    shown = derive([live("current.l1", 4.0, "A", "d1"), live("current.l1", 5.0, "A", "d2")])
    assert [value.number for value in shown] == [4.0, 5.0]


def test_the_feeds_add_to_a_total_under_its_own_name() -> None:
    shown = by_metric(derive([live("power.active", 400, "A"), live("power.active", 380, "B")]))
    assert shown[TOTAL, ""].number == 780
    assert {key for key in shown if key[0] == "power.active"} == {
        ("power.active", "A"),
        ("power.active", "B"),
    }


def test_the_total_of_feeds_is_unknown_when_one_feed_is() -> None:
    shown = by_metric(derive([live("power.active", 400, "A"), live("power.active", None, "B")]))
    assert shown[TOTAL, ""].number is None
    assert "feed B (silent)" in shown[TOTAL, ""].why


def test_a_total_that_is_measured_is_not_worked_out() -> None:
    shown = derive([live("power.active", 400, "A"), live(TOTAL, 790)])
    assert [value.number for value in shown if value.metric == TOTAL] == [790]


def test_the_rack_inlet_is_the_hottest_front_sensor() -> None:
    sensors = [live(f"temperature.inlet.{n}", t) for n, t in
               (("bottom", 22.1), ("middle", 24.0), ("top", 26.8))]  # fmt: skip
    shown = by_metric(derive([*sensors, live("temperature.outlet.top", 36.0)]))
    assert (shown[INLET, ""].number, shown[INLET, ""].quality) == (26.8, Quality.GOOD)


def test_the_hottest_of_known_sensors_is_uncertain_when_one_is_silent() -> None:
    found = hottest([live("temperature.inlet.top", 26.8), live("temperature.inlet.low", None)])
    assert (found.number, found.quality) == (26.8, Quality.UNCERTAIN)
    assert found.why == "1 of 2 front sensors are silent"


def test_no_known_sensor_is_no_data_with_the_last_highest() -> None:
    found = hottest(
        [
            live("temperature.inlet.top", None, last=26.0),
            live("temperature.inlet.low", None, last=22.0),
        ]
    )
    assert (found.value, found.quality, found.last_value) == (None, Quality.STALE, 26.0)
