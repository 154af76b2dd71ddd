"""Reads sites and rooms for pages and lists; links and crumbs."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from facilities.accounts.permissions import Permission
from facilities.readings import ObjectRef
from facilities.sites.models import Building, Floor, RackRow, Room, Site
from facilities.web.registry import Hit, ObjectLink, Viewer

Crumb = tuple[str, str]


def within(
    column: InstrumentedAttribute[int], viewer: Viewer, permission: str
) -> list[ColumnElement[bool]]:
    """The WHERE that keeps a list to the sites where this person has the permission."""
    sites = viewer.sites_for(permission)
    return [] if sites is None else [column.in_(sites)]


def contains(column: InstrumentedAttribute[Any], text: str) -> ColumnElement[bool]:
    """The WHERE for a text anywhere in a column, case ignored; % and _ are plain letters."""
    return func.lower(column).contains(text.lower(), autoescape=True)


def sites_seen(viewer: Viewer) -> Select[Site]:
    """Every site that this person may see, by code."""
    seen = select(Site).where(*within(Site.id, viewer, Permission.SITES_VIEW))
    return seen.order_by(Site.code)


def rooms_seen(viewer: Viewer, site_id: int | None = None, text: str = "") -> Select[Room]:
    """Every room that this person may see, with its floor, building and site."""
    seen = select(Room).where(*within(Room.site_id, viewer, Permission.SITES_VIEW))
    if site_id is not None:
        seen = seen.where(Room.site_id == site_id)
    if text:
        seen = seen.where(or_(contains(Room.code, text), contains(Room.name, text)))
    return seen.options(room_place()).order_by(Room.site_id, Room.code, Room.id)


def room_place() -> ORMOption:
    """Load a room's floor, building and site with it."""
    return joinedload(Room.floor).joinedload(Floor.building).joinedload(Building.site)


def tree(session: Session, site_id: int) -> Sequence[Building]:
    """The buildings of a site with floors, rooms and rows, in four statements."""
    inner = selectinload(Building.floors).selectinload(Floor.rooms).selectinload(Room.rows)
    wanted = select(Building).where(Building.site_id == site_id).order_by(Building.code)
    return session.scalars(wanted.options(inner)).all()


def counts(session: Session, site_ids: Collection[int]) -> Mapping[int, tuple[int, int]]:
    """Site id -> (buildings, rooms), in two statements."""
    found: list[dict[int, int]] = []
    for model in (Building, Room):
        grouped = select(model.site_id, func.count()).where(model.site_id.in_(site_ids))
        pairs = session.execute(grouped.group_by(model.site_id))
        found.append({row[0]: row[1] for row in pairs})
    return {id_: (found[0].get(id_, 0), found[1].get(id_, 0)) for id_ in site_ids}


def crumbs_of_site(site: Site) -> list[Crumb]:
    """From the site down."""
    return [(site.code, url_for("sites.site", site_id=site.id))]


def crumbs_of_room(room: Room, *, itself: bool = True) -> list[Crumb]:
    """site / building / floor / room."""
    building = room.floor.building
    found = crumbs_of_site(building.site)
    page = url_for("sites.site", site_id=building.site_id)
    found.append((building.name, f"{page}#building-{building.id}"))
    found.append((room.floor.name, f"{page}#floor-{room.floor_id}"))
    if itself:
        found.append((room.name, url_for("sites.room", room_id=room.id)))
    return found


def place_of_room(room: Room) -> str:
    """`BER1 / Main / Ground / Hall 1`."""
    building = room.floor.building
    return f"{building.site.code} / {building.name} / {room.floor.name} / {room.name}"


def find_sites(session: Session, ids: Collection[int]) -> Mapping[int, ObjectLink]:
    """Links of sites."""
    rows = session.scalars(select(Site).where(Site.id.in_(ids)))
    return {
        s.id: _link("site", s.id, s.name, url_for("sites.site", site_id=s.id), s.id) for s in rows
    }


def find_buildings(session: Session, ids: Collection[int]) -> Mapping[int, ObjectLink]:
    """Links of buildings: their part of the site's page."""
    rows = session.scalars(select(Building).where(Building.id.in_(ids)))
    return {b.id: _on_site("building", b) for b in rows}


def find_floors(session: Session, ids: Collection[int]) -> Mapping[int, ObjectLink]:
    """Links of floors: their part of the site's page."""
    rows = session.scalars(select(Floor).where(Floor.id.in_(ids)))
    return {f.id: _on_site("floor", f) for f in rows}


def find_rooms(session: Session, ids: Collection[int]) -> Mapping[int, ObjectLink]:
    """Links of rooms."""
    rows = session.scalars(select(Room).where(Room.id.in_(ids)).options(room_place()))
    return {r.id: link_of_room(r) for r in rows}


def find_rows(session: Session, ids: Collection[int]) -> Mapping[int, ObjectLink]:
    """Links of rows of racks."""
    inner = joinedload(RackRow.room).joinedload(Room.floor).joinedload(Floor.building)
    wanted = select(RackRow).where(RackRow.id.in_(ids)).options(inner.joinedload(Building.site))
    return {
        row.id: ObjectLink(
            ObjectRef("row", row.id),
            f"Row {row.code}",
            url_for("sites.row", row_id=row.id),
            place_of_room(row.room),
            row.site_id,
        )
        for row in session.scalars(wanted)
    }


def link_of_room(room: Room) -> ObjectLink:
    """The link of a loaded room."""
    page = url_for("sites.room", room_id=room.id)
    return ObjectLink(
        ObjectRef("room", room.id), room.name, page, place_of_room(room), room.site_id
    )


def search(session: Session, viewer: Viewer, text: str, limit: int) -> Sequence[Hit]:
    """Sites and rooms by code or name."""
    sites = sites_seen(viewer).where(or_(contains(Site.code, text), contains(Site.name, text)))
    hits = [
        Hit(ObjectRef("site", s.id), s.name, url_for("sites.site", site_id=s.id), s.code)
        for s in session.scalars(sites.limit(limit))
    ]
    for room in session.scalars(rooms_seen(viewer, text=text).limit(limit)):
        link = link_of_room(room)
        hits.append(Hit(link.ref, f"{room.code} {room.name}", link.url, link.place, rank=3))
    return hits


def _link(kind: str, id_: int, label: str, url: str, site_id: int) -> ObjectLink:
    return ObjectLink(ObjectRef(kind, id_), label, url, site_id=site_id)


def _on_site(kind: str, row: Building | Floor) -> ObjectLink:
    page = url_for("sites.site", site_id=row.site_id)
    return _link(kind, row.id, row.name, f"{page}#{kind}-{row.id}", row.site_id)
