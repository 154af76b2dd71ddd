"""The one path by which equipment comes to stand somewhere: lock, judge, write claim and row."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from facilities.errors import Conflict, NotFound, Refused
from facilities.hosting import lifecycle
from facilities.hosting.models import Claim, Equipment, Rack
from facilities.hosting.placement import cells_of
from facilities.hosting.service_claims import (
    EQUIPMENT,
    HOLD,
    count_space,
    lock_space,
    raise_refusal,
    release,
    write_cells,
)
from facilities.hosting.service_judging import body_of, descendants, judge_load, judge_place
from facilities.hosting.values import Place


def settle(
    session: Session, equipment: Equipment, place: Place, at: datetime, *, weigh: bool = True
) -> tuple[str, ...]:
    """Put `equipment` at `place`, its children with it, and give its old place back.

    Writes claim, cells and row in the same transaction and bumps the capacity versions of all
    racks and sites concerned. weigh: whether the rack's weight limit may refuse it.
    Returns what could not be judged, in words. Raises Refused, Conflict, NotFound.
    """
    session.flush()
    parent = _parent(session, place)
    rack_id = parent.rack_id if parent else place.rack_id
    concerned = {id_ for id_ in (rack_id, equipment.rack_id) if id_ is not None}
    racks = lock_space(session, concerned, at) if concerned else {}
    rack = None if rack_id is None else racks[rack_id]
    if rack is not None:
        _check_open(equipment, rack)
    if place.over_hold_id is not None:
        _give_up_hold(session, place)
    verdicts = [judge_place(session, equipment, place, rack, parent, at)]
    if rack is not None and weigh:
        verdicts.append(judge_load(session, equipment, rack, at))
    for verdict in verdicts:
        raise_refusal(verdict)
    try:
        with session.begin_nested():
            _write_row(session, equipment, place, rack, parent)
            session.flush()
    except IntegrityError as error:
        raise Conflict(f"Bay {place.bay} was taken just now.", "bay", "SP-06") from error
    _write_claim(session, equipment, place, rack)
    return tuple(note for verdict in verdicts for note in verdict.notes)


def place_of(equipment: Equipment) -> Place:
    """Where it stands now."""
    return Place(
        rack_id=equipment.rack_id,
        start_half_u=equipment.start_half_u,
        face=equipment.face,
        lane=equipment.lane,
        channel=equipment.channel,
        channel_start_mm=equipment.channel_start_mm,
        parent_id=equipment.parent_id,
        bay=equipment.bay,
    )


def _parent(session: Session, place: Place) -> Equipment | None:
    if place.parent_id is None:
        return None
    parent = session.get(Equipment, place.parent_id)
    if parent is None:
        raise NotFound("There is no such parent equipment.")
    return parent


def _check_open(equipment: Equipment, rack: Rack) -> None:
    lifecycle.check_placed(equipment.status)
    if rack.status in lifecycle.CLOSED_RACKS and equipment.rack_id != rack.id:
        words = f"Rack {rack.name} is {rack.status}: nothing new goes into it."
        raise Refused(words, "rack_id")


def _give_up_hold(session: Session, place: Place) -> None:
    hold = session.get(Claim, place.over_hold_id)
    if hold is None or hold.kind != HOLD or hold.rack_id != place.rack_id:
        raise Conflict("This hold is no longer there; look again.", "over_hold_id", "SP-12")
    release(session, hold)


def _write_row(
    session: Session,
    equipment: Equipment,
    place: Place,
    rack: Rack | None,
    parent: Equipment | None,
) -> None:
    in_units = rack is not None and parent is None and equipment.height_half_u > 0
    in_channel = rack is not None and parent is None and equipment.height_half_u == 0
    equipment.parent_id = parent.id if parent else None
    equipment.bay = place.bay if parent else None
    equipment.start_half_u = place.start_half_u if in_units else None
    equipment.face, equipment.lane = place.face, place.lane
    equipment.channel = place.channel if in_channel else None
    equipment.channel_start_mm = place.channel_start_mm if in_channel else None
    site_id = rack.site_id if rack else parent.site_id if parent else equipment.site_id
    for piece in (equipment, *descendants(session, equipment)):
        piece.rack_id = rack.id if rack else None
        piece.site_id = site_id


def _write_claim(session: Session, equipment: Equipment, place: Place, rack: Rack | None) -> None:
    claim = session.scalar(select(Claim).where(Claim.equipment_id == equipment.id))
    if rack is None or equipment.start_half_u is None:
        if claim is not None:
            release(session, claim)
        return
    if claim is None:
        claim = Claim(kind=EQUIPMENT, equipment_id=equipment.id, site_id=0, rack_id=rack.id)
        session.add(claim)
    left = claim.rack_id
    claim.site_id, claim.rack_id = rack.site_id, rack.id
    claim.owner_id = equipment.owner_id
    cells = cells_of(equipment.start_half_u, body_of(equipment, place))
    write_cells(session, claim, sorted(cells))
    if left != rack.id:
        count_space(session, left)
