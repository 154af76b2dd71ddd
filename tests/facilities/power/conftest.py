"""A small named plant: utility - UPS - panel - breaker - rack PDU, twice, into one rack."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Blueprint, Flask
from sqlalchemy.orm import Session, sessionmaker

from facilities.app import create_app
from facilities.hosting.models import Equipment, EquipmentType, Maker, Rack, TypePort
from facilities.power import cord_service, link_service, outlet_service, panel_service, service
from facilities.power.models import Inlet, Outlet, PowerNode
from facilities.readings import LiveValue, ObjectRef, Quality, Series
from facilities.settings import Settings
from facilities.sites.models import Building, Floor, RackRow, Room, Site
from facilities.web.doors import signed_in
from facilities.web.objects import ObjectHead, render_object

AT = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
C13, C14 = "iec-60320-c13", "iec-60320-c14"


class GivenReadings:
    """The twin of the readings port: holds what a test says, answers like the real one."""

    def __init__(self) -> None:
        self.values: dict[ObjectRef, list[LiveValue]] = {}

    def say(
        self,
        ref: ObjectRef,
        metric: str,
        value: float | str | None,
        unit: str = "A",
        *,
        quality: Quality = Quality.GOOD,
        age_s: float = 8.0,
        why: str = "",
        feed: str = "",
    ) -> None:
        """One value of an object; a later one of the same metric replaces it."""
        usable = quality.usable
        live = LiveValue(
            metric,
            feed,
            metric,
            value if usable else None,
            unit,
            quality,
            AT,
            age_s,
            f"{ref.kind}-{ref.id}",
            metric,
            "1.3.6.1",
            last_value=None if usable else value,
            why=why,
        )
        kept = [v for v in self.values.get(ref, []) if (v.metric, v.feed) != (metric, feed)]
        self.values[ref] = [*kept, live]

    def latest(self, objects: Collection[ObjectRef]) -> Mapping[ObjectRef, Sequence[LiveValue]]:
        """What was said of the objects asked for."""
        return {ref: self.values[ref] for ref in objects if ref in self.values}

    def series(
        self, device: str, point: str, start: datetime, end: datetime, step_s: int
    ) -> Series:
        """No past."""
        del start, end
        return Series(device, point, "", step_s, ())


@dataclass
class World:
    """The rows of the small plant, by short names."""

    site: Site
    room: Room
    rack: Rack
    nodes: dict[str, PowerNode] = field(default_factory=dict)
    equipment: dict[str, Equipment] = field(default_factory=dict)
    outlets: dict[str, Outlet] = field(default_factory=dict)
    inlets: dict[str, Inlet] = field(default_factory=dict)

    def ref(self, name: str) -> ObjectRef:
        """The ref of a node."""
        return ObjectRef("power_node", self.nodes[name].id)


def build_place(session: Session) -> World:
    """A site with one rack and nothing electrical."""
    site = Site(code="FRA1", name="Frankfurt", policy_pack="nec")
    session.add(site)
    session.flush()
    building = Building(site_id=site.id, code="B1", name="Main")
    session.add(building)
    session.flush()
    floor = Floor(site_id=site.id, building_id=building.id, code="0", name="Ground")
    session.add(floor)
    session.flush()
    room = Room(site_id=site.id, floor_id=floor.id, code="DH1", name="Data hall 1")
    session.add(room)
    session.flush()
    row = RackRow(site_id=site.id, room_id=room.id, code="R")
    session.add(row)
    session.flush()
    rack = Rack(site_id=site.id, room_id=room.id, row_id=row.id, name="R07", budget_w=8000.0)
    session.add(rack)
    session.flush()
    return World(site, room, rack)


def build_feed(session: Session, world: World, feed: str) -> None:
    """Utility, UPS, panel, a 30 A three-pole breaker at 1,3,5 and a rack PDU with two outlets."""
    site_id, nodes = world.site.id, world.nodes
    common: dict[str, Any] = {"voltage_v": 208.0, "feed": feed, "room_id": world.room.id}
    nodes[f"UTIL-{feed}"] = service.add_node(
        session, site_id, "utility", {"name": f"UTIL-{feed}", "voltage_v": 208.0, "feed": feed}
    )
    nodes[f"UPS-{feed}"] = service.add_node(
        session,
        site_id,
        "ups",
        {"name": f"UPS-{feed}", "rating_va": 100e3, "rating_w": 90e3} | common,
    )
    panel = {"name": f"RPP-{feed}3", "rating_a": 225.0, "spaces": 42, "layout": "nema"} | common
    nodes[f"RPP-{feed}3"] = service.add_node(session, site_id, "panel", panel)
    nodes[f"CB-{feed}"] = panel_service.add_breaker(
        session, nodes[f"RPP-{feed}3"], 1, 3, {"rating_a": 30.0, "destination": "Rack R07"}
    )
    pdu = {"name": f"PDU-{feed}1", "rating_a": 30.0, "rack_id": world.rack.id} | common
    nodes[f"PDU-{feed}1"] = service.add_node(session, site_id, "rack_pdu", pdu)
    for source, target in (("UTIL-", "UPS-"), ("UPS-", "RPP-"), ("CB-", "PDU-")):
        ends = {"UTIL-": "", "UPS-": "", "CB-": "", "RPP-": "3", "PDU-": "1"}
        one, other = f"{source}{feed}{ends[source]}", f"{target}{feed}{ends[target]}"
        link_service.add_link(session, nodes[one], nodes[other])
    for number, phases in ((1, "L1,L2"), (2, "L2,L3")):
        values = {"number": number, "connector": C13, "rating_a": 15.0, "phases": phases}
        world.outlets[f"{feed}{number}"] = outlet_service.add_outlet(
            session, nodes[f"PDU-{feed}1"], values
        )


def build_equipment(session: Session, world: World) -> None:
    """srv1 with two supplies on A1 and B2, sw1 with one on A2."""
    maker = Maker(name="Acme", slug="acme")
    session.add(maker)
    session.flush()
    ports = [
        TypePort(kind="power_inlet", name=name, connector=C14, maximum_w=1100.0)
        for name in ("PSU1", "PSU2")
    ]
    server = EquipmentType(
        maker_id=maker.id, model="S2", slug="acme-s2", height_half_u=4, ports=ports
    )
    session.add(server)
    session.flush()
    for name, type_id, budget in (("srv1", server.id, 2080.0), ("sw1", None, 500.0)):
        world.equipment[name] = Equipment(
            site_id=world.site.id,
            rack_id=world.rack.id,
            type_id=type_id,
            name=name,
            budget_w=budget,
        )
        session.add(world.equipment[name])
    session.flush()
    for inlet in outlet_service.ensure_inlets(session, world.equipment["srv1"]):
        world.inlets[f"srv1-{inlet.name}"] = inlet
    world.inlets["sw1-PSU1"] = outlet_service.add_inlet(
        session, world.equipment["sw1"], {"name": "PSU1", "connector": C14}
    )


@pytest.fixture
def world(records: Session) -> World:
    """The small plant with its cords: srv1 on A1 and B2, sw1 on A2."""
    made = build_place(records)
    build_feed(records, made, "A")
    build_feed(records, made, "B")
    build_equipment(records, made)
    for outlet, inlet in (("A1", "srv1-PSU1"), ("B2", "srv1-PSU2"), ("A2", "sw1-PSU1")):
        cord_service.connect(records, made.outlets[outlet], made.inlets[inlet])
    records.commit()
    return made


hosts = Blueprint("hosts_of_tabs", __name__)


@hosts.get("/host/<kind>/<int:id_>")
@signed_in
def host(kind: str, id_: int) -> str:
    """A page of another area, bare, so that the tabs are seen as that area shows them."""
    head = ObjectHead(ObjectRef(kind, id_), kind, f"{kind} {id_}")
    return render_object(head, {"overview": ("Overview", "web/object.html")})


@pytest.fixture
def readings() -> GivenReadings:
    """Readings as the test says them."""
    return GivenReadings()


@pytest.fixture
def app(settings: Settings, sessions: sessionmaker[Session], readings: GivenReadings) -> Flask:
    """The wired application over these readings."""
    made = create_app(settings, sessions, readings)
    made.config["TESTING"] = False
    made.register_blueprint(hosts)
    return made
