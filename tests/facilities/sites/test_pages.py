"""The pages of sites, rooms and rows, as a browser meets them."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from facilities.sites.models import Building, Floor, RackRow, Room, Site
from tests.facilities.conftest import Person
from tests.facilities.hosting.world import place_of_site

Enter = Callable[..., Person]


@pytest.fixture
def places(records: Session) -> tuple[Site, Room, RackRow]:
    found = place_of_site(records, "BER1")
    records.commit()
    return found


def test_a_person_builds_a_site_from_nothing(person: Enter, records: Session) -> None:
    clerk = person("facilities")
    assert "There is no site yet" in clerk.get("/sites").text
    steps = (
        ("/sites/new", {"code": "BER1", "name": "Berlin", "time_zone": "Europe/Berlin"}),
        ("/sites/1/buildings/new", {"code": "B1", "name": "Main"}),
        ("/buildings/1/floors/new", {"code": "F0", "name": "Ground", "level": "0"}),
        ("/floors/1/rooms/new", {"code": "DH1", "name": "Hall", "tile_mm": "600"}),
        ("/rooms/1/rows/new", {"code": "A"}),
    )
    defaults = {"policy_pack": "iec", "phase_names": "L1 L2 L3", "kind": "white_space"}
    for url, typed in steps:
        clerk.get(url)
        answer = clerk.post(url, {**defaults, **typed})
        assert answer.status_code == 302, answer.text
    assert records.scalars(select(RackRow)).one().room.floor.building.site.policy_pack == "iec"
    assert "Hall" in clerk.get("/sites/1").text


def test_a_refused_form_keeps_what_was_typed(person: Enter) -> None:
    clerk = person("facilities")
    clerk.get("/sites/new")
    typed = {"code": "with blank", "name": "Berlin", "time_zone": "Mars"}
    answer = clerk.post("/sites/new", {**typed, "policy_pack": "nec", "phase_names": "A B C"})
    assert answer.status_code == 422
    assert 'value="with blank"' in answer.text
    assert "1 to 20 letters" in answer.text


def test_pages_show_the_place_from_the_site_down(
    person: Enter, places: tuple[Site, Room, RackRow]
) -> None:
    site, room, row = places
    looker = person("viewer")
    assert "Hall 1" in looker.get(f"/sites/{site.id}").text
    page = looker.get(f"/rooms/{room.id}").text
    assert "BER1" in page
    assert "12 x 9 m" in page
    assert "Row A" in looker.get(f"/rows/{row.id}").text
    assert "Hall 1" in looker.get("/rooms?q=hall").text
    assert "No room fits" in looker.get("/rooms?q=100%25").text


def test_who_only_looks_may_not_edit(person: Enter, places: tuple[Site, Room, RackRow]) -> None:
    looker = person("viewer")
    assert looker.get(f"/rooms/{places[1].id}/edit").status_code == 403
    assert "New row" not in looker.get(f"/rooms/{places[1].id}").text


def test_people_of_one_site_do_not_see_another(person: Enter, records: Session) -> None:
    site, _, _ = place_of_site(records, "BER1")
    other, room, row = place_of_site(records, "MUC1")
    records.commit()
    local = person("facilities", site_id=site.id)
    assert "MUC1" not in local.get("/sites").text
    assert "MUC1" not in local.get("/rooms").text
    for url in (f"/sites/{other.id}", f"/rooms/{room.id}", f"/rows/{row.id}", "/sites/new"):
        assert local.get(url).status_code == 403
    assert local.get("/search?q=MUC1&list").text.count("Site MUC1") == 0


@pytest.mark.parametrize(
    ("kind", "model"),
    [
        ("sites", Site),
        ("buildings", Building),
        ("floors", Floor),
        ("rooms", Room),
        ("rows", RackRow),
    ],
)
def test_everything_can_be_edited(
    person: Enter,
    places: tuple[Site, Room, RackRow],
    records: Session,
    kind: str,
    model: type[Site],
) -> None:
    clerk, row = person("facilities"), records.scalars(select(model)).one()
    records.commit()  # ends the reading, so that the app may write
    url = f"/{kind}/{row.id}/edit"
    assert 'name="version"' in clerk.get(url).text
    typed = {"code": "NEW1", "name": "New", "time_zone": "UTC", "tile_mm": "600", "level": "1"}
    typed |= {"policy_pack": "nec", "phase_names": "A B C", "kind": "dock", "version": "1"}
    assert clerk.post(url, typed).status_code == 302
    records.expire_all()
    assert (row.code, row.name, row.version) == ("NEW1", "New", 2)


def test_who_saves_second_sees_both_versions_and_may_save_again(
    person: Enter, places: tuple[Site, Room, RackRow], records: Session
) -> None:
    clerk, row = person("facilities"), places[2]
    url = f"/rows/{row.id}/edit"
    clerk.get(url)
    assert clerk.post(url, {"code": "B", "name": "first", "version": "1"}).status_code == 302
    answer = clerk.post(url, {"code": "C", "name": "second", "version": "1"})
    assert answer.status_code == 422
    assert "Someone saved this while you were editing" in answer.text
    assert "<td>first</td><td>second</td>" in answer.text
    assert 'value="second"' in answer.text
    assert clerk.post(url, {"code": "C", "name": "second", "version": "2"}).status_code == 302
