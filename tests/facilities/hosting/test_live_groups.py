"""Live values in the order in which people read them."""

from datetime import UTC, datetime

from facilities.hosting.live_groups import grouped, inlet, power_by_feed
from facilities.readings import LiveValue, Quality


def value(metric: str, feed: str = "", number: float | None = 1.0) -> LiveValue:
    quality = Quality.GOOD if number is not None else Quality.NOT_AVAILABLE
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return LiveValue(metric, feed, metric, number, "W", quality, at, 1.0, "d", metric, "o")


def test_feeds_come_first_power_before_current_then_the_climate() -> None:
    values = [
        value("temperature.inlet.top"),
        value("current.l2", "B"),
        value("current.l1", "A"),
        value("power.active", "A"),
        value("battery.runtime"),
    ]
    found = [(group.title, [v.metric for v in group.values]) for group in grouped(values)]
    assert found == [
        ("Feed A", ["power.active", "current.l1"]),
        ("Feed B", ["current.l2"]),
        ("Climate", ["temperature.inlet.top"]),
        ("Other", ["battery.runtime"]),
    ]


def test_the_warmest_usable_inlet_speaks_for_a_rack() -> None:
    warm, lost = (
        value("temperature.inlet.top", number=27.5),
        value("temperature.inlet.mid", "", None),
    )
    assert inlet([value("temperature.inlet.bottom", number=21.0), lost, warm]) is warm
    assert inlet([lost]) is lost
    assert inlet([value("power.active")]) is None


def test_power_is_told_apart_by_feed() -> None:
    feeds = power_by_feed([value("power.active", "B"), value("power.active", "A")])
    assert list(feeds) == ["A", "B"]
