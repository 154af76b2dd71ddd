"""Parcels come in: logged by a scan, or announced and then received (R1, R2, SR-21)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from facilities.errors import Conflict, Refused
from facilities.shipping import service, service_bins, service_custody, tracking
from facilities.shipping.models import Delivery, DeliveryLine, DeliveryTracking
from facilities.shipping.service_custody import DOCK, Step
from facilities.shipping.service_dock import (
    actor_name,
    carrier_party,
    lock,
    next_number,
)
from facilities.shipping.values import CONDITIONS, LineFacts, ParcelFacts

#: An announced delivery is open for receiving in these states.
COMING = ("expected", "scheduled", "overdue")


@dataclass(frozen=True, slots=True)
class Received:
    """What came of a scan.

    outcome: `logged` (a new entry), `matched` (an announced one has arrived), `duplicate` (known
    already, nothing changed) or `same` (this very form was sent before, nothing changed).
    """

    delivery: Delivery
    outcome: str
    warnings: tuple[str, ...] = ()


def receive(session: Session, site_id: int, facts: ParcelFacts, at: datetime) -> Received:
    """Log a parcel that is here. Missing data never blocks; a known number changes nothing.

    Raises Refused only for values that cannot be: pieces below 1, an unknown condition.
    """
    _check(facts)
    lock(session, site_id, "delivery")
    sent = _sent_before(session, site_id, facts.entry_key)
    if sent is not None:
        return Received(sent, "same")
    scans = _numbers(facts)
    known = _known(session, site_id, scans)
    coming = next((d for d in known if d.state in COMING), None)
    if coming is None and not known:
        coming = _by_order(session, site_id, facts)
        scans = {} if coming is not None and _is_order(coming, facts.scans) else scans
    if coming is not None:
        return _arrive(session, coming, facts, scans, at)
    if known and not facts.again:
        return Received(known[0], "duplicate")
    delivery = _new(session, site_id, facts, "arrived", at)
    return _arrive(session, delivery, facts, scans, at, fresh=True)


def expect(session: Session, site_id: int, facts: ParcelFacts, at: datetime) -> Delivery:
    """Announce a delivery with its lines. Raises Conflict when its number is expected already."""
    _check(facts)
    lock(session, site_id, "delivery")
    sent = _sent_before(session, site_id, facts.entry_key)
    if sent is not None:
        return sent
    scans = _numbers(facts)
    known = _known(session, site_id, scans)
    if known and not facts.again:
        words = f"This tracking number is on {known[0].label} already ({known[0].state})."
        raise Conflict(words, "scan", "SR-21")
    delivery = _new(session, site_id, facts, "expected", at)
    delivery.announced = True
    service.fill(session, delivery, facts)
    _add_numbers(session, delivery, scans, facts.carrier or "")
    add_lines(session, delivery, facts.lines)
    step = Step(action="announced", to="expected", at=at, note=facts.notes, taker="in transit")
    service_custody.append(session, delivery, step)
    return delivery


def arrive_announced(session: Session, delivery: Delivery, at: datetime) -> Received:
    """An announced delivery is here, whatever its label says. Raises Refused when it is not due."""
    lock(session, delivery.site_id, "delivery")
    session.refresh(delivery)
    return _arrive(session, delivery, ParcelFacts(), {}, at)


def add_lines(session: Session, delivery: Delivery, lines: Sequence[LineFacts]) -> None:
    """Announced lines, in order behind those there are."""
    given = [line for line in lines if line.description.strip()]
    for line in given:
        if line.expected is not None and line.expected < 0:
            raise Refused("Expected pieces cannot be below 0.", "lines", "SR-02")
        row = DeliveryLine(
            site_id=delivery.site_id,
            delivery_id=delivery.id,
            position=len(delivery.lines) + 1,
            description=line.description.strip()[:200],
            part_number=line.part_number,
            expected=line.expected,
            counts=[],
        )
        delivery.lines.append(row)
    session.flush()


def _check(facts: ParcelFacts) -> None:
    if facts.pieces is not None and not 1 <= facts.pieces <= 9999:
        raise Refused("Pieces are 1 to 9999.", "pieces")
    if facts.condition and facts.condition not in CONDITIONS:
        raise Refused(f"The condition is one of {', '.join(CONDITIONS)}.", "condition")


def _numbers(facts: ParcelFacts) -> dict[str, str]:
    """Normalised number -> as scanned; what is empty is left out."""
    found = {tracking.normalise(text): text.strip() for text in facts.scans}
    return {number: text for number, text in found.items() if number}


def _sent_before(session: Session, site_id: int, key: str | None) -> Delivery | None:
    if not key:
        return None
    wanted = select(Delivery).where(Delivery.site_id == site_id, Delivery.entry_key == key)
    return session.scalar(wanted)


def _known(session: Session, site_id: int, scans: dict[str, str]) -> list[Delivery]:
    if not scans:
        return []
    numbers = DeliveryTracking.number.in_(scans) & (DeliveryTracking.site_id == site_id)
    wanted = select(Delivery).where(
        Delivery.id.in_(select(DeliveryTracking.delivery_id).where(numbers)),
        Delivery.voided_at.is_(None),
        Delivery.state != "cancelled",
    )
    return list(session.scalars(wanted.order_by(Delivery.id.desc())))


def _by_order(session: Session, site_id: int, facts: ParcelFacts) -> Delivery | None:
    """The one announced delivery of the order number that was scanned or typed, or None."""
    orders = {text.strip() for text in (*facts.scans, facts.po_number or "")} - {""}
    wanted = select(Delivery).where(
        Delivery.site_id == site_id,
        Delivery.po_number.in_(orders),
        Delivery.state.in_(COMING),
        Delivery.voided_at.is_(None),
    )
    found = session.scalars(wanted.options(joinedload(Delivery.bin)).limit(2)).all()
    return found[0] if len(found) == 1 else None


def _is_order(delivery: Delivery, scans: Sequence[str]) -> bool:
    return delivery.po_number in [text.strip() for text in scans]


def _new(session: Session, site_id: int, facts: ParcelFacts, state: str, at: datetime) -> Delivery:
    delivery = Delivery(
        site_id=site_id,
        number=next_number(session, site_id, "delivery"),
        entry_key=facts.entry_key or None,
        state=state,
        reached=state,
        created_at=at,
        created_by=actor_name(session),
        tracking=[],
        lines=[],
    )
    session.add(delivery)
    session.flush()
    return delivery


def _arrive(
    session: Session,
    delivery: Delivery,
    facts: ParcelFacts,
    scans: dict[str, str],
    at: datetime,
    fresh: bool = False,
) -> Received:
    found = tuple(c for text in facts.scans for c in tracking.detect(text, facts.carrier or ""))
    warnings = [w for w in (tracking.warning(found),) if w]
    best = tracking.named_carrier(found)
    service.fill(session, delivery, facts, keep=not fresh)
    if delivery.carrier_name is None and delivery.carrier_id is None and best is not None:
        delivery.carrier = carrier_party(session, best.carrier)
        delivery.carrier_name = best.carrier
    _add_numbers(session, delivery, scans, facts.carrier or "")
    delivery.arrived_at = at
    delivery.pieces = delivery.pieces or 1
    delivery.condition = delivery.condition or "ok"
    facts_now = {"carrier": delivery.carried_by, "pieces": delivery.pieces}
    step = Step(
        action="arrived",
        to="arrived",
        at=at,
        giver=delivery.carried_by if fresh else None,
        taker=DOCK,
        place=DOCK,
        condition=delivery.condition,
        seal=delivery.seal,
        note=facts.notes,
        device_at=facts.device_at,
    )
    service.advance(session, delivery, step, facts_now, fresh=fresh)
    if facts.bin:
        warnings += _put_away(session, delivery, facts, at)
    return Received(delivery, "logged" if fresh else "matched", tuple(warnings))


def _put_away(session: Session, delivery: Delivery, facts: ParcelFacts, at: datetime) -> list[str]:
    place = service_bins.scanned(session, delivery.site_id, facts.bin)
    if place is None:
        return [f"There is no bin {facts.bin!r}: {delivery.label} stays at the dock."]
    service.store(session, delivery, place, at, device_at=facts.device_at)
    return []


def _add_numbers(session: Session, delivery: Delivery, scans: dict[str, str], hint: str) -> None:
    have = {row.number for row in delivery.tracking}
    for number, text in scans.items():
        if number in have:
            continue
        best = next(iter(tracking.detect(text, hint)), None)
        row = DeliveryTracking(
            site_id=delivery.site_id,
            delivery_id=delivery.id,
            number=number,
            scanned=text[:320],
            kind=best.kind if best else None,
            check_ok=best.check_ok if best else None,
        )
        delivery.tracking.append(row)
    session.flush()
