"""Loads what the placement, channel, nesting and weight rules ask for, and asks them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from facilities.errors import Refused
from facilities.hosting import weight
from facilities.hosting.channels import Channel, Strip, judge_channel
from facilities.hosting.models import Claim, Equipment, EquipmentType, Rack
from facilities.hosting.nesting import Parent, judge_child
from facilities.hosting.placement import Body, Outcome, Verdict, judge
from facilities.hosting.service_claims import as_occupant, frame_of, occupants
from facilities.hosting.units import height_mm
from facilities.hosting.values import Place

#: How deep parents may nest; a chassis on a shelf with a blade with a card is four.
DEEPEST = 8
BAY = "device_bay"
Children = dict[int | None, list[Equipment]]


def body_of(equipment: Equipment, place: Place) -> Body:
    """The equipment as the placement rules see it at a place."""
    return Body(
        height_half_u=equipment.height_half_u,
        face=place.face,
        full_depth=equipment.full_depth,
        lane=place.lane,
        depth_mm=equipment.depth_mm,
    )


def channel_of(rack: Rack) -> Channel:
    """The side channels of a rack; as long as its units are high unless it says otherwise."""
    return Channel(rack.channel_length_mm or height_mm(rack.height_u), rack.channel_slots)


def pieces_of(session: Session, rack_id: int) -> Sequence[Equipment]:
    """Everything in a rack, children included."""
    return session.scalars(select(Equipment).where(Equipment.rack_id == rack_id)).all()


def judge_units(
    session: Session,
    rack: Rack,
    body: Body,
    start_half_u: int,
    at: datetime,
    without: int | None = None,
) -> Verdict:
    """Whether a body may stand in units of a rack; `without`: the equipment that would move."""
    claims = occupants(session, [rack.id], at)[rack.id]
    there = [as_occupant(c) for c in claims if without is None or c.equipment_id != without]
    return judge(frame_of(rack), body, start_half_u, there)


def judge_place(
    session: Session,
    equipment: Equipment,
    place: Place,
    rack: Rack | None,
    parent: Equipment | None,
    at: datetime,
) -> Verdict:
    """Whether equipment may stand at a place: in a parent, in a channel, in units, or nowhere."""
    if parent is not None:
        return _judge_in_parent(session, equipment, place, parent)
    if rack is None:
        return Verdict(Outcome.OK)
    if equipment.height_half_u == 0:
        return _judge_in_channel(session, equipment, place, rack)
    if place.start_half_u is None:
        raise Refused("Say at which unit it stands.", "position_u", "SP-03")
    body = body_of(equipment, place)
    return judge_units(session, rack, body, place.start_half_u, at, without=equipment.id)


def judge_load(session: Session, equipment: Equipment, rack: Rack, at: datetime) -> Verdict:
    """Whether the rack carries what is in it, what is held in it, and this piece (SP-07)."""
    pieces = {piece.id: piece for piece in pieces_of(session, rack.id)}
    pieces |= {piece.id: piece for piece in (equipment, *descendants(session, equipment))}
    claims = occupants(session, [rack.id], at)[rack.id]
    return weight.judge_weight(rack_weight(pieces.values(), claims), rack.static_limit_kg)


def rack_weight(pieces: Iterable[Equipment], claims: Iterable[Claim] = ()) -> weight.Sum:
    """The payload of a rack: each piece once, children within their parents, holds as used."""
    children: Children = {}
    by_id = {piece.id: piece for piece in pieces}
    for piece in by_id.values():
        parent = piece.parent_id if piece.parent_id in by_id else None
        children.setdefault(parent, []).append(piece)
    found = sum((_rolled(root, children) for root in children.get(None, ())), weight.NOTHING)
    held = [claim.weight_kg for claim in claims if claim.equipment_id is None]
    return found + weight.total([kg for kg in held if kg is not None])


def descendants(session: Session, equipment: Equipment) -> list[Equipment]:
    """Its children, their children and so on; one statement a level."""
    found: list[Equipment] = []
    level: Sequence[int] = [equipment.id]
    for _ in range(DEEPEST):
        rows = session.scalars(select(Equipment).where(Equipment.parent_id.in_(level))).all()
        if not rows:
            return found
        found += rows
        level = [row.id for row in rows]
    raise Refused(f"Equipment nests at most {DEEPEST} deep.", "parent_id", "SP-06")


def bays_of(session: Session, parent: Equipment) -> list[str]:
    """The bays that the parent's type names; none for a shelf or an unknown type."""
    if parent.type_id is None:
        return []
    kind = session.get_one(
        EquipmentType, parent.type_id, options=[selectinload(EquipmentType.ports)]
    )
    return [port.name for port in kind.ports if port.kind == BAY]


def _rolled(piece: Equipment, children: Children) -> weight.Sum:
    inner = [_rolled(child, children) for child in children.get(piece.id, ())]
    return weight.rolled_up(piece.weight_kg, inner, own_has_children=piece.weight_with_children)


def _judge_in_parent(
    session: Session, equipment: Equipment, place: Place, parent: Equipment
) -> Verdict:
    siblings = session.scalars(select(Equipment).where(Equipment.parent_id == parent.id))
    filled = {s.bay: s.name for s in siblings if s.bay and s.id != equipment.id}
    ancestors, above = [], parent
    while above is not None and above.id not in ancestors:
        ancestors.append(above.id)
        above = above.parent  # type: ignore[assignment]
    if len(ancestors) > DEEPEST:
        raise Refused(f"Equipment nests at most {DEEPEST} deep.", "parent_id", "SP-06")
    bays = bays_of(session, parent)
    carrier = Parent(parent.id, parent.name, parent.depth_mm, bays, filled, ancestors)
    return judge_child(carrier, equipment.id, place.bay, equipment.depth_mm)


def _judge_in_channel(session: Session, equipment: Equipment, place: Place, rack: Rack) -> Verdict:
    others = pieces_of(session, rack.id)
    beside = [strip_of(other) for other in others if other.channel and other.id != equipment.id]
    strip = Strip(equipment.name, place.channel or "", place.channel_start_mm, equipment.length_mm)
    return judge_channel(channel_of(rack), strip, beside)


def strip_of(piece: Equipment) -> Strip:
    """A 0U piece as the channel rule sees it."""
    return Strip(piece.name, piece.channel or "", piece.channel_start_mm, piece.length_mm)
