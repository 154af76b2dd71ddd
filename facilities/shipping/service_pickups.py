"""Pickups: request, approve, release by name and signature, proof of delivery. Never commits."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from facilities.errors import Conflict, NotFound, Refused
from facilities.hosting.models import Equipment
from facilities.shipping import lifecycle, service_custody, tracking
from facilities.shipping.lifecycle import OUTBOUND
from facilities.shipping.models import Pickup, PickupLine
from facilities.shipping.service_custody import Step
from facilities.shipping.service_dock import (
    actor_name,
    carrier_party,
    lock,
    next_number,
    party_named,
    rules_of,
)
from facilities.shipping.values import REASONS, PickupFacts, ReleaseFacts


def get(session: Session, pickup_id: int) -> Pickup:
    """One pickup with all that its page shows. Raises NotFound."""
    equipment = selectinload(Pickup.lines).joinedload(PickupLine.equipment)
    whole = [
        joinedload(Pickup.site),
        joinedload(Pickup.owner),
        joinedload(Pickup.carrier),
        equipment.joinedload(Equipment.rack),
    ]
    found = session.get(Pickup, pickup_id, options=whole)
    if found is None:
        raise NotFound("There is no such pickup.")
    return found


def request(session: Session, site_id: int, facts: PickupFacts, at: datetime) -> Pickup:
    """Ask for a pickup. Raises Refused naming the field."""
    lock(session, site_id, "pickup")
    if facts.entry_key:
        key = (Pickup.site_id == site_id) & (Pickup.entry_key == facts.entry_key)
        sent = session.scalar(select(Pickup).where(key))
        if sent is not None:
            return sent
    pickup = Pickup(
        site_id=site_id,
        number=next_number(session, site_id, "pickup"),
        entry_key=facts.entry_key or None,
        state="requested",
        reached="requested",
        reason=facts.reason,
        created_at=at,
        created_by=actor_name(session),
        lines=[],
    )
    session.add(pickup)
    _fill(session, pickup, facts)
    _set_lines(session, pickup, facts)
    step = Step(action="requested", to="requested", at=at, giver="house", note=facts.notes)
    service_custody.append(session, pickup, step)
    return pickup


def edit(session: Session, pickup: Pickup, facts: PickupFacts, at: datetime) -> Pickup:
    """Amend a pickup before it leaves; an approved one then needs approval anew.

    That is SR-10's "amend and sign again". Lines are only ever added here.
    """
    _refuse_void(pickup)
    verdict = lifecycle.amend(pickup.state, pickup.reached)
    if not verdict.allowed:
        raise Refused(f"{pickup.label}: {verdict.why}", "state", "SR-10")
    _fill(session, pickup, facts)
    _set_lines(session, pickup, facts)
    if pickup.state != "requested":
        step = Step(action="amended", to="requested", at=at, note="amended: approve it again")
        service_custody.append(session, pickup, step)
        pickup.state = pickup.reached = "requested"
        pickup.approved_by = None
    session.flush()
    return pickup


def _fill(session: Session, pickup: Pickup, facts: PickupFacts) -> None:
    if facts.reason not in REASONS:
        raise Refused(f"The reason is one of {', '.join(REASONS)}.", "reason", "SR-10")
    if facts.pieces is not None and not 1 <= facts.pieces <= 9999:
        raise Refused("Pieces are 1 to 9999.", "pieces")
    pickup.reason, pickup.pieces = facts.reason, facts.pieces
    pickup.requested_by = facts.requested_by
    pickup.owner = party_named(session, facts.owner)
    if facts.owner and pickup.owner is None:
        raise Refused(f"There is no party {facts.owner!r}; add it under Parties.", "owner")
    pickup.carrier = carrier_party(session, facts.carrier)
    pickup.carrier_name = facts.carrier
    pickup.destination, pickup.reference = facts.destination, facts.reference
    pickup.tracking_number = tracking.normalise(facts.tracking_number or "") or None
    pickup.notes, pickup.planned_at = facts.notes, facts.planned_at
    session.flush()


def _set_lines(session: Session, pickup: Pickup, facts: PickupFacts) -> None:
    for given in facts.lines:
        equipment = _equipment(session, pickup.site_id, given.equipment_id)
        row = PickupLine(
            site_id=pickup.site_id,
            pickup_id=pickup.id,
            position=len(pickup.lines) + 1,
            description=(given.description or (equipment.name if equipment else ""))[:200],
            serial=given.serial or (equipment.serial if equipment else None),
            equipment=equipment,
        )
        if not row.description:
            raise Refused("Say what the item is.", "lines", "SR-10")
        pickup.lines.append(row)
    session.flush()


def _equipment(session: Session, site_id: int, equipment_id: int | None) -> Equipment | None:
    if equipment_id is None:
        return None
    found = session.get(Equipment, equipment_id)
    if found is None or found.site_id != site_id:
        raise Refused("There is no such equipment at this site.", "lines", "SR-10")
    return found


def advance(
    session: Session, pickup: Pickup, step: Step, facts: Mapping[str, object] | None = None
) -> None:
    """Take one step of SR-10 by the table and its guards. Raises Refused."""
    _refuse_void(pickup)
    skips = rules_of(session, pickup.site_id).outbound_skips
    verdict = lifecycle.step(OUTBOUND, pickup.state, pickup.reached, step.to, skips)
    if not verdict.allowed:
        raise Refused(verdict.why, "state", "SR-10")
    lacking = lifecycle.lacking(step.to, facts or {})
    if lacking:
        words = ", ".join(lacking).replace("_", " ")
        raise Refused(f"Missing: {words}.", lacking[0], "SR-10")
    service_custody.append(session, pickup, step)
    pickup.state = step.to
    if OUTBOUND.stage_of(step.to) is not None:
        pickup.reached = step.to
    session.flush()


def approve(session: Session, pickup: Pickup, approver: str, at: datetime) -> Pickup:
    """Approve it in the name of somebody with authority over the goods."""
    step = Step(action="approved", to="approved", at=at, note=f"approved by {approver.strip()}")
    advance(session, pickup, step, {"approver": approver.strip()})
    pickup.approved_by = approver.strip()[:120]
    session.flush()
    return pickup


def held_back(pickup: Pickup) -> list[str]:
    """Why equipment on it may not leave yet, one sentence per piece; empty when it may."""
    found = []
    for line in pickup.lines:
        if line.equipment is None:
            continue
        rack = line.equipment.rack.name if line.equipment.rack else None
        verdict = lifecycle.may_leave(line.equipment.name, line.equipment.status, rack)
        found += [] if verdict.allowed else [verdict.why]
    return found


def release(session: Session, pickup: Pickup, facts: ReleaseFacts, at: datetime) -> Pickup:
    """Let it leave: authorised name, driver, pieces and signature; no release, no exit (SR-10).

    Raises Refused when pieces differ from the list, or when equipment still stands in its rack
    and no reason is given to let it go anyway (then the pickup is flagged with that reason).
    """
    match = lifecycle.pieces_match(pickup.pieces, facts.loaded)
    if not match.allowed:
        raise Refused(match.why, "loaded", "SR-10")
    held = held_back(pickup)
    if held and not (facts.flag or "").strip():
        words = "Or say why it may leave anyway; the release is flagged then."
        raise Refused(f"{' '.join(held)} {words}", "flag", "SR-10")
    signature = service_custody.sign(session, pickup.site_id, facts.signature, at)
    step = Step(
        action="released",
        to="released",
        at=at,
        taker=", ".join(filter(None, (facts.driver, facts.company, facts.plate))),
        seal=facts.seal,
        note=f"flagged: {facts.flag} ({' '.join(held)})" if held else None,
        signature=signature,
        device_at=facts.device_at,
    )
    given = {
        "authorised_by": facts.authorised_by.strip(),
        "driver": facts.driver.strip(),
        "pieces": facts.loaded,
        "signature": signature.id,
    }
    advance(session, pickup, step, given)
    _note_release(pickup, facts, at)
    pickup.flagged = f"{facts.flag} ({' '.join(held)})"[:300] if held else None
    session.flush()
    return pickup


def _note_release(pickup: Pickup, facts: ReleaseFacts, at: datetime) -> None:
    pickup.authorised_by, pickup.driver = facts.authorised_by[:120], facts.driver[:120]
    pickup.company, pickup.plate, pickup.seal = facts.company, facts.plate, facts.seal
    pickup.loaded, pickup.released_at = facts.loaded, at
    if facts.tracking_number:
        pickup.tracking_number = tracking.normalise(facts.tracking_number) or None


def delivered(session: Session, pickup: Pickup, received_by: str, at: datetime) -> Pickup:
    """It has arrived where it was to go: proof of delivery."""
    name = received_by.strip()
    step = Step(action="delivered", to="delivered", at=at, taker=name or "consignee")
    advance(session, pickup, step, {"received_by": name})
    pickup.delivered_at, pickup.received_by = at, name[:120] or None
    session.flush()
    return pickup


def set_state(
    session: Session, pickup: Pickup, to: str, at: datetime, note: str | None = None
) -> Pickup:
    """Any other step of SR-10: picked, packed, in transit, cancelled, lost, closed ..."""
    if to in ("approved", "released", "delivered"):
        raise Refused(f"{to.replace('_', ' ')} has an action of its own.", "state", "SR-10")
    if to == "picked" and (held := held_back(pickup)):
        raise Refused(" ".join(held), "state", "SR-10")
    advance(session, pickup, Step(action=to, to=to, at=at, note=note), {})
    return pickup


def next_states(session: Session, pickup: Pickup) -> list[str]:
    """The states that may follow now, in order of the course; none for a void entry."""
    if pickup.voided_at is not None:
        return []
    skips = rules_of(session, pickup.site_id).outbound_skips
    return [
        to
        for to in OUTBOUND.states
        if lifecycle.step(OUTBOUND, pickup.state, pickup.reached, to, skips).allowed
    ]


def _refuse_void(pickup: Pickup) -> None:
    if pickup.voided_at is not None:
        raise Conflict(f"{pickup.label} is void ({pickup.void_reason}).", "state", "SR-06")
