"""Loads a rack's claims and equipment and turns them into elevations and key facts."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from facilities.hosting import lifecycle, weight
from facilities.hosting.elevation import Elevation, Item, draw
from facilities.hosting.freespace import Space, open_fronts, space_of, taken_rows
from facilities.hosting.models import Claim, Equipment, EquipmentType, Rack
from facilities.hosting.placement import Occupant
from facilities.hosting.queries_racks import crumbs_of_rack
from facilities.hosting.service_claims import as_occupant, numbering_of, occupants
from facilities.hosting.service_judging import channel_of, rack_weight, strip_of
from facilities.readings import ObjectRef
from facilities.web import show
from facilities.web.house import house, session
from facilities.web.objects import ObjectHead
from facilities.web.registry import KeyFact


@dataclass(frozen=True, slots=True)
class Drawn:
    """A rack with everything its page shows."""

    front: Elevation
    rear: Elevation
    claims: Sequence[Claim]
    taken: Sequence[Occupant]
    pieces: Sequence[Equipment]
    space: Space
    payload: weight.Sum
    centre_mm: float | None

    @property
    def owners(self) -> list[str]:
        """Everybody who owns something in it, by name."""
        return sorted({piece.owner.name for piece in self.pieces if piece.owner})


def elevations(rack: Rack) -> Drawn:
    """Front and rear of one rack."""
    return elevations_of([rack])[rack.id]


def elevations_of(racks: Sequence[Rack]) -> dict[int, Drawn]:
    """Front and rear of many racks, in three statements."""
    ids = [rack.id for rack in racks]
    claims = occupants(session(), ids, house().clock())
    wanted = select(Equipment).where(Equipment.rack_id.in_(ids))
    loads = (
        joinedload(Equipment.type).joinedload(EquipmentType.maker),
        joinedload(Equipment.owner),
        joinedload(Equipment.parent),
    )
    by_rack: dict[int, list[Equipment]] = {id_: [] for id_ in ids}
    for piece in session().scalars(wanted.options(*loads)):
        if piece.rack_id is not None:
            by_rack[piece.rack_id].append(piece)
    return {rack.id: _drawn(rack, claims[rack.id], by_rack[rack.id]) for rack in racks}


def _drawn(rack: Rack, claims: Sequence[Claim], pieces: list[Equipment]) -> Drawn:
    numbering, taken = numbering_of(rack), [as_occupant(claim) for claim in claims]
    by_id = {piece.id: piece for piece in pieces}
    items = [_item(claim, o, by_id) for claim, o in zip(claims, taken, strict=True)]
    strips = [(strip_of(p), _page(p)) for p in pieces if p.channel]
    length = channel_of(rack).length_mm
    pieces.sort(key=lambda p: (-(p.start_half_u or 0), p.parent_id is not None, p.name))
    masses = [
        weight.Mass(p.weight_kg, p.start_half_u, p.height_half_u)
        for p in pieces
        if p.parent_id is None
    ]
    return Drawn(
        draw(numbering, "front", items, strips, length),
        draw(numbering, "rear", items, strips, length),
        claims,
        taken,
        pieces,
        space_of(rack.height_u, taken_rows(taken)),
        rack_weight(pieces, claims),
        weight.centre_mm(masses),
    )


def _item(claim: Claim, occupant: Occupant, pieces: dict[int, Equipment]) -> Item:
    piece = pieces.get(claim.equipment_id or 0)
    if piece is None:
        owner = occupant.owner
        until = f" until {claim.expires_at:%Y-%m-%d %H:%M} UTC" if claim.expires_at else ""
        held = f"Held for {owner or 'nobody named'}"
        label = held if claim.kind == "hold" else claim.reason or "Blocked"
        note = ", ".join(word for word in (until.strip(), claim.reason or "") if word)
        note = note if claim.kind == "hold" else ""
        return Item(claim.id, claim.kind, label, occupant.cells, owner=owner, note=note)
    owner = piece.owner.name if piece.owner else ""
    kind = f"{piece.type.maker.name} {piece.type.model}" if piece.type else ""
    return Item(
        piece.id,
        "equipment",
        piece.name,
        occupant.cells,
        piece.face,
        piece.status,
        owner,
        _page(piece),
        kind,
    )


def _page(piece: Equipment) -> str:
    return url_for("hosting.equipment", equipment_id=piece.id)


def rack_head(rack: Rack, drawn: Drawn) -> ObjectHead:
    """Name, place and key facts of a rack."""
    space, owner = drawn.space, rack.owner
    used = space.total_half_u - space.free_half_u
    facts = [
        KeyFact("U used", f"{used / 2:g} of {rack.height_u}"),
        KeyFact("U free", f"{space.free_half_u / 2:g}"),
        KeyFact("Largest run", f"{space.largest_run_half_u / 2:g}U"),
        weight_fact(rack, drawn.payload),
        KeyFact("Open front", _open_front(rack, drawn)),
        KeyFact("Power budget", known(rack.budget_w, "W")),
        KeyFact("Owner", owner.name if owner else "nobody yet"),
    ]
    ref = ObjectRef("rack", rack.id)
    state, tone = rack.status, lifecycle.tone(rack.status)
    return ObjectHead(ref, "Rack", rack.name, crumbs_of_rack(rack), state, tone, facts)


def known(value: float | None, unit: str) -> str | None:
    """A quantity for a key fact; None, which is shown as unknown, stays None."""
    return None if value is None else show.quantity(value, unit)


def weight_fact(rack: Rack, payload: weight.Sum) -> KeyFact:
    """Payload against the limit; what is unknown is said (SP-07)."""
    verdict = weight.judge_weight(payload, rack.static_limit_kg)
    known = f"{payload.value:.0f}" if payload.known else "unknown"
    more = "" if payload.complete or not payload.known else "+"
    limit = f"{rack.static_limit_kg:g}" if rack.static_limit_kg else "unknown limit"
    tone = "" if verdict.fits else "critical"
    return KeyFact("Weight", f"{known}{more} of {limit} kg", tone=tone)


def weight_facts(rack: Rack, drawn: Drawn) -> list[KeyFact]:
    """Everything about the weight of a rack: three limits and the centre of gravity."""
    payload, tare = drawn.payload, rack.tare_kg
    missing = payload.count - payload.known
    gross = payload.value + tare if tare is not None and payload.complete else None
    high = weight.top_heavy(drawn.centre_mm, rack.height_u)
    limits = (
        ("Limit standing", rack.static_limit_kg),
        ("Limit on casters (gross)", rack.dynamic_limit_kg),
        ("Limit shipped (gross)", rack.transport_limit_kg),
    )
    centre = None if drawn.centre_mm is None else f"{drawn.centre_mm:.0f} mm above U1"
    return [
        KeyFact("Payload", f"{payload.value:.1f} kg, {missing} of {payload.count} unknown"),
        KeyFact("Gross", None if gross is None else f"{gross:.1f} kg"),
        *(KeyFact(label, f"{value:g} kg" if value else None) for label, value in limits),
        KeyFact("Centre of gravity", centre, tone="warning" if high else ""),
    ]


def _open_front(rack: Rack, drawn: Drawn) -> str | None:
    """SP-16: open front units without a blanking panel; unknown until somebody counted panels."""
    if rack.blanked_u is None:
        return None
    cells = [cell for o in drawn.taken if o.kind == "equipment" for cell in o.cells]
    left, percent = open_fronts(rack.height_u, cells, rack.blanked_u)
    return f"{left:g}U, {percent:.1f} %"
