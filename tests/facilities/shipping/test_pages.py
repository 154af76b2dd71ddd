"""The clerk's pages, as a browser would use them."""

import re
from collections.abc import Callable

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, sessionmaker

from facilities.shipping.models import Delivery
from facilities.shipping.service_receive import receive
from facilities.shipping.values import ParcelFacts
from tests.facilities.conftest import Person
from tests.facilities.shipping.conftest import AT, UPS, Dock

Enter = Callable[..., Person]


def _key(page: str) -> str:
    found = re.search(r'name="entry_key"[^>]*value="(\w+)"', page)
    assert found is not None
    return found[1]


def _scan(rosa: Person, dock: Dock, text: str, **more: str) -> str:
    page = rosa.get("/receive").text
    sent = {"scan": text, "site_id": str(dock.site_id), "entry_key": _key(page), "pieces": "1"}
    return rosa.post("/receive", {**sent, "condition": "ok", **more}).text


def test_ten_scans_in_a_row_are_ten_entries(person: Enter, dock: Dock, records: Session) -> None:
    rosa = person("receiving")
    for n in range(10):
        page = _scan(rosa, dock, f"JJD00{n:08d}")
        assert f"Logged: D{n + 1:05d}" in page and "autofocus" in page
    assert records.scalar(select(func.count()).select_from(Delivery)) == 10


def test_a_known_number_warns_with_a_link_and_can_be_logged_on_purpose(
    person: Enter, dock: Dock
) -> None:
    rosa = person("receiving")
    _scan(rosa, dock, UPS)
    again = _scan(rosa, dock, UPS)
    assert "Logged already as D00001" in again and "band-warning" in again
    assert 'href="/deliveries/1"' in again and "by receiving" in again
    assert "Logged: D00002" in _scan(rosa, dock, UPS, again="y")


def test_a_refused_field_keeps_what_was_typed(person: Enter, dock: Dock) -> None:
    page = _scan(person("receiving"), dock, UPS, pieces="0", recipient="typed with care")
    assert "Must be between 1 and 9999" in page and "typed with care" in page and UPS in page


def test_an_empty_form_and_a_bins_label_save_nothing(
    person: Enter, dock: Dock, records: Session
) -> None:
    rosa = person("receiving")
    assert "Nothing to save yet" in _scan(rosa, dock, "")
    assert "This is bin A-01" in _scan(rosa, dock, "a-01")
    assert records.scalar(select(func.count()).select_from(Delivery)) == 0


def test_the_clerks_home_begins_with_the_scan_field_and_shows_no_power(
    person: Enter, dock: Dock
) -> None:
    home = person("receiving").get("/").text
    assert home.index('name="scan"') < home.index("Waiting to be stored")
    rail = home[home.index("rail-list") : home.index("</aside>")]
    assert rail.index("Receive") < rail.index("Deliveries") < rail.index("Pickups")
    assert "Power" not in rail and "Devices" not in rail
    assert 'name="scan"' not in person("facilities").get("/").text


def test_a_parcel_goes_from_the_dock_to_a_shelf_to_its_owner(person: Enter, dock: Dock) -> None:
    rosa = person("receiving")
    _scan(rosa, dock, UPS)
    rosa.get("/deliveries/1")
    wrong = rosa.post("/deliveries/1/store", {"store-bin": "NOWHERE"})
    assert wrong.status_code == 422 and "There is no bin" in wrong.text and "NOWHERE" in wrong.text
    assert rosa.post("/deliveries/1/store", {"store-bin": "a-01"}).status_code == 302
    assert rosa.post("/deliveries/1/assign", {"assign-recipient": "Ada Quill"}).status_code == 302
    assert "Ada Quill, Harbour Bank" in rosa.get("/bins?text=A-01", follow_redirects=True).text
    added = rosa.post("/hand-over", {"scan": UPS})
    assert "D00001" in added.text and 'value="Ada Quill"' in added.text
    unnamed = rosa.post("/hand-over", {"d": "1", "signed_name": ""})
    assert unnamed.status_code == 422 and "Type the name" in unnamed.text
    sent = {"d": "1", "signed_name": "Ada Quill", "strokes": "[[1,2,30,40]]"}
    assert rosa.post("/hand-over", sent).status_code == 302
    page = rosa.get("/deliveries/1").text
    assert "with Ada Quill" in page and "<polyline" in page and "chain is broken" not in page
    assert "handed_over" in rosa.get("/deliveries/1?tab=history").text


def test_a_scan_that_nobody_knows_is_not_handed_over(person: Enter, dock: Dock) -> None:
    rosa = person("receiving")
    rosa.get("/hand-over")
    assert "receive it first" in rosa.post("/hand-over", {"scan": "ZZZ"}).text


def test_an_announced_delivery_is_counted_against_its_lines(person: Enter, dock: Dock) -> None:
    rosa = person("receiving")
    page = rosa.get("/deliveries/expect").text
    sent = {"site_id": str(dock.site_id), "entry_key": _key(page), "po_number": "PO-1"}
    lines = {"line": ["Server", ""], "line_part": ["SRV", ""], "line_expected": ["20", ""]}
    made = rosa.post("/deliveries/expect", {**sent, **lines})
    assert made.status_code == 302, made.text
    assert "PO-1" in rosa.get("/deliveries?which=expected").text
    rosa.post("/deliveries/1/receive")
    wrong = rosa.post("/deliveries/1/count", {"received-1": "2", "damaged-1": "3"})
    assert wrong.status_code == 422 and "SR-02" in wrong.text
    rosa.post("/deliveries/1/count", {"received-1": "18", "damaged-1": "1"})
    assert "2 short, 1 damaged" in rosa.get("/deliveries/1").text


def test_refused_and_void_entries_stay_in_the_log_with_their_reasons(
    person: Enter, dock: Dock
) -> None:
    rosa = person("receiving")
    _scan(rosa, dock, UPS)
    assert rosa.post("/deliveries/1/refuse", {"refuse-reason": ""}).status_code == 422
    rosa.post("/deliveries/1/refuse", {"refuse-reason": "not ours"})
    assert "not ours" in rosa.get("/deliveries/1").text
    rosa.post("/deliveries/1/void", {"void-reason": "wrong site"})
    assert "wrong site" in rosa.get("/deliveries/1").text
    assert 'class="void"' in rosa.get("/deliveries").text


def test_the_csv_holds_exactly_what_is_filtered(person: Enter, dock: Dock) -> None:
    rosa = person("receiving")
    _scan(rosa, dock, UPS, recipient="=cmd()")
    _scan(rosa, dock, "RB123456785GB", recipient="Ada Quill")
    sheet = rosa.get("/deliveries.csv?text=quill").get_data(as_text=True)
    assert "RB123456785GB" in sheet and UPS not in sheet
    assert "'=cmd()" in rosa.get("/deliveries.csv").get_data(as_text=True)
    assert UPS not in rosa.get("/deliveries.csv?since=2020-01-01&until=2020-01-02").text
    assert rosa.get("/deliveries?since=yesterday").status_code == 422


def test_one_search_finds_a_parcel_by_its_number(person: Enter, dock: Dock) -> None:
    rosa = person("receiving")
    _scan(rosa, dock, UPS, recipient="Ada Quill")
    found = rosa.get("/search?q=1z+999+aa1+0123456784")
    assert found.status_code == 302 and found.location == "/deliveries/1"
    assert "D00001" in rosa.get("/search?q=quill&list=1").text


def test_a_clerk_of_one_site_sees_and_changes_nothing_of_another(
    person: Enter, dock: Dock, records: Session
) -> None:
    receive(records, dock.site_id, ParcelFacts(scans=(UPS,)), AT)
    records.commit()
    stranger = person("receiving", site_id=dock.other_site_id)
    assert stranger.get("/deliveries/1").status_code == 403
    assert UPS not in stranger.get("/deliveries?since=").text
    assert stranger.post("/deliveries/1/void", {"void-reason": "x"}).status_code == 403
    assert stranger.get("/hand-over?d=1").status_code == 403
    assert stranger.get("/search?q=" + UPS).status_code == 200


def test_a_longer_log_takes_no_more_statements(
    person: Enter, records: Session, sessions: sessionmaker[Session], dock: Dock
) -> None:
    rosa, counts = person("receiving"), {}
    for more in (2, 25):
        for n in range(more):
            facts = ParcelFacts(scans=(f"X{more}-{n}",), recipient="Ada Quill", bin="A-01")
            receive(records, dock.site_id, facts, AT)
        records.commit()
        for url in ("/deliveries?since=", "/receive", "/bins/2", "/"):
            said: list[str] = []

            def note(*args: object, said: list[str] = said) -> None:
                said.append(str(args[2]))

            event.listen(sessions.kw["bind"], "before_cursor_execute", note)
            assert rosa.get(url).status_code == 200
            event.remove(sessions.kw["bind"], "before_cursor_execute", note)
            counts.setdefault(url, []).append(len(said))
    assert all(one == other for one, other in counts.values()), counts
    assert counts["/deliveries?since="][0] <= 12 and counts["/receive"][0] <= 12, counts
