"""Windows and steps of charts, gaps, sparklines; the chart page and its data."""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from facilities.monitoring.models import Binding
from facilities.monitoring.spark import spark
from facilities.monitoring.windows import MOST_BUCKETS, WINDOWS, step_for, window, with_gaps
from facilities.readings import SeriesBucket
from tests.facilities.conftest import Person
from tests.facilities.monitoring.conftest import INLET, NOW, POWER, STATE, World

Enter = Callable[..., Person]


@pytest.mark.parametrize(
    ("key", "every_s", "step_s"),
    [
        ("1h", 5, 10),
        ("1h", 30, 30),
        ("1h", 7, 10),
        ("24h", 10, 300),
        ("7d", 10, 1800),
        ("30d", 10, 7200),
        ("1y", 10, 86_400),
        ("1h", 300, 300),
        ("1h", 172_800, 172_800),
    ],
)
def test_a_step_holds_a_poll_and_a_window_at_most_500_steps(
    key: str, every_s: float, step_s: int
) -> None:
    made = window(key, NOW, every_s)
    assert made.step_s == step_s
    assert len(with_gaps(made, [])) <= MOST_BUCKETS
    assert made.end >= NOW
    assert made.start <= NOW - timedelta(seconds=WINDOWS[key][1])


def test_windows_lie_on_whole_steps_at_any_second() -> None:
    for second in (0, 1, 59, 60):
        made = window("24h", NOW + timedelta(seconds=second), 10.0)
        assert made.start.timestamp() % made.step_s == 0
        assert made.end.timestamp() % made.step_s == 0
        assert len(with_gaps(made, [])) <= MOST_BUCKETS


def test_an_unknown_window_is_a_day() -> None:
    assert window("nonsense", NOW, 10.0) == window("24h", NOW, 10.0)


def test_steps_beyond_the_usual_are_whole_days() -> None:
    assert step_for(500 * 10 * 86_400, 10.0) == 10 * 86_400


def bucket(minute: int, mean: float) -> SeriesBucket:
    at = datetime(2026, 11, 22, 16, minute, tzinfo=UTC)
    return SeriesBucket(at, mean - 1, mean, mean + 1, 6, 1.0)


def test_a_step_without_samples_is_none() -> None:
    made = window("1h", NOW, 60.0)
    steps = with_gaps(made, [bucket(1, 5.0), bucket(3, 7.0)])
    assert [step.mean if step else None for step in steps[:5]] == [None, 5.0, None, 7.0, None]


def test_a_sparkline_breaks_at_gaps() -> None:
    drawn = spark([bucket(0, 1), bucket(1, 2), None, bucket(3, 3), None], "W")
    assert drawn is not None
    assert len(drawn.lines) == 2
    assert drawn.lines[0].count(",") == 2
    assert drawn.text == "from 0 to 4 W"
    assert spark([None, None], "W") is None


def test_a_chart_page_shows_now_the_curve_in_words_and_as_a_table(
    world: World, person: Enter
) -> None:
    for age_s, watts in ((3600, 300.0), (1800, 500.0), (4, 412.0)):
        world.say("pdu-a-r07", (watts, 1.0, 1), age_s=age_s)
    url = f"/devices/{world.ids['pdu-a-r07']}/chart?point={POWER.id}"
    page = person("electrician").get(url).text
    assert "412\u2009W" in page
    assert "Least 300\u2009W about 2026-11-22 16:00 UTC, greatest 500\u2009W" in page
    assert page.count("<tr><td>2026-11-22") == 3
    for title, _ in WINDOWS.values():
        assert f">{title}</a>" in page


def test_chart_data_has_one_entry_a_step_and_null_in_gaps(world: World, person: Enter) -> None:
    world.say("pdu-a-r07", (412.0, 1.0, 1), age_s=35)
    url = f"/devices/{world.ids['pdu-a-r07']}/chart/data?point={POWER.id}&window=1h"
    body = person("electrician").get(url).get_json()
    assert body["step_s"] == 10
    assert len(body["at"]) == len(body["mean"]) == 360
    assert [value for value in body["mean"] if value is not None] == [412.0]
    assert body["mean"][-4] == 412.0


def test_a_chart_never_shows_old_as_live(world: World, person: Enter) -> None:
    world.say("pdu-a-r07", (412.0, 1.0, 1), age_s=600)
    url = f"/devices/{world.ids['pdu-a-r07']}/chart/now?point={POWER.id}"
    part = person("electrician").get(url).text
    assert "no data" in part
    assert "no answer for 10 min" in part


def test_a_state_has_its_names_on_the_chart(world: World, person: Enter) -> None:
    world.say("pdu-a-r07", (412.0, math.nan, 2))
    url = f"/devices/{world.ids['pdu-a-r07']}/chart?point={STATE.id}"
    assert '"2": "off"' in person("electrician").get(url).text.replace("&#34;", '"')


def test_points_that_are_not_there_are_not_found(world: World, person: Enter) -> None:
    who = person("electrician")
    for part in ("chart", "chart/data"):
        assert who.get(f"/devices/{world.ids['probe-1']}/{part}?point=none").status_code == 404


def test_an_object_shows_its_readings_with_their_last_day(world: World, person: Enter) -> None:
    for n in range(10):
        world.say("probe-1", (20.0 + n,), age_s=4 + n * 1800)
    page = person("facilities").get(f"/readings/of/rack/{world.ids['rack']}").text
    assert "20.0\u2009°C" in page
    assert "temperature.inlet.top" in page
    assert "highest of" not in page, "the hottest sensor is a sensor, with its own chart"
    assert "from 20 to 29 degC" in page
    assert f"/chart?point={INLET.id}" in page
    assert person("viewer").get("/readings/of/rack/999").status_code == 404


def test_an_object_that_nothing_measures_says_what_to_do(world: World, person: Enter) -> None:
    page = person("facilities").get(f"/readings/of/power_node/{world.ids['pdu-a']}").text
    assert "power.active" in page
    with world.sessions.begin() as session:
        for row in session.query(Binding):
            session.delete(row)
    page = person("electrician").get(f"/readings/of/power_node/{world.ids['pdu-a']}").text
    assert "Nothing measures this yet" in page
