"""One small room: rack R07 with rails 740 mm apart, a maker with two types."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from facilities.hosting.models import Equipment, EquipmentType, Maker, Rack, TypePort
from facilities.hosting.service import (
    EquipmentFacts,
    Place,
    Placed,
    RackFacts,
    add_equipment,
    add_rack,
)
from facilities.parties.models import Party
from facilities.sites.models import Building, Floor, RackRow, Room, Site

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@dataclass
class World:
    """The rows of the small world, and short ways to add to it."""

    session: Session
    site: Site
    room: Room
    row: RackRow
    rack: Rack
    server: EquipmentType
    chassis: EquipmentType
    owner: Party

    def put(self, name: str, unit: float | None, **kwargs: Any) -> Placed:
        """Add a piece whose lowest half is at `unit` (10.5: upper half of U10) of a rack."""
        placing = ("rack_id", "face", "lane", "channel", "channel_start_mm", "parent_id", "bay")
        where = {k: kwargs.pop(k) for k in (*placing, "over_hold_id") if k in kwargs}
        if unit is not None:
            where.setdefault("rack_id", self.rack.id)
            where["start_half_u"] = round(2 * unit - 1)
        facts = EquipmentFacts(name=name, **kwargs)
        return add_equipment(self.session, facts, Place(**where), AT, self.site.id)

    def one(self, name: str, unit: float | None, **kwargs: Any) -> Equipment:
        """The same, without the notes."""
        return self.put(name, unit, **kwargs).equipment

    def rack_called(self, name: str, **kwargs: Any) -> Rack:
        """Another rack in the room."""
        kwargs.setdefault("room_id", self.room.id)
        return add_rack(self.session, RackFacts(name=name, **kwargs))


def place_of_site(session: Session, code: str) -> tuple[Site, Room, RackRow]:
    """A site with one room and one row."""
    site = Site(code=code, name=f"Site {code}")
    building = Building(site=site, code="B1", name="Main")
    session.add_all([site, building])
    session.flush()
    floor = Floor(site_id=site.id, building=building, code="F0", name="Ground")
    session.add(floor)
    session.flush()
    room = Room(
        site_id=site.id, floor=floor, code="W1", name="Hall 1", width_mm=12000, depth_mm=9000
    )
    session.add(room)
    session.flush()
    row = RackRow(site_id=site.id, room=room, code="A")
    session.add(row)
    session.flush()
    return site, room, row


def make_world(session: Session) -> World:
    """The small world, flushed but not committed."""
    site, room, row = place_of_site(session, "BER1")
    maker = Maker(name="Acme", slug="acme")
    owner = Party(kind="customer", name="Initech")
    session.add_all([maker, owner])
    session.flush()
    server = EquipmentType(
        maker=maker, model="S2", slug="acme-s2", height_half_u=4, weight_kg=25, rated_w=800
    )
    chassis = EquipmentType(maker=maker, model="C8", slug="acme-c8", height_half_u=16)
    chassis.ports = [TypePort(kind="device_bay", name=f"bay {n}") for n in (1, 2)]
    session.add_all([server, chassis])
    facts = RackFacts(
        name="R07",
        room_id=room.id,
        row_id=row.id,
        rail_depth_mm=740,
        static_limit_kg=1000,
        x_mm=1200,
        y_mm=0,
        outer_width_mm=600,
        outer_depth_mm=1200,
    )
    rack = add_rack(session, facts)
    return World(session, site, room, row, rack, server, chassis, owner)
