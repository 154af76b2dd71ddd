"""Parcels at the dock, by the services: R1, R2, R3, R4, R6, SR-21."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from facilities.accounts.history import act_as
from facilities.accounts.recorded import Actor
from facilities.errors import Conflict, Refused
from facilities.shipping import service, service_bins, service_custody, service_find
from facilities.shipping.models import Bin, Delivery
from facilities.shipping.models_custody import CustodyEvent
from facilities.shipping.service_lines import count, verdict_of
from facilities.shipping.service_receive import Received, expect, receive
from facilities.shipping.values import CountFacts, LineFacts, ParcelFacts, SignatureFacts
from tests.facilities.shipping.conftest import AT, UPS, Dock

SCAN = ParcelFacts(scans=(UPS,), entry_key="one")
ADA = SignatureFacts(name="Ada Quill", strokes=[[1, 2, 3, 4]])


def _entries(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Delivery)) or 0


def test_a_scan_is_an_entry_with_its_carrier_and_nothing_else_needed(
    records: Session, dock: Dock
) -> None:
    came = receive(records, dock.site_id, SCAN, AT)
    assert (came.outcome, came.warnings) == ("logged", ())
    assert came.delivery.label == "D00001" and came.delivery.state == "arrived"
    assert came.delivery.carrier_id == dock.carrier_id and came.delivery.for_whom == "unknown"
    assert came.delivery.pieces == 1


def test_the_same_number_again_changes_nothing_and_shows_the_earlier_entry(
    records: Session, dock: Dock
) -> None:
    first = receive(records, dock.site_id, SCAN, AT).delivery
    typed = replace(SCAN, scans=("1z 999 aa1 0123 4567 84",), entry_key="two", pieces=9)
    again = receive(records, dock.site_id, typed, AT)
    assert (again.outcome, again.delivery.id, again.delivery.pieces) == ("duplicate", first.id, 1)
    other = receive(records, dock.site_id, replace(typed, again=True), AT)
    assert other.outcome == "logged" and _entries(records) == 2


def test_a_form_sent_twice_is_one_entry_even_without_a_number(records: Session, dock: Dock) -> None:
    nameless = ParcelFacts(recipient="somebody in hall 2", entry_key="k")
    assert receive(records, dock.site_id, nameless, AT).outcome == "logged"
    assert receive(records, dock.site_id, nameless, AT).outcome == "same"
    assert _entries(records) == 1


def test_a_void_entry_frees_its_number(records: Session, dock: Dock) -> None:
    first = receive(records, dock.site_id, SCAN, AT).delivery
    service.void(records, first, "logged for the wrong site", AT)
    assert receive(records, dock.site_id, replace(SCAN, entry_key="2"), AT).outcome == "logged"
    with pytest.raises(Conflict, match="void"):
        service.assign(records, first, "Ada Quill")
    with pytest.raises(Refused, match="why"):
        service.void(records, _other(records, first), "  ", AT)


def _other(records: Session, not_this: Delivery) -> Delivery:
    return records.scalars(select(Delivery).where(Delivery.id != not_this.id)).one()


def test_a_wrong_check_digit_and_an_unknown_bin_warn_and_do_not_block(
    records: Session, dock: Dock
) -> None:
    facts = ParcelFacts(scans=("1Z999AA10123456785",), bin="NOWHERE")
    came = receive(records, dock.site_id, facts, AT)
    assert came.outcome == "logged" and came.delivery.bin is None
    assert any("check digit" in w for w in came.warnings)
    assert any("NOWHERE" in w for w in came.warnings)


def test_a_typed_contact_finds_the_party_behind_it(records: Session, dock: Dock) -> None:
    came = receive(records, dock.site_id, ParcelFacts(recipient="ada quill", bin="a-01"), AT)
    assert came.delivery.recipient_id == dock.customer_id
    assert came.delivery.for_whom == "ada quill, Harbour Bank"
    assert came.delivery.state == "stored" and came.delivery.bin_id == dock.shelf_id


@pytest.mark.parametrize("facts", [ParcelFacts(pieces=0), ParcelFacts(condition="soggy")])
def test_what_cannot_be_is_refused_by_field(
    records: Session, dock: Dock, facts: ParcelFacts
) -> None:
    with pytest.raises(Refused) as refused:
        receive(records, dock.site_id, facts, AT)
    assert refused.value.field in ("pieces", "condition")


def _announced(records: Session, dock: Dock, **more: object) -> Delivery:
    lines = (LineFacts(description="Server", expected=20), LineFacts(description="Rail kit"))
    facts = ParcelFacts(po_number="PO-4711", sender="Anvil", recipient="Harbour Bank", lines=lines)
    return expect(records, dock.site_id, replace(facts, **more), AT)  # type: ignore[arg-type]


def test_an_announced_parcel_is_matched_by_its_number_and_keeps_what_was_known(
    records: Session, dock: Dock
) -> None:
    due = _announced(records, dock, scans=(UPS,))
    came = receive(records, dock.site_id, SCAN, AT + timedelta(hours=1))
    assert (came.outcome, came.delivery.id) == ("matched", due.id)
    assert came.delivery.sender == "Anvil" and came.delivery.announced
    with pytest.raises(Conflict, match="already"):
        _announced(records, dock, scans=(UPS,))


def test_an_announced_parcel_is_matched_by_its_only_open_order(
    records: Session, dock: Dock
) -> None:
    due = _announced(records, dock)
    came = receive(records, dock.site_id, ParcelFacts(scans=("PO-4711",)), AT)
    assert (came.outcome, came.delivery.id) == ("matched", due.id)
    assert came.delivery.tracking == [], "an order number is no tracking number"


def test_eighteen_of_twenty_and_one_damaged_and_the_first_count_stays(
    records: Session, dock: Dock
) -> None:
    due = _announced(records, dock, scans=(UPS,))
    receive(records, dock.site_id, SCAN, AT)
    server, rails = due.lines
    count(records, due, [CountFacts(server.id, 17, 1)], AT)
    assert due.state == "arrived", "one line is still open"
    count(records, due, [CountFacts(server.id, 18, 1), CountFacts(rails.id, 18)], AT)
    verdict = verdict_of(server)
    assert (verdict.short, verdict.damaged, verdict.good) == (2, 1, 17)
    assert [c.received for c in server.counts] == [17, 18] and due.state == "counted"
    with pytest.raises(Refused, match="among the received"):
        count(records, due, [CountFacts(server.id, 1, 2)], AT)


def test_the_whole_path_of_a_parcel_is_kept_from_hand_to_hand(records: Session, dock: Dock) -> None:
    parcel = receive(records, dock.site_id, SCAN, AT).delivery
    shelf, cage = service_bins.get(records, dock.shelf_id), records.get_one(Bin, dock.shelf_id - 1)
    service.store(records, parcel, shelf, AT + timedelta(minutes=5))
    service.store(records, parcel, shelf, AT + timedelta(minutes=6))
    service.store(records, parcel, cage, AT + timedelta(minutes=7))
    service.hand_over(records, [parcel], ADA, AT + timedelta(minutes=9))
    events = service_custody.chain_of(records, parcel)
    assert [(e.action, e.giver, e.taker) for e in events] == [
        ("arrived", "UPS", "dock"),
        ("stored", "dock", "bin A-01"),
        ("moved", "bin A-01", "bin CAGE-1"),
        ("handed_over", "bin CAGE-1", "Ada Quill"),
    ]
    assert service_custody.problems(events) == []
    assert events[-1].signature is not None and events[-1].signature.method == "drawn"
    assert parcel.bin is None and parcel.handed_to == "Ada Quill"
    with pytest.raises(Refused, match="handed over"):
        service.store(records, parcel, shelf, AT)


def test_a_clock_set_back_breaks_no_chain(records: Session, dock: Dock) -> None:
    parcel = receive(records, dock.site_id, SCAN, AT).delivery
    shelf = service_bins.get(records, dock.shelf_id)
    service.store(records, parcel, shelf, AT - timedelta(hours=1))
    assert service_custody.problems(service_custody.chain_of(records, parcel)) == []


def test_custody_is_append_only_and_a_changed_byte_is_found(records: Session, dock: Dock) -> None:
    parcel = receive(records, dock.site_id, SCAN, AT).delivery
    service.store(records, parcel, service_bins.get(records, dock.shelf_id), AT)
    first = service_custody.chain_of(records, parcel)[0]
    first.note = "nothing happened"
    with pytest.raises(AssertionError, match="append-only"):
        records.flush()
    records.rollback()
    parcel = receive(records, dock.site_id, SCAN, AT).delivery
    service.store(records, parcel, service_bins.get(records, dock.shelf_id), AT)
    forged = CustodyEvent.__table__.update().where(CustodyEvent.seq == 1)  # type: ignore[attr-defined]
    records.execute(forged.values(payload='{"seq":1}'))
    records.expire_all()
    found = service_custody.problems(service_custody.chain_of(records, parcel))
    assert [p.seq for p in found] == [1]


def test_one_signature_serves_several_parcels_or_none(records: Session, dock: Dock) -> None:
    one = receive(records, dock.site_id, SCAN, AT).delivery
    two = receive(records, dock.site_id, ParcelFacts(scans=("RB123456785GB",)), AT).delivery
    due = _announced(records, dock)
    records.commit()
    with pytest.raises(Refused, match=due.label):
        service.hand_over(records, [one, two, due], ADA, AT)
    records.rollback()
    signature = service.hand_over(records, [one, two], ADA, AT)
    last = [service_custody.chain_of(records, parcel)[-1] for parcel in (one, two)]
    assert {event.signature_id for event in last} == {signature.id}


def test_nothing_is_handed_over_without_a_name_or_with_a_broken_drawing(
    records: Session, dock: Dock
) -> None:
    parcel = receive(records, dock.site_id, SCAN, AT).delivery
    for given in (
        SignatureFacts(name=" "),
        replace(ADA, strokes=[[1]]),
        replace(ADA, strokes=[[-1, 2]]),
    ):
        with pytest.raises(Refused):
            service.hand_over(records, [parcel], given, AT)
    assert parcel.state == "arrived"


def test_a_refused_parcel_goes_back_and_nowhere_else(records: Session, dock: Dock) -> None:
    parcel = receive(records, dock.site_id, SCAN, AT).delivery
    with pytest.raises(Refused, match="reason"):
        service.refuse(records, parcel, " ", AT)
    service.refuse(records, parcel, "addressed to another site", AT)
    with pytest.raises(Refused, match="refused"):
        service.store(records, parcel, service_bins.get(records, dock.shelf_id), AT)
    assert service.next_states(records, parcel) == ["closed", "returned"]


def test_a_parked_parcel_is_found_with_its_next_bin(records: Session, dock: Dock) -> None:
    parcel = receive(records, dock.site_id, replace(SCAN, bin="A-01"), AT).delivery
    service.set_state(records, parcel, "missing", AT)
    service.store(records, parcel, service_bins.get(records, dock.shelf_id), AT)
    assert parcel.state == "stored"


def test_a_parcel_is_found_by_any_scan_that_means_it(records: Session, dock: Dock) -> None:
    parcel = receive(records, dock.site_id, SCAN, AT).delivery
    for text in (
        UPS.lower(),
        "1Z 999AA1 0123456784",
        "d1",
        "D00001",
        f"http://h/o/delivery/{parcel.id}",
    ):
        assert [d.id for d in service_find.scanned(records, None, text)] == [parcel.id], text
    assert service_find.scanned(records, frozenset(), UPS) == []
    assert service_find.scanned(records, None, "") == []


def test_two_clerks_with_one_parcel_make_one_entry(
    records: Session, sessions: sessionmaker[Session], dock: Dock
) -> None:
    start, outcomes = threading.Barrier(2), []

    def clerk(name: str) -> None:
        with sessions() as session:
            act_as(session, Actor("user", None, name))
            start.wait(10)
            facts = ParcelFacts(scans=(UPS,), entry_key=name)
            came: Received = receive(session, dock.site_id, facts, AT)
            outcomes.append((came.outcome, came.delivery.label))
            session.commit()

    threads = [threading.Thread(target=clerk, args=(name,)) for name in ("rosa", "remy")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == [("duplicate", "D00001"), ("logged", "D00001")]
    assert _entries(records) == 1
