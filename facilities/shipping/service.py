"""Deliveries: get, edit, every step through the one transition table. Never commits."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from facilities.errors import Conflict, NotFound, Refused
from facilities.shipping import lifecycle, service_custody
from facilities.shipping.lifecycle import INBOUND
from facilities.shipping.models import Bin, Delivery, DeliveryLine, Pickup
from facilities.shipping.models_custody import Signature
from facilities.shipping.service_custody import DOCK, Step
from facilities.shipping.service_dock import actor_name, carrier_party, party_named, rules_of
from facilities.shipping.values import CONDITIONS, ParcelFacts, SignatureFacts

#: Where a delivery can be edited or moved no more.
OVER = ("handed_over", "closed", "returned", "cancelled", "refused")
MOST_AT_ONCE = 100


def get(session: Session, delivery_id: int) -> Delivery:
    """One delivery with all that its page shows. Raises NotFound."""
    whole = [
        joinedload(Delivery.site),
        joinedload(Delivery.carrier),
        joinedload(Delivery.recipient),
        joinedload(Delivery.bin).joinedload(Bin.parent),
        selectinload(Delivery.tracking),
        selectinload(Delivery.lines).selectinload(DeliveryLine.counts),
    ]
    found = session.get(Delivery, delivery_id, options=whole)
    if found is None:
        raise NotFound("There is no such delivery.")
    return found


def by_ids(session: Session, ids: Collection[int]) -> Mapping[int, Delivery]:
    """Those of the ids that exist, with what a line of a list shows."""
    wanted = select(Delivery).where(Delivery.id.in_(ids)).options(selectinload(Delivery.tracking))
    wanted = wanted.options(joinedload(Delivery.recipient), joinedload(Delivery.site))
    return {row.id: row for row in session.scalars(wanted)}


def fill(session: Session, delivery: Delivery, facts: ParcelFacts, keep: bool = False) -> None:
    """Write what is known onto the row. keep: what is not given stays as it was."""
    plain = {
        "sender": facts.sender,
        "po_number": facts.po_number,
        "pieces": facts.pieces,
        "condition": facts.condition,
        "seal": facts.seal,
        "notes": facts.notes,
        "expected_at": facts.expected_at,
    }
    for name, value in plain.items():
        if value or not keep:
            setattr(delivery, name, value or None)
    if facts.carrier or not keep:
        delivery.carrier = carrier_party(session, facts.carrier)
        delivery.carrier_name = (facts.carrier or "").strip()[:120] or None
    if facts.recipient or not keep:
        said = (facts.recipient or "").strip()
        delivery.recipient = party_named(session, said)
        delivery.recipient_name = said[:120] or None


def edit(session: Session, delivery: Delivery, facts: ParcelFacts) -> Delivery:
    """Change what is known of an entry; the history keeps what it said before."""
    _refuse_void(delivery)
    if facts.pieces is not None and not 1 <= facts.pieces <= 9999:
        raise Refused("Pieces are 1 to 9999.", "pieces")
    if facts.condition and facts.condition not in CONDITIONS:
        raise Refused(f"The condition is one of {', '.join(CONDITIONS)}.", "condition")
    fill(session, delivery, facts)
    session.flush()
    return delivery


def assign(session: Session, delivery: Delivery, recipient: str) -> Delivery:
    """Say later for whom it is (R2). Raises Refused without a name."""
    _refuse_void(delivery)
    if not recipient.strip():
        raise Refused("Name the person, department or customer it is for.", "recipient")
    delivery.recipient = party_named(session, recipient)
    delivery.recipient_name = recipient.strip()[:120]
    session.flush()
    return delivery


def advance(
    session: Session,
    delivery: Delivery,
    step: Step,
    facts: Mapping[str, object] | None = None,
    fresh: bool = False,
) -> None:
    """Take one step: the rule judges, the state changes, the event is appended.

    facts: what the guards of the new state ask for. fresh: the entry begins in this state.
    Raises Refused with SR-01 and what is missing.
    """
    _refuse_void(delivery)
    verdict = lifecycle.step(
        INBOUND,
        delivery.state,
        delivery.reached,
        step.to,
        rules_of(session, delivery.site_id).inbound_skips,
    )
    if not fresh and not verdict.allowed:
        raise Refused(verdict.why, "state", "SR-01")
    lacking = lifecycle.lacking(step.to, facts or {})
    if lacking:
        words = ", ".join(lacking).replace("_", " ")
        raise Refused(f"Missing: {words}.", lacking[0], "SR-01")
    service_custody.append(session, delivery, step)
    delivery.state = step.to
    if INBOUND.stage_of(step.to) is not None:
        delivery.reached = step.to
    session.flush()


def store(
    session: Session,
    delivery: Delivery,
    place: Bin,
    at: datetime,
    condition: str | None = None,
    device_at: datetime | None = None,
) -> Delivery:
    """Put it into a bin, or move it to another one. The same bin again changes nothing."""
    _refuse_void(delivery)
    if place.site_id != delivery.site_id or not place.active:
        raise Refused(f"The bin {place.code} is not in use at this site.", "bin", "SR-09")
    if delivery.bin_id == place.id and delivery.state == delivery.reached:
        return delivery
    if delivery.state in OVER:
        raise Refused(f"{delivery.label} is {delivery.state.replace('_', ' ')}.", "state", "SR-01")
    if condition:
        delivery.condition = condition
    again = delivery.reached in ("stored", "owner_notified")
    step = Step(
        action="moved" if again else "stored",
        to=delivery.reached if again else "stored",
        at=at,
        taker=f"bin {place.code}",
        place=place.code,
        condition=delivery.condition,
        device_at=device_at,
    )
    if again:  # a move is a step from hand to hand; one that was parked is found with it
        service_custody.append(session, delivery, step)
        delivery.state = delivery.reached
    else:
        advance(session, delivery, step, {"bin": place.code, "condition": delivery.condition})
    delivery.bin, delivery.stored_at = place, delivery.stored_at or at
    session.flush()
    return delivery


def hand_over(
    session: Session,
    deliveries: Sequence[Delivery],
    given: SignatureFacts,
    at: datetime,
    note: str | None = None,
    device_at: datetime | None = None,
) -> Signature:
    """Hand one or several parcels to the person who signs; one signature for all (R6).

    Raises Refused when a name is missing or one of them cannot be handed over: then none is.
    """
    if not 0 < len(deliveries) <= MOST_AT_ONCE:
        raise Refused(f"Scan 1 to {MOST_AT_ONCE} parcels to hand over.", "scan")
    if len({delivery.site_id for delivery in deliveries}) > 1:
        raise Refused("Parcels of different sites cannot be handed over together.", "scan")
    signature = service_custody.sign(session, deliveries[0].site_id, given, at)
    for delivery in deliveries:
        step = Step(
            action="handed_over",
            to="handed_over",
            at=at,
            taker=signature.name,
            condition=delivery.condition,
            note=note,
            signature=signature,
            device_at=device_at,
        )
        facts = {"recipient": signature.name, "signature": signature.id}
        try:
            advance(session, delivery, step, facts)
        except Refused as refusal:
            message = f"{delivery.label}: {refusal.message}"
            raise Refused(message, "scan", refusal.rule) from refusal
        delivery.handed_over_at, delivery.handed_to = at, signature.name
        delivery.bin = None
    session.flush()
    return signature


def refuse(session: Session, delivery: Delivery, reason: str, at: datetime) -> Delivery:
    """Refuse it at the dock with a reason: it goes back with the driver."""
    step = Step(action="refused", to="refused", at=at, taker="carrier", note=reason.strip())
    advance(session, delivery, step, {"reason": reason.strip()})
    return delivery


def set_state(
    session: Session, delivery: Delivery, to: str, at: datetime, note: str | None = None
) -> Delivery:
    """Any other step of SR-01: inspected, counted, on hold, missing, returned, closed ..."""
    if to in ("arrived", "stored", "handed_over", "refused"):
        raise Refused(f"{to.replace('_', ' ')} has an action of its own.", "state", "SR-01")
    taker = {"returned": "carrier", "missing": "nobody"}.get(to)
    if to == "accepted_with_damage":
        delivery.condition = "damaged"
    advance(session, delivery, Step(action=to, to=to, at=at, taker=taker, note=note), {})
    return delivery


def void(session: Session, entry: Delivery | Pickup, reason: str, at: datetime) -> None:
    """Strike an entry out with a reason; it stays readable and its numbers are free again."""
    if entry.voided_at is not None:
        raise Conflict(f"{entry.label} is voided already.", "reason")
    if not reason.strip():
        raise Refused("Say why this entry is void, e.g. logged twice.", "reason", "SR-06")
    step = Step(action="voided", to=entry.state, at=at, note=reason.strip())
    service_custody.append(session, entry, step)
    entry.voided_at, entry.voided_by = at, actor_name(session)[:160]
    entry.void_reason = reason.strip()[:300]
    session.flush()


def _refuse_void(delivery: Delivery) -> None:
    if delivery.voided_at is not None:
        why = f"{delivery.label} is void ({delivery.void_reason}); log it anew if it is here."
        raise Conflict(why, "state", "SR-06")


def next_states(session: Session, delivery: Delivery) -> list[str]:
    """The states that may follow now, in order of the course; none for a void entry."""
    if delivery.voided_at is not None:
        return []
    skips = rules_of(session, delivery.site_id).inbound_skips
    return [
        to
        for to in INBOUND.states
        if lifecycle.step(INBOUND, delivery.state, delivery.reached, to, skips).allowed
    ]


def at_dock(delivery: Delivery) -> str:
    """Where it is, in words."""
    if delivery.handed_to:
        return f"with {delivery.handed_to}"
    return delivery.bin.code if delivery.bin else DOCK if delivery.arrived_at else "not here"
