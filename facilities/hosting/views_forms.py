"""From forms to the values that services take, and back."""

from dataclasses import fields
from typing import Any

from facilities.hosting.forms import EquipmentForm, PlaceForm, RackForm
from facilities.hosting.models import Equipment, Rack
from facilities.hosting.queries_equipment import (
    equipment_by_text,
    rack_by_text,
    rack_text,
    type_by_text,
    type_words,
)
from facilities.hosting.service_claims import numbering_of
from facilities.hosting.units import halves, position_of, printed_position
from facilities.hosting.values import EquipmentFacts, Place, RackFacts
from facilities.web.house import session, viewer


def rack_facts(form: RackForm) -> RackFacts:
    """What was typed of a rack."""
    return RackFacts(**{item.name: form[item.name].data for item in fields(RackFacts)})


def place_typed(form: PlaceForm) -> Place:
    """The place that was typed. Raises Refused when the rack, unit or parent is not there."""
    over = form.over_hold_id.data or ""
    if form.parent_id.data:
        parent = equipment_by_text(session(), viewer(), form.parent_id.data)
        return Place(parent_id=parent.id, bay=form.bay.data)
    if not form.rack_id.data:
        return Place()
    rack, typed = rack_by_text(session(), viewer(), form.rack_id.data), form.position_u.data
    return Place(
        rack_id=rack.id,
        start_half_u=None if typed is None else position_of(numbering_of(rack), typed),
        face=form.face.data,
        lane=form.lane.data,
        channel=form.channel.data or None,
        channel_start_mm=form.channel_start_mm.data,
        over_hold_id=int(over) if over.isdigit() else None,
    )


def equipment_facts(form: EquipmentForm) -> EquipmentFacts:
    """What was typed of a piece. Raises Refused when the type is not there."""
    kind = type_by_text(session(), form.type_id.data) if form.type_id.data else None
    plain = ("name", "status", "owner_id", "serial", "asset_tag", "depth_mm", "length_mm")
    plain += ("weight_kg", "weight_with_children", "budget_w", "rated_w", "notes")  # type: ignore[assignment]
    height = form.height_u.data
    return EquipmentFacts(
        type_id=kind.id if kind else None,
        height_half_u=None if height is None else halves(height),
        full_depth=_full_depth(form, kind is None or kind.full_depth),
        **{name: form[name].data for name in plain},
    )


def _full_depth(form: EquipmentForm, by_type: bool) -> bool | None:
    """An unticked box says full depth only where the type does not say half."""
    if form.half_deep.data:
        return False
    return None if form.seen_version is None and not by_type else True


def shown_place(piece: Equipment) -> dict[str, Any]:
    """Where a piece stands, as a form shows it."""
    rack, start = piece.rack, piece.start_half_u
    position = None
    if rack is not None and start is not None:
        position = _plain(printed_position(numbering_of(rack), start))
    return {
        "rack_id": rack_text(rack) if rack and not piece.parent_id else None,
        "position_u": position,
        "face": piece.face,
        "lane": piece.lane,
        "channel": piece.channel or "",
        "channel_start_mm": piece.channel_start_mm,
        "parent_id": _handle(piece.parent) if piece.parent else None,
        "bay": piece.bay,
        "version": str(piece.version),
    }


def shown_facts(piece: Equipment) -> dict[str, Any]:
    """What is known of a piece, as a form shows it."""
    plain = {item.name: getattr(piece, item.name) for item in fields(EquipmentFacts)}
    return plain | {
        "type_id": type_words(piece.type) if piece.type else None,
        "height_u": _plain(piece.height_half_u / 2),
        "half_deep": not piece.full_depth,
        "version": str(piece.version),
    }


def show_start(form: PlaceForm, rack: Rack, asked: dict[str, Any]) -> None:
    """Fill the place from a link on an elevation: `?rack=3&position=10.5&face=rear`."""
    form.rack_id.data = rack_text(rack)
    form.position_u.data = _plain(asked.get("position"))
    form.face.data = asked.get("face") or "front"
    form.lane.data = asked.get("lane") or "full"


def _plain(number: float | None) -> float | None:
    """30.0 is shown as 30."""
    return int(number) if number is not None and number == int(number) else number


def _handle(piece: Equipment) -> str:
    return piece.asset_tag or piece.serial or piece.name
