"""What leaves the house: R7, SR-10."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from facilities.errors import Refused
from facilities.hosting.models import Equipment
from facilities.shipping import service_custody, service_pickups
from facilities.shipping.models import Pickup
from facilities.shipping.values import LineFacts, PickupFacts, ReleaseFacts, SignatureFacts
from tests.facilities.conftest import Person
from tests.facilities.shipping.conftest import AT, Dock

Enter = Callable[..., Person]
RELEASE = ReleaseFacts(
    authorised_by="Fiona Ferrer",
    driver="Dan Dray",
    loaded=5,
    signature=SignatureFacts(name="Dan Dray"),
    company="UPS",
    plate="AB-123",
    seal="S9",
)


def _asked(records: Session, dock: Dock, *lines: LineFacts) -> Pickup:
    facts = PickupFacts(reason="rma", destination="Anvil, Utrecht", pieces=5, lines=lines)
    return service_pickups.request(records, dock.site_id, facts, AT)


def test_no_release_no_exit(records: Session, dock: Dock) -> None:
    pickup = _asked(records, dock)
    with pytest.raises(Refused, match="approved"):
        service_pickups.release(records, pickup, RELEASE, AT)
    service_pickups.approve(records, pickup, "Fiona Ferrer", AT)
    with pytest.raises(Refused, match="released"):
        service_pickups.delivered(records, pickup, "Bob", AT)
    service_pickups.release(records, pickup, RELEASE, AT)
    service_pickups.delivered(records, pickup, "Bob", AT)
    events = service_custody.chain_of(records, pickup)
    assert [(e.giver, e.taker) for e in events[-2:]] == [
        ("house", "Dan Dray, UPS, AB-123"),
        ("Dan Dray, UPS, AB-123", "Bob"),
    ]
    assert service_custody.problems(events) == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"authorised_by": " "}, "authorised by"),
        ({"driver": ""}, "driver"),
        ({"loaded": 4}, "5 pieces are listed but 4"),
        ({"signature": SignatureFacts(name="")}, "name"),
    ],
)
def test_a_release_without_name_driver_pieces_or_signature_is_refused(
    records: Session, dock: Dock, change: dict[str, object], word: str
) -> None:
    pickup = _asked(records, dock)
    service_pickups.approve(records, pickup, "Fiona Ferrer", AT)
    with pytest.raises(Refused, match=word):
        service_pickups.release(records, pickup, replace(RELEASE, **change), AT)  # type: ignore[arg-type]
    assert pickup.released_at is None


def test_an_amended_list_is_approved_anew(records: Session, dock: Dock) -> None:
    pickup = _asked(records, dock)
    service_pickups.approve(records, pickup, "Fiona Ferrer", AT)
    service_pickups.edit(records, pickup, PickupFacts(reason="rma", pieces=4), AT)
    assert (pickup.state, pickup.approved_by) == ("requested", None)
    service_pickups.approve(records, pickup, "Fiona Ferrer", AT)
    service_pickups.release(records, pickup, replace(RELEASE, loaded=4), AT)
    with pytest.raises(Refused, match="has left"):
        service_pickups.edit(records, pickup, PickupFacts(reason="rma", pieces=9), AT)


def test_equipment_in_a_rack_stays_or_is_flagged(records: Session, dock: Dock) -> None:
    line = LineFacts(description="srv-1", equipment_id=dock.server_id)
    pickup = _asked(records, dock, line)
    service_pickups.approve(records, pickup, "Fiona Ferrer", AT)
    with pytest.raises(Refused, match="rack R07"):
        service_pickups.release(records, pickup, RELEASE, AT)
    with pytest.raises(Refused, match="rack R07"):
        service_pickups.set_state(records, pickup, "picked", AT)
    server = records.get_one(Equipment, dock.server_id)
    server.rack_id, server.rack, server.status = None, None, "removed"
    records.flush()
    service_pickups.release(records, pickup, RELEASE, AT)
    assert pickup.flagged is None


def test_a_flagged_release_says_why(records: Session, dock: Dock) -> None:
    pickup = _asked(records, dock, LineFacts(description="x", equipment_id=dock.server_id))
    service_pickups.approve(records, pickup, "Fiona Ferrer", AT)
    service_pickups.release(records, pickup, replace(RELEASE, flag="record follows"), AT)
    assert pickup.flagged is not None and "record follows" in pickup.flagged
    assert "R07" in (service_custody.chain_of(records, pickup)[-1].note or "")


def test_a_pickup_is_asked_for_approved_released_and_printed_by_pages(
    person: Enter, dock: Dock
) -> None:
    rosa = person("receiving")
    rosa.get("/pickups/new")
    sent = {"site_id": str(dock.site_id), "reason": "rma", "destination": "Anvil", "pieces": "1"}
    made = rosa.post("/pickups/new", {**sent, "line": ["SN-77"], "entry_key": "k"})
    assert made.status_code == 302, made.text
    page = rosa.get("/pickups/1").text
    assert "in rack R07" in page and "May not leave yet" in page
    assert rosa.post("/pickups/1/approve", {"approve-approver": "Fiona"}).status_code == 302
    gone = {"driver": "Dan", "loaded": "1", "authorised_by": "Fiona", "signed_name": "Dan"}
    held = rosa.post("/pickups/1/release", gone)
    assert held.status_code == 422 and "R07" in held.text and 'value="Dan"' in held.text
    assert rosa.post("/pickups/1/release", {**gone, "flag": "later"}).status_code == 302
    slip = rosa.get("/pickups/1/slip").text
    assert "SN-77" in slip and "Dan" in slip and "flagged" in rosa.get("/pickups?which=left").text
    assert "P00001" in rosa.get("/pickups.csv").get_data(as_text=True)
    assert rosa.post("/pickups/1/delivered", {"delivered-received_by": "Bob"}).status_code == 302
    assert rosa.get("/search?q=p1").location == "/pickups/1"
