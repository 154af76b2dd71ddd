"""Equipment: add, edit, move, remove, status. Every place goes through `service_placing.settle`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import datetime
from itertools import pairwise

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from facilities.errors import Conflict, NotFound, Refused
from facilities.hosting import lifecycle
from facilities.hosting.models import Equipment, EquipmentType, Rack
from facilities.hosting.service_identity import check_equipment
from facilities.hosting.service_judging import descendants
from facilities.hosting.service_placing import place_of, settle
from facilities.hosting.values import NOWHERE, EquipmentFacts, Place

#: Height, depth and the like: an edit of one of them is judged as a move to the same place.
SHAPE = ("height_half_u", "full_depth", "depth_mm", "length_mm")
DEFAULT_HEIGHT = 2
INSTALLED = frozenset({"installed", "active"})


@dataclass(frozen=True, slots=True)
class Placed:
    """The equipment, and what could not be judged about its place, in words."""

    equipment: Equipment
    notes: tuple[str, ...] = ()


def add_equipment(
    session: Session,
    facts: EquipmentFacts,
    place: Place,
    at: datetime,
    site_id: int | None = None,
) -> Placed:
    """Add a piece and put it at its place; what the type says fills what `facts` leave open.

    site_id: needed only for what stands in no rack. Raises Refused, Conflict (naming what is in
    the way, or who has the serial or asset tag), NotFound.
    """
    lifecycle.check_step(lifecycle.EQUIPMENT, facts.status, facts.status)
    if facts.status == "disposed":
        raise Refused("What is disposed of is not added; remove it after adding.", "status")
    kind = _type(session, facts.type_id)
    facts = _filled(facts, kind)
    _check_facts(facts)
    check_equipment(session, facts.serial, kind.maker_id if kind else None, facts.asset_tag)
    equipment = Equipment(site_id=_site(session, place, site_id), created_at=at, moved_at=at)
    if facts.status in INSTALLED:
        equipment.installed_at = at
    with _saving(session, facts):
        _assign(equipment, facts, kind)
        session.add(equipment)
    notes = settle(session, equipment, place, at)
    session.refresh(equipment)
    return Placed(equipment, notes)


def edit_equipment(
    session: Session, equipment: Equipment, facts: EquipmentFacts, at: datetime
) -> Placed:
    """Change what is known of a piece; a new height, depth or length is judged at its place.

    Weight corrections are never refused here: the rack page shows a limit that is passed.
    """
    lifecycle.check_step(lifecycle.EQUIPMENT, equipment.status, facts.status)
    if equipment.rack_id is not None and facts.status not in lifecycle.PLACED:
        words = f"To make it {facts.status}, remove it from its rack: that frees its place."
        raise Refused(words, "status")
    kind = _type(session, facts.type_id)
    facts = _filled(facts, kind)
    _check_facts(facts)
    maker_id = kind.maker_id if kind else None
    check_equipment(session, facts.serial, maker_id, facts.asset_tag, equipment.id)
    reshaped = any(getattr(equipment, name) != getattr(facts, name) for name in SHAPE)
    owned = equipment.owner_id != facts.owner_id
    with _saving(session, facts):
        _note_installed(equipment, facts.status, at)
        _assign(equipment, facts, kind)
    notes: tuple[str, ...] = ()
    if equipment.rack_id is not None and (reshaped or owned):
        notes = settle(session, equipment, place_of(equipment), at, weigh=False)
    session.refresh(equipment)
    return Placed(equipment, notes)


def move_equipment(
    session: Session, equipment: Equipment, place: Place, at: datetime, status: str | None = None
) -> Placed:
    """Move a piece, its children with it: one transaction that frees and takes.

    status: what it becomes with the move; what was removed or received becomes installed.
    """
    if status is None and place != NOWHERE:
        status = equipment.status if equipment.status in lifecycle.PLACED else "installed"
    status = status or equipment.status
    lifecycle.check_step(lifecycle.EQUIPMENT, equipment.status, status)
    _note_installed(equipment, status, at)
    equipment.status = status
    equipment.moved_at = at
    notes = settle(session, equipment, place, at)
    session.refresh(equipment)
    return Placed(equipment, notes)


def remove_equipment(
    session: Session, equipment: Equipment, at: datetime, status: str = "removed"
) -> Equipment:
    """Take a piece, its children in it, out of its rack: the claim is released, the row stays.

    status: removed, received (back in storage) or disposed.
    """
    if status not in lifecycle.GONE:
        ways = ", ".join(lifecycle.GONE)
        raise Refused(f"What leaves its rack becomes one of {ways}.", "status")
    steps = [equipment.status, status]
    if status != "removed" and equipment.status in lifecycle.PLACED:
        steps.insert(1, "removed")  # everything leaves by way of removed
    for before, after in pairwise(steps):
        lifecycle.check_step(lifecycle.EQUIPMENT, before, after)
    settle(session, equipment, NOWHERE, at)
    for piece in (equipment, *descendants(session, equipment)):
        piece.status = status
        piece.moved_at = at
    session.flush()
    return equipment


def get_equipment(session: Session, equipment_id: int) -> Equipment:
    """One piece. Raises NotFound."""
    found = session.get(Equipment, equipment_id)
    if found is None:
        raise NotFound("There is no such equipment.")
    return found


def _type(session: Session, type_id: int | None) -> EquipmentType | None:
    if type_id is None:
        return None
    kind = session.get(EquipmentType, type_id)
    if kind is None:
        raise Refused("There is no such equipment type.", "type_id")
    return kind


def _filled(facts: EquipmentFacts, kind: EquipmentType | None) -> EquipmentFacts:
    open_ones: dict[str, object] = {"height_half_u": DEFAULT_HEIGHT, "full_depth": True}
    if kind is not None:
        named = ("height_half_u", "full_depth", "depth_mm", "weight_kg", "rated_w")
        open_ones = {name: getattr(kind, name) for name in named}
    filling = {k: v for k, v in open_ones.items() if getattr(facts, k) is None}
    return replace(facts, **filling)  # type: ignore[arg-type]


def _check_facts(facts: EquipmentFacts) -> None:
    if not facts.name.strip():
        raise Refused("A piece of equipment needs a name.", "name")
    for name in ("weight_kg", "budget_w", "rated_w", "depth_mm", "length_mm", "height_half_u"):
        value = getattr(facts, name)
        if value is not None and value < 0:
            field = "height_u" if name == "height_half_u" else name
            raise Refused("This cannot be less than zero.", field)


def _assign(equipment: Equipment, facts: EquipmentFacts, kind: EquipmentType | None) -> None:
    for item in fields(facts):
        setattr(equipment, item.name, getattr(facts, item.name))
    equipment.maker_id = kind.maker_id if kind else None


def _note_installed(equipment: Equipment, status: str, at: datetime) -> None:
    if status in INSTALLED and equipment.status not in INSTALLED:
        equipment.installed_at = at


def _site(session: Session, place: Place, site_id: int | None) -> int:
    if place.rack_id is not None:
        rack = session.get(Rack, place.rack_id)
        if rack is None:
            raise Refused("There is no such rack.", "rack_id")
        return rack.site_id
    if place.parent_id is not None:
        return get_equipment(session, place.parent_id).site_id
    if site_id is None:
        raise Refused("Say at which site it is when it stands in no rack.", "site_id")
    return site_id


@contextmanager
def _saving(session: Session, facts: EquipmentFacts) -> Iterator[None]:
    """Write the row; two people who entered one serial or tag at once meet here."""
    try:
        with session.begin_nested():
            yield
            session.flush()
    except IntegrityError as error:
        field = "asset_tag" if "asset_tag" in str(error.orig) else "serial"
        words = f"{getattr(facts, field)} was given to another piece just now."
        raise Conflict(words, field, "UN-06") from error
