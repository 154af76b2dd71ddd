"""REST of places."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from tests.facilities.conftest import Person
from tests.facilities.hosting.world import place_of_site

Enter = Callable[..., Person]
API = "/api/v1"


def test_a_program_builds_a_site_from_nothing(person: Enter) -> None:
    clerk = person("facilities")
    steps = (
        ("sites", {"code": "BER1", "name": "Berlin"}),
        ("buildings", {"site_id": 1, "code": "B1", "name": "Main"}),
        ("floors", {"building_id": 1, "code": "F0", "name": "Ground"}),
        ("rooms", {"floor_id": 1, "code": "DH1", "name": "Hall", "width_mm": 9000}),
        ("rows", {"room_id": 1, "code": "A"}),
    )
    for kind, body in steps:
        answer = clerk.api("POST", f"{API}/{kind}/", body)
        assert answer.status_code == 201, answer.text
        assert answer.json is not None
        assert answer.json["id"] == 1
        assert answer.headers["ETag"]
        assert clerk.api("GET", f"{API}/{kind}/1").json == answer.json
    assert clerk.api("GET", f"{API}/rooms/?site_id=1&code=DH1").json == [
        clerk.api("GET", f"{API}/rooms/1").json
    ]
    assert clerk.api("GET", f"{API}/rooms/?above_id=99").json == []


def test_a_change_names_the_version_it_was_made_on(person: Enter, records: Session) -> None:
    _, room, _ = place_of_site(records, "BER1")
    records.commit()
    clerk, url = person("facilities"), f"{API}/rooms/{room.id}"
    etag = clerk.api("GET", url).headers["ETag"]
    body = {"code": "W1", "name": "Renamed"}
    assert clerk.api("PUT", url, body).status_code == 428
    assert clerk.api("PUT", url, body, If_Match=etag).status_code == 200
    assert clerk.api("PUT", url, body, If_Match=etag).status_code == 412


def test_a_refusal_names_field_and_rule(person: Enter, records: Session) -> None:
    place_of_site(records, "BER1")
    records.commit()
    clerk = person("facilities")
    answer = clerk.api("POST", f"{API}/sites/", {"code": "BER1", "name": "Twin"})
    assert answer.status_code == 409
    assert answer.json is not None
    assert (answer.json["field"], answer.json["rule"]) == ("code", "UN-06")
    answer = clerk.api("POST", f"{API}/sites/", {"code": "X", "name": "Y", "colour": "red"})
    assert answer.status_code == 422
    assert "colour" in answer.text


def test_lists_and_single_places_are_kept_to_the_sites_of_a_person(
    person: Enter, records: Session
) -> None:
    site, _, _ = place_of_site(records, "BER1")
    other, _, _ = place_of_site(records, "MUC1")
    records.commit()
    local = person("facilities", site_id=site.id)
    found = local.api("GET", f"{API}/sites/").json
    assert found is not None
    assert [row["code"] for row in found] == ["BER1"]
    assert local.api("GET", f"{API}/sites/{other.id}").status_code == 403
    assert local.api("POST", f"{API}/sites/", {"code": "X1", "name": "X"}).status_code == 403
