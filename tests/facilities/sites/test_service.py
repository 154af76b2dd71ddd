"""Codes, limits and uniqueness of places, over both databases."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from facilities.errors import Conflict, NotFound, Refused
from facilities.sites import service
from facilities.sites.models import Room
from facilities.sites.service import (
    BuildingFacts,
    FloorFacts,
    RoomFacts,
    RowFacts,
    SiteFacts,
)

BERLIN = SiteFacts(code="BER1", name="Berlin", time_zone="Europe/Berlin")


def a_room(records: Session, **changes: Any) -> Room:
    site = service.add_site(records, replace(BERLIN, code=changes.pop("site", "BER1")))
    building = service.add_building(records, site, BuildingFacts(code="B1", name="Main"))
    floor = service.add_floor(records, building, FloorFacts(code="F0", name="Ground"))
    return service.add_room(records, floor, RoomFacts(**{"code": "W1", "name": "Hall", **changes}))


def test_everything_below_a_site_knows_its_site(records: Session) -> None:
    room = a_room(records)
    row = service.add_row(records, room, RowFacts(code="A"))
    assert {room.site_id, row.site_id, room.floor.site_id} == {room.floor.building.site_id}


def test_un_06_a_code_is_there_once_among_its_siblings(records: Session) -> None:
    room = a_room(records)
    with pytest.raises(Conflict, match="a room W1 here already") as conflict:
        service.add_room(records, room.floor, RoomFacts(code="W1", name="Twin"))
    assert conflict.value.field == "code"
    a_room(records, site="MUC1")  # elsewhere the code is free


@pytest.mark.parametrize("code", ["", "with blank", "x" * 21, "/", "-a"])
def test_a_code_is_short_and_plain(records: Session, code: str) -> None:
    with pytest.raises(Refused, match="1 to 20 letters"):
        service.add_site(records, replace(BERLIN, code=code))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Berlin"),
        ("time_zone", "../etc"),
        ("policy_pack", "vde"),
        ("phase_names", "R S T"),
        ("name", "  "),
    ],
)
def test_a_wrong_fact_of_a_site_names_its_field(records: Session, field: str, value: str) -> None:
    with pytest.raises(Refused) as refusal:
        service.add_site(records, replace(BERLIN, **{field: value}))
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "garden"),
        ("width_mm", 0),
        ("depth_mm", 2_000_000),
        ("tile_mm", 50),
        ("floor_limit_kg_m2", -1),
    ],
)
def test_a_wrong_fact_of_a_room_names_its_field(records: Session, field: str, value: Any) -> None:
    with pytest.raises(Refused) as refusal:
        a_room(records, **{field: value})
    assert refusal.value.field == field


def test_a_room_can_be_edited(records: Session) -> None:
    room = a_room(records)
    service.edit(records, room, RoomFacts(code="W2", name="Hall 2", width_mm=9000))
    assert (room.code, room.width_mm, room.version) == ("W2", 9000, 2)


def test_what_is_not_there_is_not_found(records: Session) -> None:
    with pytest.raises(NotFound, match="no such room"):
        service.get(records, Room, 9)
