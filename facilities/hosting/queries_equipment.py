"""Reads equipment and its types for pages and lists; finds things by what people type."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from facilities.accounts.permissions import Permission
from facilities.errors import Refused
from facilities.hosting.models import Equipment, EquipmentType, Maker, Rack
from facilities.hosting.queries_racks import place_of_rack, rack_place
from facilities.hosting.service_claims import numbering_of
from facilities.parties.models import Party
from facilities.readings import ObjectRef
from facilities.sites.models import Room, Site
from facilities.sites.queries import contains, within
from facilities.web.registry import Hit, ObjectLink, Viewer

VIEW = Permission.RACKS_VIEW
#: A scanned serial or tag opens the object at once; these columns are compared whole.
EXACT_RANK, NAME_RANK, PART_RANK = 0, 2, 5


def equipment_seen(viewer: Viewer, asked: Mapping[str, str]) -> Select[Equipment]:
    """Equipment this person may see, filtered as a list page is: q, site, room, rack, type,
    status, owner; whatever was disposed of only when it is asked for."""
    found = select(Equipment).where(*within(Equipment.site_id, viewer, VIEW))
    columns: dict[str, InstrumentedAttribute[Any]] = {
        "site": Equipment.site_id,
        "rack": Equipment.rack_id,
        "type": Equipment.type_id,
        "owner": Equipment.owner_id,
    }
    for key, column in columns.items():
        if (value := asked.get(key, "")).isdigit():
            found = found.where(column == int(value))
    if (room := asked.get("room", "")).isdigit():
        in_room = select(Rack.id).where(Rack.room_id == int(room))
        found = found.where(Equipment.rack_id.in_(in_room))
    status = asked.get("status", "")
    found = found.where(Equipment.status == status if status else Equipment.status != "disposed")
    if text := asked.get("q", "").strip():
        found = found.where(or_(*(contains(c, text) for c in _texts())))
    loads = (
        joinedload(Equipment.rack).options(*rack_place()),
        joinedload(Equipment.type).joinedload(EquipmentType.maker),
        joinedload(Equipment.owner),
    )
    return found.options(*loads).order_by(Equipment.name, Equipment.id)


def _texts() -> tuple[InstrumentedAttribute[Any], ...]:
    return (Equipment.name, Equipment.serial, Equipment.asset_tag)


def types_seen(asked: Mapping[str, str]) -> Select[EquipmentType]:
    """Equipment types, filtered by q and maker."""
    found = select(EquipmentType).join(Maker)
    if (maker := asked.get("maker", "")).isdigit():
        found = found.where(EquipmentType.maker_id == int(maker))
    for word in asked.get("q", "").split():
        texts = (EquipmentType.model, EquipmentType.part_number, Maker.name)
        found = found.where(or_(*(contains(column, word) for column in texts)))
    loaded = found.options(joinedload(EquipmentType.maker))
    return loaded.order_by(Maker.name, EquipmentType.model, EquipmentType.id)


def makers(session: Session) -> Sequence[Maker]:
    """Makers that have equipment types."""
    used = select(EquipmentType.maker_id).distinct()
    return session.scalars(select(Maker).where(Maker.id.in_(used)).order_by(Maker.name)).all()


def position_words(equipment: Equipment) -> str:
    """`U10-11 front`, `rear-left channel`, `bay 3 of chassis-1`, `in no rack`."""
    if equipment.parent_id is not None:
        bay = equipment.bay or ""
        named = bay if bay.lower().startswith(("bay", "slot", "node")) else f"bay {bay}"
        return named if bay else "in its parent"
    if equipment.rack is None:
        return "in no rack"
    if equipment.start_half_u is None:
        return f"{equipment.channel} channel" if equipment.channel else "in the rack"
    span = numbering_of(equipment.rack).words(equipment.start_half_u, equipment.height_half_u)
    side = "" if equipment.full_depth else f" {equipment.face}"
    lane = "" if equipment.lane == "full" else f", {equipment.lane} half"
    return f"{span}{side}{lane}"


def place_words(equipment: Equipment) -> str:
    """Rack and position in one line."""
    if equipment.rack is None:
        return "in no rack"
    return f"{place_of_rack(equipment.rack)} / {equipment.rack.name}, {position_words(equipment)}"


def find_equipment(session: Session, ids: Collection[int]) -> Mapping[int, ObjectLink]:
    """Links of equipment."""
    wanted = select(Equipment).where(Equipment.id.in_(ids))
    rows = session.scalars(wanted.options(joinedload(Equipment.rack).options(*rack_place())))
    return {
        piece.id: ObjectLink(
            ObjectRef("equipment", piece.id),
            piece.name,
            url_for("hosting.equipment", equipment_id=piece.id),
            place_words(piece),
            piece.site_id,
        )
        for piece in rows
    }


def find_types(session: Session, ids: Collection[int]) -> Mapping[int, ObjectLink]:
    """Links of equipment types."""
    wanted = select(EquipmentType).where(EquipmentType.id.in_(ids))
    rows = session.scalars(wanted.options(joinedload(EquipmentType.maker)))
    return {
        kind.id: ObjectLink(
            ObjectRef("equipment_type", kind.id),
            type_words(kind),
            url_for("hosting.equipment_type", type_id=kind.id),
        )
        for kind in rows
    }


def type_words(kind: EquipmentType) -> str:
    """`Acme S2`."""
    return f"{kind.maker.name} {kind.model}"


def search(session: Session, viewer: Viewer, text: str, limit: int) -> Sequence[Hit]:
    """Equipment, racks and types; a whole serial or asset tag first."""
    hits: list[Hit] = []
    for piece in session.scalars(equipment_seen(viewer, {"q": text}).limit(limit)):
        url = url_for("hosting.equipment", equipment_id=piece.id)
        detail = ", ".join(w for w in (piece.serial, piece.asset_tag, place_words(piece)) if w)
        hits.append(_hit("equipment", piece, text, url, detail))
    racks = select(Rack).where(*within(Rack.site_id, viewer, VIEW)).options(*rack_place())
    texts = (Rack.name, Rack.serial, Rack.asset_tag)
    racks = racks.where(or_(*(contains(column, text) for column in texts))).order_by(Rack.name)
    for rack in session.scalars(racks.limit(limit)):
        url = url_for("hosting.rack", rack_id=rack.id)
        hits.append(_hit("rack", rack, text, url, place_of_rack(rack)))
    for kind in session.scalars(types_seen({"q": text}).limit(limit)):
        url = url_for("hosting.equipment_type", type_id=kind.id)
        ref = ObjectRef("equipment_type", kind.id)
        hits.append(Hit(ref, type_words(kind), url, kind.part_number or "type", rank=8))
    return hits


def _hit(kind: str, row: Equipment | Rack, text: str, url: str, detail: str) -> Hit:
    asked = text.lower()
    exact = asked in {(row.serial or "").lower(), (row.asset_tag or "").lower()}
    rank = EXACT_RANK if exact else NAME_RANK if row.name.lower() == asked else PART_RANK
    return Hit(ObjectRef(kind, row.id), row.name, url, detail, exact, rank)


def rack_by_text(session: Session, viewer: Viewer, text: str, field: str = "rack_id") -> Rack:
    """The rack that a person means: its name, `ROOM/RACK`, `SITE/ROOM/RACK` or its asset tag.

    Raises Refused when there is none, or several of the name.
    """
    *above, name = [part.strip() for part in text.split("/")]
    wanted = select(Rack).where(*within(Rack.site_id, viewer, VIEW))
    tagged = func.lower(Rack.asset_tag) == text.lower()
    named = func.lower(Rack.name) == name.lower()
    if above:
        rooms = select(Room.id).join(Site, Site.id == Room.site_id)
        rooms = rooms.where(func.lower(Room.code) == above[-1].lower())
        if len(above) > 1:
            rooms = rooms.where(func.lower(Site.code) == above[-2].lower())
        named = named & Rack.room_id.in_(rooms)
    found = session.scalars(wanted.where(or_(tagged, named)).options(*rack_place()).limit(5)).all()
    if not found:
        raise Refused(f"There is no rack called {text!r}; choose one from the list.", field)
    if len(found) > 1:
        ways = ", ".join(rack_text(rack) for rack in found)
        raise Refused(f"Several racks are called {name}: write {ways}.", field)
    return found[0]


def rack_text(rack: Rack) -> str:
    """How a rack is written so that it is the only one: `SITE/ROOM/RACK`."""
    return f"{rack.room.floor.building.site.code}/{rack.room.code}/{rack.name}"


def equipment_by_text(
    session: Session, viewer: Viewer, text: str, field: str = "parent_id"
) -> Equipment:
    """The equipment that a person means: its asset tag, serial or name. Raises Refused."""
    wanted = select(Equipment).where(*within(Equipment.site_id, viewer, VIEW))
    for column in (Equipment.asset_tag, Equipment.serial, Equipment.name):
        found = session.scalars(wanted.where(func.lower(column) == text.lower()).limit(2)).all()
        if len(found) == 1:
            return found[0]
        if found:
            words = f"Several pieces are called {text}: write the serial or asset tag."
            raise Refused(words, field)
    raise Refused(f"There is no equipment called {text!r}.", field)


def type_by_text(session: Session, text: str, field: str = "type_id") -> EquipmentType:
    """The equipment type that a person means: its slug, or `Maker Model`. Raises Refused."""
    same = or_(
        func.lower(EquipmentType.slug) == text.lower(),
        func.lower(Maker.name + " " + EquipmentType.model) == text.lower(),
    )
    wanted = select(EquipmentType).join(Maker).where(same)
    found = session.scalars(wanted.options(joinedload(EquipmentType.maker)).limit(1)).first()
    if found is None:
        words = f"There is no equipment type {text!r}; choose one from the list or leave it empty."
        raise Refused(words, field)
    return found


def owner_name(owner: Party | None) -> str:
    """The owner's name or nothing."""
    return owner.name if owner else ""
