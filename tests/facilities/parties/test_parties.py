"""Parties and their contacts, by page and by API."""

from collections.abc import Callable

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session, sessionmaker

from facilities.errors import Conflict, Refused
from facilities.parties import service
from facilities.parties.models import Party
from facilities.parties.service import ContactFacts, PartyFacts
from tests.facilities.conftest import Person

Enter = Callable[..., Person]


def _party(session: Session, name: str = "Harbour Bank", kind: str = "customer") -> Party:
    party = service.save(session, None, PartyFacts(kind=kind, name=name))
    service.save_contact(session, party, None, ContactFacts(name="Ada Quill", phone="+1 555 0101"))
    session.commit()
    return party


def test_a_party_is_found_by_name_code_and_contact(records: Session) -> None:
    _party(records)
    service.save(records, None, PartyFacts(kind="carrier", name="FedEx", code=" fdeg "))
    assert [p.name for p in service.found(records, "bank", 5)] == ["Harbour Bank"]
    assert [p.name for p in service.found(records, "quill", 5)] == ["Harbour Bank"]
    assert [p.name for p in service.found(records, "FDEG", 5)] == ["FedEx"]
    assert service.found(records, "%", 5) == []


def test_the_same_name_twice_is_refused_whatever_its_case(records: Session) -> None:
    _party(records)
    with pytest.raises(Conflict, match="already"):
        service.save(records, None, PartyFacts(kind="customer", name="harbour BANK"))
    service.save(records, None, PartyFacts(kind="carrier", name="Harbour Bank"))


def test_a_contact_names_what_is_wrong(records: Session) -> None:
    party = _party(records)
    with pytest.raises(Refused, match="no mail address"):
        service.save_contact(records, party, None, ContactFacts(name="X", email="nowhere"))
    with pytest.raises(Refused, match="counts from 1"):
        service.save_contact(records, party, None, ContactFacts(name="X", rank=0))


def test_a_clerk_adds_a_carrier_by_the_form(person: Enter) -> None:
    rosa = person("receiving")
    rosa.get("/parties/new")
    sent = {"kind": "carrier", "name": "DHL", "code": "dhlx", "notes": "", "active": "y"}
    response = rosa.post("/parties/new", sent)
    assert response.status_code == 302
    page = rosa.get(response.location)
    assert "DHL" in page.text and "DHLX" in page.text and "Nobody to call yet" in page.text


def test_a_refused_form_keeps_what_was_typed(person: Enter, records: Session) -> None:
    _party(records)
    fiona = person("facilities")
    fiona.get("/parties/new")
    sent = {"kind": "customer", "name": "Harbour Bank", "notes": "typed with care"}
    response = fiona.post("/parties/new", sent)
    assert response.status_code == 422
    assert "already" in response.text and "typed with care" in response.text


def test_saving_over_somebody_else_is_a_conflict(person: Enter, records: Session) -> None:
    party = _party(records)
    fiona = person("facilities")
    fiona.get(f"/parties/{party.id}/edit")
    old = party.version
    service.save(records, party, PartyFacts(kind="customer", name="Renamed"))
    records.commit()
    sent = {"kind": "customer", "name": "Mine", "version": str(old), "active": "y"}
    response = fiona.post(f"/parties/{party.id}/edit", sent)
    assert response.status_code == 422
    assert "Someone saved this while you were editing" in response.text


def test_a_contact_is_taken_off_and_stays_in_the_history(person: Enter, records: Session) -> None:
    party = _party(records)
    fiona = person("facilities")
    fiona.get(f"/parties/{party.id}")
    contact_id = party.contacts[0].id
    records.commit()  # reading began a transaction that the app would wait for
    assert fiona.post(f"/parties/{party.id}/contacts/{contact_id}/remove").status_code == 302
    page = fiona.get(f"/parties/{party.id}?tab=history")
    assert "Ada Quill" in page.text and "removed" in page.text


def test_a_viewer_sees_no_phones(person: Enter, records: Session) -> None:
    party = _party(records)
    assert person("viewer").get(f"/parties/{party.id}").status_code == 403


def test_the_api_lists_adds_and_guards_against_lost_updates(person: Enter) -> None:
    fiona = person("facilities")
    made = fiona.api("POST", "/api/v1/parties/", {"kind": "supplier", "name": "Anvil"})
    assert made.status_code == 201, made.text
    url = f"/api/v1/parties/{(made.json or {})['id']}"
    etag = fiona.api("GET", url).headers["ETag"]
    changed = {"kind": "supplier", "name": "Anvil Inc"}
    assert fiona.api("PUT", url, changed).status_code == 428
    assert fiona.api("PUT", url, changed, If_Match=etag).status_code == 200
    assert fiona.api("PUT", url, changed, If_Match=etag).status_code == 412
    listed = fiona.api("GET", "/api/v1/parties/?kind=supplier")
    assert [p["name"] for p in listed.json or []] == ["Anvil Inc"]


def test_an_unknown_field_is_refused_by_name(person: Enter) -> None:
    sent = {"kind": "supplier", "name": "A", "colour": "red"}
    answer = person("facilities").api("POST", "/api/v1/parties/", sent)
    assert answer.status_code == 422
    assert (answer.json or {})["field"] == "colour"


def test_a_longer_list_takes_no_more_statements(
    person: Enter, records: Session, sessions: sessionmaker[Session]
) -> None:
    fiona = person("facilities")
    counts = []
    for more in (1, 30):
        for n in range(more):
            _party(records, f"Party {more}-{n}")
        said: list[str] = []
        engine = sessions.kw["bind"]

        def note(*args: object, said: list[str] = said) -> None:
            said.append(str(args[2]))

        event.listen(engine, "before_cursor_execute", note)
        assert fiona.get("/parties").status_code == 200
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len(said))
    assert counts[0] == counts[1] <= 12
