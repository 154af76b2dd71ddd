"""What others' pages show of monitoring: facts, overlays, cards, search; readiness and metrics."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from facilities.monitoring import inlets, provide
from facilities.readings import ObjectRef
from facilities.web.registry import Card, Shade, Viewer
from tests.facilities.conftest import Person
from tests.facilities.monitoring.conftest import World

Enter = Callable[..., Person]
EVERYBODY = Viewer(1, "all", frozenset(), lambda _: None)


def shade(world: World, app: Flask, key: str) -> Shade:
    with app.test_request_context(), world.sessions() as session:
        overlay = next(o for o in app.extensions["rackhouse"].registries.overlays if o.key == key)
        return overlay.shades(session, world.readings(), [world.ids["rack"]])[world.ids["rack"]]


def card(world: World, app: Flask, key: str) -> Card:
    with app.test_request_context(), world.sessions() as session:
        found = next(c for c in app.extensions["rackhouse"].registries.cards if c.key == key)
        return found.load(session, world.readings(), EVERYBODY)


@pytest.mark.parametrize(
    ("celsius", "level", "tone"),
    [(18.0, 0.0, "ok"), (25.0, 0.5, "ok"), (27.1, 0.65, "warning"), (40.0, 1.0, "critical")],
)
def test_a_rack_is_painted_by_its_hottest_inlet(
    world: World, app: Flask, celsius: float, level: float, tone: str
) -> None:
    world.say("probe-1", (celsius,))
    found = shade(world, app, "temperature")
    assert found.level == pytest.approx(level, abs=0.01)
    assert (found.tone, found.age_s) == (tone, 2.0)


def test_an_old_temperature_is_unknown_on_the_plan(world: World, app: Flask) -> None:
    world.say("probe-1", (25.0,), age_s=300)
    found = shade(world, app, "temperature")
    assert found.level is None
    assert found.text.startswith("no data: no answer for 5 min")


def test_a_rack_is_painted_by_its_devices_that_are_silent(world: World, app: Flask) -> None:
    world.health("pdu-a-r07")
    world.health("pdu-b-r07")
    assert shade(world, app, "devices") == Shade(1 / 3, "1 of 3 do not answer", "critical")
    world.health("probe-1")
    assert shade(world, app, "devices") == Shade(0.0, "3 answer", "ok")


def test_racks_without_anything_are_unknown_not_cool(world: World, app: Flask) -> None:
    with app.test_request_context(), world.sessions() as session:
        port = world.readings()
        assert provide.temperature_shades(session, port, [99])[99].level is None
        assert provide.device_shades(session, port, [99])[99].level is None


def test_silent_devices_are_counted_and_listed(world: World, app: Flask) -> None:
    world.health("pdu-a-r07")
    world.health("pdu-b-r07", fresh_s=-1, last_good_at=world.now - timedelta(minutes=5))
    found = card(world, app, "silent-devices")
    assert found.count == 2
    assert [(row.label, row.value.replace("\u2009", " ")) for row in found.rows] == [
        ("pdu-b-r07", "5 min ago"),
        ("probe-1", "never answered"),
    ]
    assert found.url == "/devices?state=silent"


def test_hot_racks_are_counted_only_when_something_is_known(world: World, app: Flask) -> None:
    assert card(world, app, "hot-racks").count is None
    world.say("probe-1", (26.9,))
    assert card(world, app, "hot-racks").count == 0
    world.say("probe-1", (27.1,), age_s=1)
    found = card(world, app, "hot-racks")
    assert (found.count, found.rows[0].label, found.rows[0].tone) == (1, "R07", "warning")
    assert inlets.HIGH_C == 27.0


def test_a_rack_page_has_the_inlet_with_its_age_as_a_fact(world: World, app: Flask) -> None:
    world.say("probe-1", (28.0,))
    with app.test_request_context(), world.sessions() as session:
        (fact,) = provide.rack_facts(session, ObjectRef("rack", world.ids["rack"]))
        assert fact.text is not None
        assert fact.text.replace("\u2009", " ") == "28.0 °C · 2 s"
        assert fact.tone == "warning"
        assert provide.rack_facts(session, ObjectRef("rack", 99)) == ()
        world.now += timedelta(minutes=5)
        (fact,) = provide.rack_facts(session, ObjectRef("rack", world.ids["rack"]))
        assert fact.text is not None
        assert fact.text.startswith("no data (5")


def test_the_list_of_inlets_opens_from_the_card(world: World, person: Enter) -> None:
    world.say("probe-1", (33.0,))
    page = person("facilities").get("/readings/rack-inlets").text
    assert "above 32 °C" in page
    assert "33.0\u2009°C" in page


def test_search_finds_devices_by_key_name_and_address(world: World, person: Enter) -> None:
    who = person("facilities")
    answer = who.get("/search?q=PDU-A-R07")
    assert answer.headers["Location"] == f"/devices/{world.ids['pdu-a-r07']}"
    page = who.get("/search?q=16100").text
    assert "pdu-a-r07" in page
    assert "probe-1" in page
    assert "pdu-a-r07" not in person("receiving").get("/search?q=16100").text


def test_the_house_is_ready_with_a_collector_and_a_store(world: World, stranger: Person) -> None:
    body = stranger.get("/readyz").get_json()
    assert "collector" not in body["problems"]
    assert "samples" not in body["problems"]
    world.now += timedelta(minutes=3)
    answer = stranger.get("/readyz")
    assert answer.status_code == 503
    problem = answer.get_json()["problems"]["collector"]
    assert problem == "no collector has been heard for 3 min"


def test_metrics_tell_devices_polls_and_collectors(world: World, stranger: Person) -> None:
    world.health("pdu-a-r07", polls_ok=5, polls_failed=2)
    text = stranger.get("/metrics").text
    for line in (
        'rackhouse_devices{state="fine"} 1.0',
        'rackhouse_devices{state="silent"} 2.0',
        'rackhouse_polls_total{outcome="ok"} 5.0',
        'rackhouse_polls_total{outcome="failed"} 2.0',
        'rackhouse_collector_heartbeat_age_seconds{collector="c1"} 1.0',
        "rackhouse_bindings 3.0",
    ):
        assert line in text
    assert "rackhouse_info{version=" in text


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("10.0.0.9", {}, 401),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, 401),
        ("10.0.0.9", {"Authorization": "Bearer wrong"}, 401),
        ("10.0.0.9", {"Authorization": "Bearer scrape-me"}, 200),
    ],
)
def test_metrics_are_for_loopback_or_a_token(
    world: World, app: Flask, address: str, headers: dict[str, str], status: int
) -> None:
    house = app.extensions["rackhouse"]
    house.settings = house.settings.model_copy(update={"metrics_token": "scrape-me"})
    headers = {**headers, "Accept": "application/json"}
    answer = app.test_client().get(
        "/metrics", headers=headers, environ_base={"REMOTE_ADDR": address}
    )
    assert answer.status_code == status
