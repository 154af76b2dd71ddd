"""REST of the chain: list, get, create, change and remove, with If-Match and by permission."""

from collections.abc import Callable

import pytest

from tests.facilities.conftest import Person
from tests.facilities.power.conftest import World

BASE = "/api/v1/power"
Enter = Callable[..., Person]


def test_nodes_are_listed_by_site_kind_and_panel(world: World, person: Enter) -> None:
    electrician = person("electrician")
    every = electrician.api("GET", f"{BASE}/nodes/?site={world.site.id}&page_size=3")
    assert len(every.json) == 3
    assert '"total": 10' in every.headers["X-Pagination"]
    panel = world.nodes["RPP-A3"].id
    (breaker,) = electrician.api("GET", f"{BASE}/nodes/?panel={panel}").json
    assert (breaker["title"], breaker["positions"]) == ("RPP-A3-1,3,5", [1, 3, 5])
    assert len(electrician.api("GET", f"{BASE}/nodes/?kind=ups").json) == 2
    assert electrician.api("GET", f"{BASE}/nodes/?kind=toaster").status_code == 422


def test_a_node_lives_through_create_change_and_remove(world: World, person: Enter) -> None:
    electrician = person("electrician")
    body = {"site_id": world.site.id, "kind": "panel", "name": "RPP-X", "rating_a": 100.0}
    made = electrician.api("POST", f"{BASE}/nodes/", body)
    assert made.status_code == 201
    url, tag = f"{BASE}/nodes/{made.json['id']}", made.headers["ETag"]
    assert electrician.api("PUT", url, {"rating_a": 125.0}).status_code == 428
    changed = electrician.api("PUT", url, {"rating_a": 125.0}, If_Match=tag)
    assert changed.json["rating_a"] == 125.0
    assert electrician.api("PUT", url, {"rating_a": 1.0}, If_Match=tag).status_code == 412
    new = electrician.api("GET", url).headers["ETag"]
    assert electrician.api("DELETE", url, If_Match=new).status_code == 204
    assert electrician.api("GET", url).status_code == 404


def test_a_breaker_takes_its_seat_and_a_taken_one_is_a_conflict(
    world: World, person: Enter
) -> None:
    electrician = person("electrician")
    body = {
        "site_id": world.site.id,
        "kind": "breaker",
        "panel_id": world.nodes["RPP-A3"].id,
        "positions": [2, 4],
        "rating_a": 30.0,
    }
    made = electrician.api("POST", f"{BASE}/nodes/", body)
    assert (made.json["title"], made.json["phases"]) == ("RPP-A3-2,4", "L1,L2")
    again = electrician.api("POST", f"{BASE}/nodes/", body)
    assert again.status_code == 409
    assert (again.json["field"], again.json["rule"]) == ("start", "PW-21")
    url, tag = f"{BASE}/nodes/{made.json['id']}", made.headers["ETag"]
    moved = electrician.api("PUT", url, {"positions": [8, 10]}, If_Match=tag)
    assert moved.json["title"] == "RPP-A3-8,10"


def test_positions_that_no_breaker_can_take_are_refused(world: World, person: Enter) -> None:
    electrician = person("electrician")
    body = {
        "site_id": world.site.id,
        "kind": "breaker",
        "panel_id": world.nodes["RPP-A3"].id,
        "positions": [2, 3],
    }
    assert electrician.api("POST", f"{BASE}/nodes/", body).status_code == 422
    body["positions"] = []
    assert electrician.api("POST", f"{BASE}/nodes/", body).status_code == 422


def test_a_state_changes_with_its_reason(world: World, person: Enter) -> None:
    electrician, url = person("electrician"), f"{BASE}/nodes/{world.nodes['CB-A'].id}"
    tag = electrician.api("GET", url).headers["ETag"]
    refused = electrician.api("PUT", url, {"state": "open"}, If_Match=tag)
    assert (refused.status_code, refused.json["field"]) == (422, "reason")
    opened = electrician.api("PUT", url, {"state": "open", "reason": "test"}, If_Match=tag)
    assert opened.json["state"] == "open"


def test_links_are_judged_and_carry_versions(world: World, person: Enter) -> None:
    electrician, nodes = person("electrician"), world.nodes
    assert len(electrician.api("GET", f"{BASE}/links/").json) == 6
    body = {"source_id": nodes["UPS-B"].id, "target_id": nodes["RPP-A3"].id}
    taken = electrician.api("POST", f"{BASE}/links/", body)
    assert (taken.status_code, taken.json["rule"]) == (409, "PW-01")
    made = electrician.api("POST", f"{BASE}/links/", {**body, "normally_open": True})
    url, tag = f"{BASE}/links/{made.json['id']}", made.headers["ETag"]
    changed = electrician.api("PUT", url, {"preference": 2}, If_Match=tag)
    assert changed.json["preference"] == 2
    new = electrician.api("GET", url).headers["ETag"]
    assert electrician.api("DELETE", url, If_Match=new).status_code == 204


def test_outlets_inlets_and_cords_go_through_the_same_rules(world: World, person: Enter) -> None:
    electrician = person("electrician")
    pdu, server = world.nodes["PDU-B1"].id, world.equipment["sw1"].id
    body = {"pdu_id": pdu, "number": 7, "phases": "L1,L2"}
    outlet = electrician.api("POST", f"{BASE}/outlets/", body)
    assert outlet.status_code == 201
    assert electrician.api("POST", f"{BASE}/outlets/", body).status_code == 409
    assert len(electrician.api("GET", f"{BASE}/outlets/?pdu={pdu}").json) == 3
    inlet = electrician.api("POST", f"{BASE}/inlets/", {"equipment_id": server, "name": "PSU2"})
    assert inlet.status_code == 201
    assert len(electrician.api("GET", f"{BASE}/inlets/?equipment={server}").json) == 2
    ends = {"outlet_id": outlet.json["id"], "inlet_id": inlet.json["id"], "label": "C-1"}
    cord = electrician.api("POST", f"{BASE}/cords/", ends)
    assert cord.status_code == 201
    twice = electrician.api("POST", f"{BASE}/cords/", ends)
    assert twice.status_code == 409
    assert "sw1 PSU2" in twice.json["message"]
    assert len(electrician.api("GET", f"{BASE}/cords/?pdu={pdu}&equipment={server}").json) == 1


@pytest.mark.parametrize(
    ("part", "key", "change"),
    [
        ("outlets", "B1", {"bank": 2}),
        ("inlets", "sw1-PSU1", {"rated_w": 750.0}),
        ("cords", None, {"label": "C-2"}),
    ],
)
def test_each_end_is_read_changed_and_removed(
    world: World, person: Enter, part: str, key: str | None, change: dict[str, object]
) -> None:
    electrician = person("electrician")
    rows = {**world.outlets, **world.inlets}
    listed = electrician.api("GET", f"{BASE}/{part}/").json
    id_ = rows[key].id if key else listed[0]["id"]
    url = f"{BASE}/{part}/{id_}"
    tag = electrician.api("GET", url).headers["ETag"]
    changed = electrician.api("PUT", url, change, If_Match=tag)
    assert changed.json.items() >= change.items()
    gone = electrician.api("DELETE", url, If_Match=changed.headers["ETag"])
    plugged = part == "inlets"
    assert gone.status_code == (409 if plugged else 204)


def test_an_unknown_equipment_or_end_is_not_found(world: World, person: Enter) -> None:
    electrician = person("electrician")
    lost = electrician.api("POST", f"{BASE}/inlets/", {"equipment_id": 999, "name": "P"})
    assert lost.status_code == 404
    for part in ("links", "outlets", "inlets", "cords"):
        assert electrician.api("GET", f"{BASE}/{part}/999").status_code == 404


def test_who_may_not_change_may_not_change_by_rest_either(world: World, person: Enter) -> None:
    viewer, clerk = person("viewer"), person("receiving")
    body = {"site_id": world.site.id, "kind": "panel", "name": "RPP-X"}
    assert viewer.api("GET", f"{BASE}/nodes/").status_code == 200
    assert viewer.api("POST", f"{BASE}/nodes/", body).status_code == 403
    assert clerk.api("GET", f"{BASE}/nodes/").status_code == 403


def test_an_unknown_field_is_refused_by_name(world: World, person: Enter) -> None:
    body = {"site_id": world.site.id, "kind": "panel", "name": "X", "colour": "red"}
    response = person("electrician").api("POST", f"{BASE}/nodes/", body)
    assert response.status_code == 422
    assert "colour" in response.json["message"]
