"""A piece that leaves its rack is unplugged with it: no outlet and no watt stays taken (F4)."""

from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from facilities.db import now
from facilities.hosting.models import Equipment, Rack
from facilities.hosting.service_equipment import move_equipment
from facilities.hosting.values import Place
from facilities.power import cord_service
from facilities.power.models import Cord
from tests.facilities.conftest import Person
from tests.facilities.power.conftest import World

Enter = Callable[..., Person]


def _cords(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Cord)) or 0


def test_freed_cords_are_named(world: World, records: Session) -> None:
    told = cord_service.free_cords(records, world.equipment["srv1"].id)
    assert told == ["Unplugged from PDU-A1 outlet 1, PDU-B1 outlet 2."]
    assert _cords(records) == 1
    assert cord_service.free_cords(records, world.equipment["srv1"].id) == []


def test_what_sits_in_a_chassis_is_unplugged_with_it(world: World, records: Session) -> None:
    chassis = Equipment(site_id=world.site.id, rack_id=world.rack.id, name="chassis")
    records.add(chassis)
    records.flush()
    world.equipment["sw1"].parent_id = chassis.id
    records.flush()
    assert cord_service.free_cords(records, chassis.id) == ["Unplugged from PDU-A1 outlet 2."]


def test_removing_a_piece_by_its_page_unplugs_it(
    world: World, records: Session, person: Enter
) -> None:
    piece = world.equipment["srv1"]
    records.commit()
    fiona = person("facilities")
    fiona.get(f"/equipment/{piece.id}/remove")
    sent = {"status": "removed", "reason": "end of life"}
    response = fiona.post(f"/equipment/{piece.id}/remove", sent)
    assert response.status_code == 302, response.text
    assert "Unplugged from PDU-A1 outlet 1" in fiona.get(response.location).text
    assert _cords(records) == 1


def test_a_move_to_another_rack_unplugs_and_a_move_within_does_not(
    world: World, records: Session, person: Enter
) -> None:
    piece = world.equipment["srv1"]
    other = Rack(site_id=world.site.id, room_id=world.room.id, name="R08")
    records.add(other)
    records.flush()
    move_equipment(records, piece, Place(rack_id=world.rack.id, start_half_u=1), now())
    records.commit()
    fiona = person("facilities")
    url = f"/api/v1/equipment/{piece.id}/move"
    here = {"rack_id": world.rack.id, "position_u": 10, "reason": "cooler"}
    assert fiona.api("POST", url, here).status_code == 200
    assert _cords(records) == 3
    records.commit()
    there = {"rack_id": other.id, "position_u": 10, "reason": "power"}
    assert fiona.api("POST", url, there).status_code == 200
    assert _cords(records) == 1
