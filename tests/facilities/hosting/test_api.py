"""REST of racks, equipment and types."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from facilities.hosting.models import Rack
from tests.facilities.conftest import Person
from tests.facilities.hosting.world import World, place_of_site

Enter = Callable[..., Person]
API = "/api/v1"


@pytest.fixture
def rack(world: World) -> Rack:
    world.session.commit()
    return world.rack


def add(clerk: Person, **body: Any) -> Any:
    answer = clerk.api("POST", f"{API}/equipment/", {"name": "web-07", **body})
    assert answer.status_code == 201, answer.text
    return answer.json


def test_a_program_adds_moves_and_removes_equipment(person: Enter, rack: Rack) -> None:
    clerk = person("facilities")
    made = add(clerk, rack_id=rack.id, position_u=10.5, height_u=1.5)
    assert (made["position_u"], made["height_u"], made["site_id"]) == (10.5, 1.5, rack.site_id)
    url = f"{API}/equipment/{made['id']}"
    moved = clerk.api("POST", f"{url}/move", {"rack_id": rack.id, "position_u": 20})
    assert moved.status_code == 200
    assert moved.json is not None
    assert moved.json["position_u"] == 20
    etag = clerk.api("GET", url).headers["ETag"]
    assert clerk.api("DELETE", url).status_code == 428
    assert clerk.api("DELETE", url, If_Match=etag).status_code == 204
    gone = clerk.api("GET", url).json
    assert gone is not None
    assert (gone["status"], gone["rack_id"], gone["position_u"]) == ("removed", None, None)


def test_a_conflict_says_what_is_there(person: Enter, rack: Rack) -> None:
    clerk = person("facilities")
    add(clerk, rack_id=rack.id, position_u=10, height_u=2)
    answer = clerk.api(
        "POST", f"{API}/equipment/", {"name": "x", "rack_id": rack.id, "position_u": 11}
    )
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["message"] == "U11 front and rear is taken: web-07 at U10-11."
    assert (answer.json["field"], answer.json["rule"]) == ("position_u", "SP-05")
    other = add(clerk, name="db", rack_id=rack.id, position_u=20)
    move = clerk.api(
        "POST", f"{API}/equipment/{other['id']}/move", {"rack_id": rack.id, "position_u": 10}
    )
    assert move.status_code == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rack_id": 999, "position_u": 1}, None),
        ({"rack_id": 1, "position_u": 1.3}, "position_u"),
        ({"rack_id": 1}, "position_u"),
        ({"rack_id": 1, "position_u": 50}, "position_u"),
        ({"rack_id": 1, "position_u": 1, "height_u": -1}, "height_u"),
        ({"rack_id": 1, "position_u": 1, "status": "lost"}, "status"),
        ({"rack_id": 1, "position_u": 1, "colour": "red"}, "colour"),
        ({}, "site_id"),
    ],
)
def test_a_refusal_names_its_field(
    person: Enter, rack: Rack, body: dict[str, Any], field: str | None
) -> None:
    answer = person("facilities").api("POST", f"{API}/equipment/", {"name": "x", **body})
    assert answer.status_code in (404, 422)
    assert answer.json is not None
    assert answer.json["field"] == field


def test_a_change_names_the_version_it_was_made_on(person: Enter, rack: Rack) -> None:
    clerk = person("facilities")
    made = add(clerk, rack_id=rack.id, position_u=10)
    url, body = f"{API}/equipment/{made['id']}", {"name": "renamed", "height_u": 1}
    etag = clerk.api("GET", url).headers["ETag"]
    changed = clerk.api("PUT", url, body, If_Match=etag)
    assert changed.status_code == 200
    assert changed.json is not None
    assert (changed.json["name"], changed.json["position_u"]) == ("renamed", 10)
    assert clerk.api("PUT", url, body, If_Match=etag).status_code == 412


def test_the_same_call_sent_twice_places_once(person: Enter, rack: Rack) -> None:
    clerk = person("facilities")
    body = {"name": "once", "rack_id": rack.id, "position_u": 5}
    first = clerk.api("POST", f"{API}/equipment/", body, Idempotency_Key="k-1")
    again = clerk.api("POST", f"{API}/equipment/", body, Idempotency_Key="k-1")
    assert first.json == again.json
    assert clerk.api("GET", f"{API}/equipment/?q=once").json == [first.json]


def test_racks_are_added_changed_and_know_their_space(person: Enter, rack: Rack) -> None:
    clerk = person("facilities")
    body = {"name": "R08", "room_id": rack.room_id, "height_u": 47}
    made = clerk.api("POST", f"{API}/racks/", body)
    assert made.status_code == 201
    assert made.json is not None
    url = f"{API}/racks/{made.json['id']}"
    changed = clerk.api("PUT", url, {**body, "height_u": 42}, If_Match=made.headers["ETag"])
    assert changed.json is not None
    assert (changed.json["u_free"], changed.json["largest_run_u"]) == (42, 42)
    add(clerk, rack_id=made.json["id"], position_u=1)
    seen = clerk.api("GET", url).json
    assert seen is not None
    assert (seen["u_free"], seen["largest_run_u"]) == (41, 41)
    assert clerk.api("POST", f"{API}/racks/", body).status_code == 409
    assert clerk.api("POST", f"{API}/racks/", {**body, "room_id": 99}).status_code == 422


def test_lists_are_filtered_and_paged(person: Enter, rack: Rack) -> None:
    clerk = person("facilities")
    for unit in range(1, 6):
        add(clerk, name=f"n{unit}", rack_id=rack.id, position_u=unit)
    page = clerk.api("GET", f"{API}/equipment/?rack_id={rack.id}&page=2&page_size=2")
    assert page.json is not None
    assert [row["name"] for row in page.json] == ["n3", "n4"]
    assert '"total": 5' in page.headers["X-Pagination"]
    racks = clerk.api("GET", f"{API}/racks/?room_id={rack.room_id}").json
    assert racks is not None
    assert [row["name"] for row in racks] == ["R07"]


def test_types_come_with_their_ports(person: Enter, rack: Rack, world: World) -> None:
    looker = person("viewer")
    listed = looker.api("GET", f"{API}/equipment-types/?q=acme").json
    assert listed is not None
    assert [row["model"] for row in listed] == ["C8", "S2"]
    one = looker.api("GET", f"{API}/equipment-types/{world.chassis.id}").json
    assert one is not None
    assert [port["name"] for port in one["ports"]] == ["bay 1", "bay 2"]
    assert looker.api("GET", f"{API}/equipment-types/99").status_code == 404


def test_programs_are_kept_to_their_site_and_permission(
    person: Enter, rack: Rack, records: Session
) -> None:
    other, _, _ = place_of_site(records, "MUC1")
    records.commit()
    looker, local = person("viewer"), person("facilities", site_id=other.id)
    body = {"name": "x", "rack_id": rack.id, "position_u": 1}
    assert looker.api("POST", f"{API}/equipment/", body).status_code == 403
    assert local.api("POST", f"{API}/equipment/", body).status_code == 403
    assert local.api("GET", f"{API}/racks/{rack.id}").status_code == 403
    assert local.api("GET", f"{API}/racks/").json == []
