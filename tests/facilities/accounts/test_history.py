"""Every change by a person, token or import is one row of a chain that shows tampering (SR-06)."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session, sessionmaker

from facilities.accounts.history import act_as
from facilities.accounts.ledger import history_of, verify_history
from facilities.accounts.models import HistoryEntry
from facilities.accounts.recorded import Actor
from facilities.errors import Refused
from facilities.sites.models import Building, Site


def _site(session: Session, code: str = "HAM") -> Site:
    site = Site(code=code, name="Hamburg")
    session.add(site)
    session.commit()
    return site


def test_a_new_row_is_an_entry_with_who_when_and_what(records: Session) -> None:
    site = _site(records)
    (entry,) = history_of(records, "site", site.id, 10)
    said = json.loads(entry.payload)
    assert (entry.actor, entry.action, entry.chain) == ("user:tester", "added", f"site:{site.id}")
    assert said["after"]["name"] == "Hamburg" and said["before"] == {}
    assert abs((datetime.now(UTC) - entry.at).total_seconds()) < 60


def test_a_change_tells_before_and_after_of_the_changed_columns_only(records: Session) -> None:
    site = _site(records)
    site.name = "Hamburg 2"
    records.commit()
    newest = json.loads(history_of(records, "site", site.id, 10)[0].payload)
    assert newest["before"] == {"name": "Hamburg"}
    assert newest["after"] == {"name": "Hamburg 2"}


def test_several_flushes_of_one_transaction_make_one_entry(records: Session) -> None:
    site = _site(records)
    for name in ("one", "two"):
        site.name = name
        records.flush()
    records.commit()
    entries = history_of(records, "site", site.id, 10)
    assert [e.action for e in entries] == ["changed", "added"]
    assert json.loads(entries[0].payload)["before"] == {"name": "Hamburg"}


def test_a_removed_row_keeps_what_it_said(records: Session) -> None:
    site = _site(records)
    house = Building(site_id=site.id, code="B1", name="Hall")
    records.add(house)
    records.commit()
    gone = house.id
    records.delete(house)
    records.commit()
    newest = history_of(records, "building", gone, 10)[0]
    assert newest.action == "removed"
    assert json.loads(newest.payload)["before"]["name"] == "Hall"


def test_what_a_savepoint_undid_never_happened(records: Session) -> None:
    site = _site(records)
    with pytest.raises(Refused), records.begin_nested():
        site.name = "wrong"
        records.flush()
        raise Refused("no")
    site.address = "Kai 1"
    records.commit()
    newest = json.loads(history_of(records, "site", site.id, 10)[0].payload)
    assert newest["after"] == {"address": "Kai 1"}


def test_machine_chatter_has_no_actor_and_leaves_no_entry(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        _site(session)
        assert session.scalars(select(HistoryEntry)).all() == []


def test_hidden_columns_alone_make_no_entry(records: Session) -> None:
    site = _site(records)
    site.capacity_version += 1
    records.commit()
    assert len(history_of(records, "site", site.id, 10)) == 1


def test_a_bulk_change_of_recorded_rows_is_refused(records: Session) -> None:
    _site(records)
    for statement in (update(Site).values(name="all"), delete(Site)):
        with pytest.raises(AssertionError, match="leave no history"):
            records.execute(statement)


def test_an_untouched_history_verifies(records: Session) -> None:
    _site(records, "A")
    _site(records, "B")
    assert verify_history(records) == (2, [])


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE history_entry SET payload = replace(payload, 'Hamburg', 'Bremen') WHERE seq = 1",
        "UPDATE history_entry SET actor = 'user:nobody' WHERE seq = 1",
        "UPDATE history_entry SET object_id = 99 WHERE seq = 2",
        "UPDATE history_entry SET hash = digest WHERE seq = 1",
        "DELETE FROM history_about WHERE entry_id IN (SELECT id FROM history_entry WHERE seq = 1);"
        "DELETE FROM history_entry WHERE seq = 1",
        "DELETE FROM history_about WHERE entry_id IN (SELECT id FROM history_entry WHERE seq = 2);"
        "DELETE FROM history_entry WHERE seq = 2",
    ],
)
def test_a_tampered_row_is_found_and_named(records: Session, tampering: str) -> None:
    site = _site(records)
    site.name = "Hamburg 2"
    records.commit()
    for statement in tampering.split(";"):
        records.execute(text(statement))
    records.commit()
    _, findings = verify_history(records)
    assert findings and findings[0].chain == f"site:{site.id}"


def test_two_sessions_append_to_one_chain_without_a_gap(sessions: sessionmaker[Session]) -> None:
    with sessions() as one:
        act_as(one, Actor("user", None, "one"))
        site = _site(one)
        for n in range(3):
            with sessions() as other:
                act_as(other, Actor("token", 7, "robot"))
                found = other.get(Site, site.id)
                assert found is not None
                found.address = f"Kai {n}"
                other.commit()
        assert verify_history(one) == (4, [])
