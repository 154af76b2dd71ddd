"""Deliveries and pickups by REST."""

from collections.abc import Callable
from typing import Any

from tests.facilities.conftest import Person
from tests.facilities.shipping.conftest import UPS, Dock

Enter = Callable[..., Person]
URL = "/api/v1/deliveries/"


def _logged(rosa: Person, dock: Dock, **more: Any) -> dict[str, Any]:
    answer = rosa.api("POST", URL, {"site_id": dock.site_id, "scans": [UPS], **more})
    assert answer.status_code == 201, answer.text
    return answer.json or {}


def test_the_same_scan_sent_twice_is_one_entry(person: Enter, dock: Dock) -> None:
    rosa = person("receiving")
    sent = {"site_id": dock.site_id, "scans": [UPS]}
    first = rosa.api("POST", URL, sent, Idempotency_Key="scan-1")
    again = rosa.api("POST", URL, sent, Idempotency_Key="scan-1")
    assert (first.json, again.headers["Idempotent-Replayed"]) == (again.json, "true")
    assert _logged(rosa, dock)["outcome"] == "duplicate", "another key, the same parcel"
    assert len(rosa.api("GET", URL).json or []) == 1


def test_a_parcel_lives_its_life_by_rest(person: Enter, dock: Dock) -> None:
    rosa = person("receiving")
    made = _logged(rosa, dock, recipient="Ada Quill", pieces=2)
    assert (made["state"], made["carrier"], made["tracking"][0]["check_ok"]) == (
        "arrived",
        "UPS",
        True,
    )
    act = f"{URL}{made['id']}/"
    assert (rosa.api("POST", act + "store", {"bin": "A-01"}).json or {})["bin"] == "A-01"
    refused = rosa.api("POST", act + "hand-over", {})
    assert refused.status_code == 422 and (refused.json or {})["field"] == "signed_name"
    over = rosa.api("POST", act + "hand-over", {"signed_name": "Ada Quill", "strokes": [[1, 2]]})
    assert (over.json or {})["handed_to"] == "Ada Quill"
    assert rosa.api("POST", act + "store", {"bin": "A-01"}).status_code == 422
    assert rosa.api("POST", act + "explode", {}).status_code == 422
    voided = rosa.api("POST", act + "void", {"reason": "a test"}).json or {}
    assert voided["void_reason"] == "a test"
    assert rosa.api("POST", act + "void", {"reason": "again"}).status_code == 409


def test_an_announced_delivery_is_received_and_counted(person: Enter, dock: Dock) -> None:
    rosa = person("receiving")
    lines = [{"description": "Server", "expected": 10}]
    made = _logged(rosa, dock, announced=True, lines=lines, po_number="PO-1")
    act, line = f"{URL}{made['id']}/", made["lines"][0]["id"]
    assert made["state"] == "expected"
    early = rosa.api("POST", act + "count", {"counts": [{"line_id": line, "received": 9}]})
    assert early.status_code == 422 and "arrived" in early.text
    rosa.api("POST", act + "receive", {})
    counts = [{"line_id": line, "received": 9, "damaged": 2}]
    counted = (rosa.api("POST", act + "count", {"counts": counts}).json or {})["lines"][0]
    assert (counted["short"], counted["over"], counted["damaged"]) == (1, 0, 2)


def test_a_change_names_the_version_it_saw(person: Enter, dock: Dock) -> None:
    rosa = person("receiving")
    url = f"{URL}{_logged(rosa, dock)['id']}"
    etag = rosa.api("GET", url).headers["ETag"]
    assert rosa.api("PUT", url, {"recipient": "Ada Quill"}).status_code == 428
    changed = rosa.api("PUT", url, {"recipient": "Ada Quill"}, If_Match=etag)
    assert changed.status_code == 200 and (changed.json or {})["recipient_id"] == dock.customer_id
    assert rosa.api("PUT", url, {"recipient": "Bob"}, If_Match=etag).status_code == 412


def test_who_may_only_look_changes_nothing(person: Enter, dock: Dock) -> None:
    _logged(person("receiving"), dock)
    viewer = person("viewer")
    assert len(viewer.api("GET", URL).json or []) == 1
    assert viewer.api("POST", f"{URL}1/void", {"reason": "x"}).status_code == 403
    afar = person("receiving", site_id=dock.other_site_id)
    assert afar.api("GET", f"{URL}1").status_code == 403
    assert afar.api("POST", URL, {"site_id": dock.site_id, "scans": ["X"]}).status_code == 403


def test_a_pickup_leaves_by_rest_only_when_released(person: Enter, dock: Dock) -> None:
    rosa, url = person("receiving"), "/api/v1/pickups/"
    items = [{"description": "srv-1", "equipment_id": dock.server_id}]
    sent = {"site_id": dock.site_id, "reason": "rma", "pieces": 1, "lines": items}
    made = rosa.api("POST", url, sent)
    assert made.status_code == 201, made.text
    act = f"{url}{(made.json or {})['id']}/"
    gone = {"authorised_by": "Fiona", "driver": "Dan", "loaded": 1, "signed_name": "Dan"}
    assert rosa.api("POST", act + "release", gone).status_code == 422
    rosa.api("POST", act + "approve", {"approver": "Fiona"})
    held = rosa.api("POST", act + "release", gone)
    assert held.status_code == 422 and (held.json or {})["field"] == "flag"
    left = rosa.api("POST", act + "release", {**gone, "flag": "record follows"})
    assert (left.json or {})["state"] == "released", left.text
    done = rosa.api("POST", act + "delivered", {"received_by": "Bob"}).json or {}
    assert done["received_by"] == "Bob"
    assert len(rosa.api("GET", url + "?which=left").json or []) == 1
