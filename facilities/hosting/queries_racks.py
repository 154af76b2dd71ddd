"""Reads racks for pages and lists: filters, links, sums by room and site."""

from collections.abc import Collection, Mapping, Sequence

from flask import url_for
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from facilities.accounts.permissions import Permission
from facilities.hosting.models import Rack, RackType
from facilities.parties.models import Party
from facilities.readings import ObjectRef
from facilities.sites.models import Building, Floor, Room
from facilities.sites.queries import contains, crumbs_of_room, place_of_room, within
from facilities.web.registry import KeyFact, ObjectLink, Viewer

VIEW = Permission.RACKS_VIEW


def rack_place() -> Sequence[_AbstractLoad]:
    """Load a rack's row, room, floor, building, site and owner with it."""
    inner = joinedload(Rack.room).joinedload(Room.floor).joinedload(Floor.building)
    return (inner.joinedload(Building.site), joinedload(Rack.row), joinedload(Rack.owner))


def racks_seen(viewer: Viewer, asked: Mapping[str, str]) -> Select[Rack]:
    """Racks this person may see, filtered as a list page is: q, site, room, row, status, owner."""
    found = select(Rack).where(*within(Rack.site_id, viewer, VIEW))
    columns = {"site": Rack.site_id, "room": Rack.room_id, "row": Rack.row_id}
    for key, column in (columns | {"owner": Rack.owner_id}).items():
        if (value := asked.get(key, "")).isdigit():
            found = found.where(column == int(value))
    if status := asked.get("status"):
        found = found.where(Rack.status == status)
    if text := asked.get("q", "").strip():
        texts = (Rack.name, Rack.serial, Rack.asset_tag)
        found = found.where(or_(*(contains(column, text) for column in texts)))
    return found.options(*rack_place()).order_by(Rack.name, Rack.id)


def racks_of_room(session: Session, room_id: int) -> Sequence[Rack]:
    """Every rack of a room but retired ones."""
    wanted = select(Rack).where(Rack.room_id == room_id, Rack.status != "retired")
    return session.scalars(wanted.order_by(Rack.name)).all()


def racks_of_row(session: Session, row_id: int) -> Sequence[Rack]:
    """Every rack of a row in the order in which they stand."""
    wanted = select(Rack).where(Rack.row_id == row_id, Rack.status != "retired")
    return session.scalars(wanted.order_by(Rack.x_mm, Rack.y_mm, Rack.name)).all()


def crumbs_of_rack(rack: Rack) -> list[tuple[str, str]]:
    """site / building / floor / room / row."""
    found = crumbs_of_room(rack.room)
    if rack.row is not None:
        found.append((f"Row {rack.row.code}", url_for("sites.row", row_id=rack.row.id)))
    return found


def place_of_rack(rack: Rack) -> str:
    """`BER1 / Main / Ground / Hall 1 / Row A`."""
    return place_of_room(rack.room) + (f" / Row {rack.row.code}" if rack.row else "")


def find_racks(session: Session, ids: Collection[int]) -> Mapping[int, ObjectLink]:
    """Links of racks."""
    rows = session.scalars(select(Rack).where(Rack.id.in_(ids)).options(*rack_place()))
    return {
        rack.id: ObjectLink(
            ObjectRef("rack", rack.id),
            rack.name,
            url_for("hosting.rack", rack_id=rack.id),
            place_of_rack(rack),
            rack.site_id,
        )
        for rack in rows
    }


def space_by_room(session: Session, ids: Collection[int]) -> Mapping[int, Sequence[KeyFact]]:
    """Racks, free units and largest run of rooms, for lists."""
    return _space(session, ids, by_site=False)


def space_by_site(session: Session, ids: Collection[int]) -> Mapping[int, Sequence[KeyFact]]:
    """Racks, free units and largest run of sites, for lists."""
    return _space(session, ids, by_site=True)


def _space(
    session: Session, ids: Collection[int], *, by_site: bool
) -> Mapping[int, Sequence[KeyFact]]:
    key = Rack.site_id if by_site else Rack.room_id
    sums = (
        func.count(),
        func.sum(2 * Rack.height_u - Rack.used_half_u),
        func.max(Rack.largest_run_half_u),
    )
    grouped = select(key, *sums).where(key.in_(ids), Rack.status != "retired").group_by(key)
    found = {row[0]: (row[1], row[2], row[3]) for row in session.execute(grouped)}
    return {id_: space_facts(*found.get(id_, (0, 0, 0))) for id_ in ids}


def space_facts(racks: int, free_half_u: int, largest_half_u: int) -> Sequence[KeyFact]:
    """The three facts of a room or site; a dash where there is no rack to have any."""
    if not racks:
        return (KeyFact("Racks", "0"), KeyFact("U free", "–"), KeyFact("Largest run", "–"))
    return (
        KeyFact("Racks", str(racks)),
        KeyFact("U free", f"{free_half_u / 2:g}"),
        KeyFact("Largest run", f"{largest_half_u / 2:g}U"),
    )


def owners(session: Session) -> Sequence[Party]:
    """Who may own racks and equipment."""
    kinds = ("customer", "department")
    wanted = select(Party).where(Party.kind.in_(kinds), Party.active)
    return session.scalars(wanted.order_by(Party.name)).all()


def rack_types(session: Session) -> Sequence[RackType]:
    """Every rack type by maker and model."""
    wanted = select(RackType).options(joinedload(RackType.maker))
    return sorted(session.scalars(wanted), key=lambda kind: (kind.maker.name, kind.model))
