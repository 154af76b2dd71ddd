"""A small dock: one site, two bins, a carrier, a customer with a contact, a server in a rack."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from facilities.hosting.models import Equipment, Rack
from facilities.parties.models import Contact, Party
from facilities.shipping.models import Bin
from facilities.sites.models import Building, Floor, Room, Site

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
UPS = "1Z999AA10123456784"


@dataclass(frozen=True, slots=True)
class Dock:
    """Ids of the small world."""

    site_id: int
    other_site_id: int
    shelf_id: int
    carrier_id: int
    customer_id: int
    server_id: int
    rack_id: int


@pytest.fixture
def dock(records: Session) -> Dock:
    """The small world, committed."""
    site = Site(code="AMS", name="Amsterdam")
    other = Site(code="RTM", name="Rotterdam")
    carrier = Party(kind="carrier", name="UPS", code="UPSN")
    customer = Party(kind="customer", name="Harbour Bank", contacts=[Contact(name="Ada Quill")])
    records.add_all([site, other, carrier, customer])
    records.flush()
    building = Building(site_id=site.id, code="B1", name="One")
    records.add(building)
    records.flush()
    floor = Floor(site_id=site.id, building_id=building.id, code="F1", name="Ground")
    records.add(floor)
    records.flush()
    room = Room(site_id=site.id, floor_id=floor.id, code="DC1", name="Hall")
    cage = Bin(site_id=site.id, code="CAGE-1")
    records.add_all([room, cage])
    records.flush()
    shelf = Bin(site_id=site.id, code="A-01", parent_id=cage.id)
    rack = Rack(site_id=site.id, room_id=room.id, name="R07")
    records.add_all([shelf, rack])
    records.flush()
    server = Equipment(site_id=site.id, rack_id=rack.id, name="srv-1", serial="SN-77")
    records.add(server)
    records.commit()
    return Dock(site.id, other.id, shelf.id, carrier.id, customer.id, server.id, rack.id)
