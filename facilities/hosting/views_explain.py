"""A refusal explained: beside its field, with what is free instead and the hold that may go."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from facilities.errors import Refused
from facilities.hosting.forms import EquipmentForm, PlaceForm
from facilities.hosting.freespace import free_runs, taken_rows
from facilities.hosting.models import Equipment, Rack
from facilities.hosting.placement import Body, Occupant, judge
from facilities.hosting.queries_equipment import type_by_text
from facilities.hosting.service_claims import (
    as_occupant,
    frame_of,
    numbering_of,
    occupants,
)
from facilities.hosting.service_judging import body_of
from facilities.hosting.service_placing import place_of
from facilities.hosting.units import halves
from facilities.hosting.values import Place
from facilities.hosting.views_forms import place_typed, shown_facts, shown_place
from facilities.web.house import house, session


@dataclass(frozen=True, slots=True)
class Explained:
    """What a page says besides the refusal. meanwhile: (field, saved, typed) after a conflict."""

    free: Sequence[str] = ()
    holds: Sequence[tuple[int, str]] = ()
    meanwhile: Sequence[tuple[str, Any, Any]] = ()


def explain(
    form: PlaceForm | EquipmentForm, refusals: Sequence[Refused], piece: Equipment | None = None
) -> Explained:
    """Put the refusals beside their fields and find what would fit."""
    form.refuse(refusals)
    meanwhile: Sequence[tuple[str, Any, Any]] = ()
    if piece is not None and any(refusal.field == "version" for refusal in refusals):
        meanwhile = form.saved_meanwhile(piece, shown_place(piece) | shown_facts(piece))
    if not any(refusal.rule in ("SP-03", "SP-05") for refusal in refusals):
        return Explained(meanwhile=meanwhile)
    try:
        place = place_typed(form) if isinstance(form, PlaceForm) else place_of(must(piece))
        body = _body(form, place, piece)
    except Refused:
        return Explained(meanwhile=meanwhile)
    rack = session().get(Rack, place.rack_id) if place.rack_id else None
    if rack is None:
        return Explained(meanwhile=meanwhile)
    claims = occupants(session(), [rack.id], house().clock())[rack.id]
    others = [as_occupant(c) for c in claims if piece is None or c.equipment_id != piece.id]
    held = _holds(rack, body, place.start_half_u, others) if place.start_half_u else ()
    return Explained(_free(rack, body, others), held, meanwhile)


def _body(form: PlaceForm | EquipmentForm, place: Place, piece: Equipment | None) -> Body:
    if not isinstance(form, EquipmentForm):
        return body_of(must(piece), place)
    kind = type_by_text(session(), form.type_id.data) if form.type_id.data else None
    by_type = kind.height_half_u if kind else 2
    height = by_type if form.height_u.data is None else halves(form.height_u.data)
    full = not form.half_deep.data and (kind is None or kind.full_depth)
    return Body(height, place.face, full, place.lane, form.depth_mm.data)


def must(piece: Equipment | None) -> Equipment:
    """A form that moves or edits always has its piece."""
    if piece is None:
        raise Refused("There is no such equipment.")
    return piece


def _free(rack: Rack, body: Body, others: Sequence[Occupant]) -> list[str]:
    runs = free_runs(rack.height_u, taken_rows(others, body))
    numbering = numbering_of(rack)
    fitting = [run for run in runs if run.length >= body.height_half_u]
    return [numbering.words(run.start_half_u, run.length) for run in fitting]


def _holds(
    rack: Rack, body: Body, start_half_u: int, others: Sequence[Occupant]
) -> list[tuple[int, str]]:
    """The hold in the way, when nothing but one hold is: it may be given up by name (F2)."""
    verdict = judge(frame_of(rack), body, start_half_u, others)
    blocking = [other for other in others if other.claim_id in verdict.in_the_way]
    if len(blocking) != 1 or blocking[0].kind != "hold":
        return []
    return [(blocking[0].claim_id, blocking[0].words(numbering_of(rack)))]
