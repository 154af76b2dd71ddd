"""Writes the demo site into an empty house, through the services where rules judge."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilities.accounts.history import act_as
from facilities.accounts.recorded import Actor
from facilities.db import now
from facilities.demo.dock_records import add_dock
from facilities.demo.people import add_people
from facilities.demo.power_records import add_cords, add_power
from facilities.demo.shapes import DemoPiece, DemoSite, DemoType
from facilities.demo.space import RACK_DEPTH_MM, RACK_WIDTH_MM
from facilities.hosting.models import EquipmentType, Maker, Rack, TypePort
from facilities.hosting.service_equipment import add_equipment
from facilities.hosting.values import EquipmentFacts, Place
from facilities.parties.models import Contact, Party
from facilities.sites.models import Building, Floor, RackRow, Room, Site

SEEDER = Actor("import", None, "demo site")


@dataclass(slots=True)
class Seeded:
    """Ids of what was written, by the keys of the description."""

    site_id: int = 0
    rooms: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    parties: dict[str, int] = field(default_factory=dict)
    types: dict[str, int] = field(default_factory=dict)
    racks: dict[str, int] = field(default_factory=dict)
    equipment: dict[str, int] = field(default_factory=dict)
    nodes: dict[str, int] = field(default_factory=dict)


def is_seeded(session: Session, site: DemoSite) -> bool:
    """True when the demo site is in the house already."""
    return session.scalar(select(Site.id).where(Site.code == site.code)) is not None


def seed(session: Session, site: DemoSite, passwords: Mapping[str, str]) -> Seeded:
    """All of it; commit makes it count. Call it once, on a house without the site."""
    act_as(session, SEEDER)
    add_people(session, dict(passwords))
    seeded = Seeded()
    _add_places(session, site, seeded)
    _add_parties(session, site, seeded)
    for kind in site.types:
        seeded.types[kind.key] = _add_type(session, kind)
    _add_racks(session, site, seeded)
    at = now()
    for piece in site.pieces:
        seeded.equipment[piece.name] = _add_piece(session, piece, seeded, at)
    seeded.nodes = add_power(session, site, seeded.site_id, seeded.rooms, seeded.racks)
    add_cords(session, site, seeded.site_id, seeded.nodes, seeded.equipment)
    add_dock(session, seeded.site_id, at)
    return seeded


def _add_places(session: Session, site: DemoSite, seeded: Seeded) -> None:
    row = Site(code=site.code, name=site.name, time_zone=site.time_zone, address=site.address)
    session.add(row)
    session.flush()
    building = Building(site_id=row.id, code="B1", name="Building 1")
    session.add(building)
    session.flush()
    floor = Floor(site_id=row.id, building_id=building.id, code="F1", name="Ground floor")
    session.add(floor)
    session.flush()
    seeded.site_id = row.id
    for item in site.rooms:
        room = Room(
            site_id=row.id,
            floor_id=floor.id,
            code=item.code,
            name=item.name,
            kind=item.kind,
            width_mm=item.width_mm,
            depth_mm=item.depth_mm,
            floor_limit_kg_m2=1223.66 if item.kind == "white_space" else None,
        )
        session.add(room)
        session.flush()
        seeded.rooms[item.code] = room.id
        for code in item.rows:
            line = RackRow(site_id=row.id, room_id=room.id, code=code, name=f"Row {code}")
            session.add(line)
            session.flush()
            seeded.rows[code] = line.id


def _add_parties(session: Session, site: DemoSite, seeded: Seeded) -> None:
    for item in site.parties:
        contact = Contact(name=item.contact, phone=item.phone, email=item.email)
        party = Party(kind=item.kind, name=item.name, code=item.code, contacts=[contact])
        session.add(party)
        session.flush()
        seeded.parties[item.name] = party.id


def _add_type(session: Session, kind: DemoType) -> int:
    maker = session.scalar(select(Maker).where(Maker.name == kind.maker))
    if maker is None:
        maker = Maker(name=kind.maker, slug=kind.maker.lower())
        session.add(maker)
        session.flush()
    row = EquipmentType(
        maker_id=maker.id,
        model=kind.model,
        slug=f"{kind.maker}-{kind.model}".lower().replace(" ", "-"),
        height_half_u=kind.height_half_u,
        full_depth=kind.full_depth,
        depth_mm=kind.depth_mm,
        weight_kg=kind.weight_kg,
        rated_w=kind.rated_w,
        airflow="rear-to-front" if kind.face == "rear" else "front-to-rear",
        source="demo site",
        ports=[
            TypePort(kind="power_inlet", name=p.name, connector=p.connector, maximum_w=p.watts)
            for p in kind.inlets
        ],
    )
    session.add(row)
    session.flush()
    return row.id


def _add_racks(session: Session, site: DemoSite, seeded: Seeded) -> None:
    for item in site.racks:
        rack = Rack(
            site_id=seeded.site_id,
            room_id=seeded.rooms[item.room],
            row_id=seeded.rows[item.row],
            owner_id=seeded.parties[item.owner] if item.owner else None,
            name=item.name,
            height_u=item.height_u,
            outer_width_mm=RACK_WIDTH_MM,
            outer_depth_mm=RACK_DEPTH_MM,
            rail_depth_mm=820.0,
            tare_kg=125.0,
            static_limit_kg=1360.0,
            x_mm=item.x_mm,
            y_mm=item.y_mm,
            facing=item.facing,
        )
        session.add(rack)
        session.flush()
        seeded.racks[item.name] = rack.id


def _add_piece(session: Session, piece: DemoPiece, seeded: Seeded, at: datetime) -> int:
    facts = EquipmentFacts(
        name=piece.name,
        type_id=seeded.types[piece.type.key],
        owner_id=seeded.parties[piece.owner],
        serial=piece.serial,
        asset_tag=piece.asset_tag,
        budget_w=piece.type.peak_w,
    )
    place = Place(
        rack_id=seeded.racks[piece.rack], start_half_u=2 * piece.unit - 1, face=piece.type.face
    )
    return add_equipment(session, facts, place, at).equipment.id


def demo_folder(data_dir: Path) -> Path:
    """Where the demo keeps its sign-ins and the addresses of its devices."""
    return data_dir / "demo"
