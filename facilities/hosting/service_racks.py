"""Racks: add and edit."""

from dataclasses import fields

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from facilities.errors import Conflict, NotFound, Refused
from facilities.hosting import lifecycle
from facilities.hosting.footprint import FACINGS, footprint
from facilities.hosting.models import Claim, ClaimCell, Equipment, Rack, RackType
from facilities.hosting.service_claims import count_space, numbering_of
from facilities.hosting.service_identity import check_rack
from facilities.hosting.units import WIDTHS_IN, unit_of
from facilities.hosting.values import RackFacts
from facilities.sites.models import RackRow, Room

TALLEST_U = 100
#: What a rack takes from its type when it is added.
OF_TYPE = (
    *("height_u", "width_in", "starting_unit", "desc_units"),
    *("outer_width_mm", "outer_depth_mm", "rail_depth_mm", "tare_kg", "static_limit_kg"),
)
#: (field, may be zero) of the measures that cannot be negative.
MEASURES = (
    *(("outer_width_mm", False), ("outer_depth_mm", False), ("rail_depth_mm", False)),
    *(("tare_kg", True), ("static_limit_kg", False), ("dynamic_limit_kg", False)),
    *(("transport_limit_kg", False), ("channel_length_mm", False), ("channel_slots", True)),
    *(("budget_w", True), ("blanked_u", True)),
)


def add_rack(session: Session, facts: RackFacts) -> Rack:
    """Add a rack to a room. Raises Refused, Conflict naming the rack that is there already."""
    rack = Rack(site_id=0)
    _check(session, facts, None)
    return _saved(session, rack, facts)


def edit_rack(session: Session, rack: Rack, facts: RackFacts) -> Rack:
    """Change a rack. Its units may only shrink above what stands in it."""
    lifecycle.check_step(lifecycle.RACK, rack.status, facts.status)
    _check(session, facts, rack.id)
    _check_held(session, rack, facts)
    return _saved(session, rack, facts)


def get_rack(session: Session, rack_id: int) -> Rack:
    """One rack. Raises NotFound."""
    rack = session.get(Rack, rack_id)
    if rack is None:
        raise NotFound("There is no such rack.")
    return rack


def facts_of_type(kind: RackType) -> dict[str, object]:
    """What a rack of this type starts with."""
    return {name: getattr(kind, name) for name in OF_TYPE}


def _check(session: Session, facts: RackFacts, rack_id: int | None) -> None:
    if not facts.name.strip():
        raise Refused("A rack needs a name.", "name")
    lifecycle.check_step(lifecycle.RACK, facts.status, facts.status)
    if not 1 <= facts.height_u <= TALLEST_U:
        raise Refused(f"A rack has 1 to {TALLEST_U} units.", "height_u", "SP-01")
    if facts.width_in not in WIDTHS_IN:
        widths = ", ".join(map(str, WIDTHS_IN))
        raise Refused(f"A rack is {widths} inches wide between its rails.", "width_in", "SP-01")
    if facts.facing not in FACINGS:
        raise Refused("A rack faces 0, 90, 180 or 270 degrees.", "facing")
    for name, zero in MEASURES:
        value = getattr(facts, name)
        if value is not None and (value < 0 or (value == 0 and not zero)):
            raise Refused("This must be more than zero; leave it empty if unknown.", name)
    kind = session.get(RackType, facts.type_id) if facts.type_id else None
    check_rack(session, facts.serial, kind.maker_id if kind else None, facts.asset_tag, rack_id)
    _check_place(session, facts, rack_id)


def _check_place(session: Session, facts: RackFacts, rack_id: int | None) -> None:
    room = session.get(Room, facts.room_id)
    if room is None:
        raise Refused("There is no such room.", "room_id")
    row = session.get(RackRow, facts.row_id) if facts.row_id else None
    if facts.row_id and (row is None or row.room_id != room.id):
        raise Refused(f"Room {room.code} has no such row.", "row_id")
    if facts.x_mm is None or facts.y_mm is None:
        if (facts.x_mm is None) != (facts.y_mm is None):
            missing = "x_mm" if facts.x_mm is None else "y_mm"
            raise Refused("Give both distances or none.", missing, "SP-09")
        return
    area = footprint(
        facts.x_mm, facts.y_mm, facts.outer_width_mm, facts.outer_depth_mm, facts.facing
    )
    if room.width_mm and room.depth_mm and not area.inside(room.width_mm, room.depth_mm):
        size = f"{room.width_mm} x {room.depth_mm} mm"
        raise Refused(f"This stands outside the room, which is {size}.", "x_mm", "SP-09")
    others = select(Rack).where(Rack.room_id == room.id, Rack.x_mm.is_not(None))
    for other in session.scalars(others.where(Rack.id != (rack_id or 0))):
        if other.y_mm is None or other.x_mm is None or other.status == "retired":
            continue
        there = footprint(
            other.x_mm, other.y_mm, other.outer_width_mm, other.outer_depth_mm, other.facing
        )
        if area.overlaps(there):
            raise Conflict(f"Rack {other.name} stands there already.", "x_mm", "SP-09")


def _check_held(session: Session, rack: Rack, facts: RackFacts) -> None:
    top = session.scalar(select(func.max(ClaimCell.half_u)).where(ClaimCell.rack_id == rack.id))
    if top is not None and top > 2 * facts.height_u:
        there = select(Equipment.name).join(Claim, Claim.equipment_id == Equipment.id)
        there = there.join(ClaimCell, ClaimCell.claim_id == Claim.id)
        there = there.where(ClaimCell.rack_id == rack.id, ClaimCell.half_u == top)
        name = session.scalar(there.limit(1)) or "a hold"
        label = numbering_of(rack).label(unit_of(top))
        words = f"{name} at U{label} stands above {facts.height_u} units; move it first."
        raise Conflict(words, "height_u", "SP-03")
    room = session.get_one(Room, facts.room_id)
    inside = select(Equipment.id).where(Equipment.rack_id == rack.id).limit(1)
    filled = session.scalar(inside) is not None
    if room.site_id != rack.site_id and filled:
        raise Conflict("A rack with equipment stays at its site; empty it first.", "room_id")
    if facts.status == "retired" and filled:
        raise Conflict("There is equipment in this rack; remove it first.", "status")


def _assign(session: Session, rack: Rack, facts: RackFacts) -> None:
    for item in fields(facts):
        setattr(rack, item.name, getattr(facts, item.name))
    rack.site_id = session.get_one(Room, facts.room_id).site_id


def _saved(session: Session, rack: Rack, facts: RackFacts) -> Rack:
    try:
        with session.begin_nested():
            _assign(session, rack, facts)
            session.add(rack)
            session.flush()
    except IntegrityError as error:
        if "asset_tag" in str(error.orig):
            raise Conflict(
                f"{facts.asset_tag} was given to another rack just now.", "asset_tag"
            ) from error
        words = f"This room has a rack {facts.name} already; choose another name."
        raise Conflict(words, "name", "UN-06") from error
    count_space(session, rack.id)
    session.refresh(rack)
    return rack
