"""REST of devices, bindings, readings: shapes, pages, ETags, sites."""

from collections.abc import Callable
from typing import Any

import pytest

from facilities.monitoring.service import Vault
from facilities.sites.models import Site
from tests.facilities.conftest import Person
from tests.facilities.monitoring.conftest import AMPS, INLET, POWER, World, add_row

Enter = Callable[..., Person]


def new_device(world: World, **change: Any) -> dict[str, Any]:
    return {
        "key": "ups-1",
        "site_id": world.ids["site"],
        "name": "UPS 1",
        "profile": "ups-rfc1628",
        "url": "snmp://s3cret@127.0.0.1:16199",
        "place": {"kind": "rack", "id": world.ids["rack"]},
        **change,
    }


def test_a_reading_has_exactly_the_agreed_shape(world: World, person: Enter) -> None:
    world.say("pdu-a-r07", (412.0, 1.9, 2), age_s=2)
    answer = person("viewer").get("/api/v1/readings/latest?device=pdu-a-r07")
    assert answer.get_json() == [
        {
            "device": "pdu-a-r07", "point": "total.active_power", "label": "Power",
            "quantity": "active_power", "phase": None, "value": 412.0, "unit": "W",
            "quality": "good", "at": "2026-11-22T16:59:58.000Z", "raw": 412.0,
            "source": "1.3.6.1.4.1.318.1",
        },
        {
            "device": "pdu-a-r07", "point": "bank.1.current.L1", "label": "Bank 1",
            "quantity": "current", "phase": "L1", "value": 1.9, "unit": "A",
            "quality": "good", "at": "2026-11-22T16:59:58.000Z", "raw": 1.9,
            "source": "1.3.6.1.4.1.318.2",
        },
        {
            "device": "pdu-a-r07", "point": "outlet.1.state", "label": "Outlet 1",
            "quantity": "state", "phase": None, "value": "off", "unit": "",
            "quality": "good", "at": "2026-11-22T16:59:58.000Z", "raw": 2.0,
            "source": "fc3:10",
        },
    ]  # fmt: skip


def test_a_stale_reading_is_null_with_its_last_value(world: World, person: Enter) -> None:
    world.say("probe-1", (26.5,), age_s=300)
    (reading,) = person("viewer").get("/api/v1/readings/latest?device=probe-1").get_json()
    assert (reading["value"], reading["quality"]) == (None, "stale")
    assert (reading["last_value"], reading["last_at"]) == (26.5, "2026-11-22T16:55:00.000Z")


def test_all_readings_are_paged_with_their_count(world: World, person: Enter) -> None:
    world.say("pdu-a-r07", (412.0, 1.9, 1))
    world.say("pdu-b-r07", (380.0, 1.7, 1))
    world.say("probe-1", (26.5,))
    who = person("viewer")
    answer = who.get("/api/v1/readings/latest?page=2&page_size=3")
    assert [reading["device"] for reading in answer.get_json()] == ["pdu-b-r07"] * 3
    assert '"total": 7' in answer.headers["X-Pagination"]
    last = who.get("/api/v1/readings/latest?page=3&page_size=3").get_json()
    assert [reading["point"] for reading in last] == [INLET.id]


def test_readings_of_an_object_are_those_bound_to_it(world: World, person: Enter) -> None:
    world.say("pdu-a-r07", (412.0, 1.9, 1))
    world.say("probe-1", (26.5,))
    who = person("viewer")
    rack = who.get(f"/api/v1/readings/latest?object=rack:{world.ids['rack']}").get_json()
    assert {(r["device"], r["point"]) for r in rack} == {
        ("pdu-a-r07", POWER.id),
        ("probe-1", INLET.id),
    }
    node = who.get(f"/api/v1/readings/latest?object=power_node:{world.ids['pdu-a']}").get_json()
    assert [(r["device"], r["value"]) for r in node] == [("pdu-a-r07", 412.0)]
    assert who.get("/api/v1/readings/latest?object=rack:999").status_code == 404
    answer = who.get("/api/v1/readings/latest?object=rack")
    assert answer.status_code == 422
    assert "kind:number" in answer.get_json()["message"]


def test_readings_of_other_sites_are_left_out(world: World, person: Enter) -> None:
    world.say("probe-1", (26.5,))
    with world.sessions.begin() as session:
        other = Site(code="AMS", name="Amsterdam")
        session.add(other)
        session.flush()
        other_id = other.id
        add_row(session, other_id, "probe-ams")
    world.say("probe-ams", (21.0,))
    who = person("viewer", site_id=other_id)
    readings = who.get("/api/v1/readings/latest").get_json()
    assert [reading["device"] for reading in readings] == ["probe-ams"]
    for query in (
        "device=probe-1",
        f"site={world.ids['site']}",
        f"object=rack:{world.ids['rack']}",
    ):
        assert who.get(f"/api/v1/readings/latest?{query}").status_code == 403
    query = f"device=probe-1&point={INLET.id}"
    assert who.get(f"/api/v1/readings/series?{query}").status_code == 403
    assert [d["key"] for d in who.get("/api/v1/devices/").get_json()] == ["probe-ams"]


def test_a_series_has_exactly_the_agreed_shape(world: World, person: Enter) -> None:
    for age_s, watts in ((65, 100.0), (62, 300.0)):
        world.say("pdu-a-r07", (watts, 1.0, 1), age_s=age_s)
    query = (
        f"device=pdu-a-r07&point={POWER.id}"
        "&start=2026-11-22T16:58:00Z&end=2026-11-22T17:00:00Z&step_s=60"
    )
    body = person("viewer").get(f"/api/v1/readings/series?{query}").get_json()
    assert (body["point"], body["unit"], body["step_s"]) == (POWER.id, "W", 60)
    assert body["buckets"] == [
        {
            "at": "2026-11-22T16:58:00+00:00", "min": 100.0, "mean": 200.0, "max": 300.0,
            "count": 2, "coverage": pytest.approx(20 / 60),
        }
    ]  # fmt: skip
    assert body.keys() == {"point", "unit", "step_s", "buckets"}


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("device=nobody&point=x", 404, "no device"),
        ("device=pdu-a-r07&point=x", 404, "no point"),
        ("device=pdu-a-r07", 422, "point"),
        (f"device=pdu-a-r07&point={POWER.id}&start=2027-01-01T00:00:00Z", 422, "before the end"),
        (f"device=pdu-a-r07&point={POWER.id}&start=yesterday", 422, "start"),
        (f"device=pdu-a-r07&point={POWER.id}&start=2020-01-01T00:00:00Z&step_s=1", 422, "step_s="),
    ],
)
def test_a_wrong_series_is_refused(
    world: World, person: Enter, query: str, status: int, words: str
) -> None:
    answer = person("viewer").get(f"/api/v1/readings/series?{query}")
    assert answer.status_code == status
    assert words in answer.get_json()["message"]


def test_a_device_is_added_changed_and_removed_by_etag(world: World, person: Enter) -> None:
    who = person("facilities")
    made = who.api("POST", "/api/v1/devices/", new_device(world))
    assert made.status_code == 201, made.text
    body = made.get_json()
    assert (body["key"], body["kind"], body["has_secret"]) == ("ups-1", "ups", True)
    assert "s3cret" not in made.text
    url = f"/api/v1/devices/{body['id']}"
    etag = who.get(url).headers["ETag"]
    assert who.api("PATCH", url, {"name": "x"}).status_code == 428
    changed = who.api("PATCH", url, {"name": "UPS one", "every_s": {"fast": 5}}, If_Match=etag)
    assert changed.status_code == 200, changed.text
    assert changed.get_json()["every_s"] == {"fast": 5.0}
    assert changed.get_json()["place"] == {"kind": "rack", "id": world.ids["rack"]}
    assert who.api("PATCH", url, {"name": "x"}, If_Match=etag).status_code == 412
    fresh = who.get(url).headers["ETag"]
    assert who.api("DELETE", url, If_Match=fresh).status_code == 204
    assert who.get(url).status_code == 404


def test_a_wrong_device_is_refused_with_field_and_rule(world: World, person: Enter) -> None:
    who = person("facilities")
    answer = who.api("POST", "/api/v1/devices/", new_device(world, url="snmp://c@8.8.8.8"))
    assert answer.status_code == 422
    assert (answer.get_json()["field"], answer.get_json()["rule"]) == ("url", "rule 32")
    answer = who.api("POST", "/api/v1/devices/", new_device(world, colour="red"))
    assert answer.status_code == 422
    assert "colour" in answer.get_json()["message"]
    assert person("viewer").api("POST", "/api/v1/devices/", new_device(world)).status_code == 403


def test_devices_are_listed_with_their_state(world: World, person: Enter) -> None:
    world.health("pdu-a-r07", latency_ms=12.5, polls_ok=9, counts={"timeouts": 1})
    who = person("viewer")
    assert [d["key"] for d in who.get("/api/v1/devices/?polling=fine").get_json()] == ["pdu-a-r07"]
    assert [d["key"] for d in who.get("/api/v1/devices/?key=probe-1").get_json()] == ["probe-1"]
    health = who.get(f"/api/v1/devices/{world.ids['pdu-a-r07']}/health").get_json()
    assert (health["polling"], health["latency_ms"], health["polls_ok"]) == ("fine", 12.5, 9)
    assert health["counts"] == {"timeouts": 1}
    silent = who.get(f"/api/v1/devices/{world.ids['probe-1']}/health").get_json()
    assert silent == {"device": "probe-1", "polling": "silent"}


def test_a_binding_is_added_changed_and_removed_by_etag(world: World, person: Enter) -> None:
    who = person("facilities")
    rack = {"kind": "rack", "id": world.ids["rack"]}
    new = {"device": "pdu-a-r07", "point": AMPS.id, "object": rack, "metric": "current.l1"}
    made = who.api("POST", "/api/v1/bindings/", new)
    assert made.status_code == 201, made.text
    url = f"/api/v1/bindings/{made.get_json()['id']}"
    etag = who.get(url).headers["ETag"]
    changed = who.api("PATCH", url, {"feed": "B"}, If_Match=etag)
    assert (changed.get_json()["feed"], changed.get_json()["metric"]) == ("B", "current.l1")
    assert who.api("DELETE", url, If_Match=etag).status_code == 412
    assert who.api("DELETE", url, If_Match=who.get(url).headers["ETag"]).status_code == 204
    wrong = who.api("POST", "/api/v1/bindings/", {**new, "metric": "power.active"})
    assert (wrong.status_code, wrong.get_json()["rule"]) == (422, "UN-03")


def test_bindings_are_listed_by_object_and_device(world: World, person: Enter) -> None:
    who = person("viewer")
    listed = who.get(f"/api/v1/bindings/?object=rack:{world.ids['rack']}").get_json()
    assert [(b["device"], b["metric"]) for b in listed] == [("probe-1", "temperature.inlet.top")]
    assert len(who.get("/api/v1/bindings/?device=pdu-a-r07").get_json()) == 1
    assert len(who.get("/api/v1/bindings/").get_json()) == 3


def test_the_same_call_twice_adds_one_device(world: World, person: Enter) -> None:
    who = person("facilities")
    first = who.api("POST", "/api/v1/devices/", new_device(world), Idempotency_Key="k1")
    again = who.api("POST", "/api/v1/devices/", new_device(world), Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json()["id"] == again.get_json()["id"]


def test_the_document_names_readings_and_devices(world: World, person: Enter) -> None:
    paths = person("viewer").get("/api/v1/openapi.json").get_json()["paths"]
    for path in ("/api/v1/readings/latest", "/api/v1/readings/series", "/api/v1/devices/"):
        assert path in paths


def test_a_vault_hides_its_key() -> None:
    assert "secret" not in repr(Vault("127.0.0.0/8", "secret"))
