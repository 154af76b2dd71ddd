"""Custody events and signatures: append, read, verify (SR-06). Never commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from facilities.errors import Refused
from facilities.shipping import custody
from facilities.shipping.custody import CustodyGap, Hop, Sealed
from facilities.shipping.models import Delivery, Pickup
from facilities.shipping.models_custody import CustodyEvent, Signature
from facilities.shipping.service_dock import actor_name
from facilities.shipping.values import SignatureFacts

DOCK = "dock"
MOST_STROKES, MOST_NUMBERS, LARGEST = 300, 20_000, 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What happens to an item. taker None: it stays with whom it is."""

    action: str
    to: str
    at: datetime
    taker: str | None = None
    giver: str | None = None
    place: str | None = None
    condition: str | None = None
    seal: str | None = None
    note: str | None = None
    signature: Signature | None = None
    device_at: datetime | None = None


def sign(session: Session, site_id: int, given: SignatureFacts, at: datetime) -> Signature:
    """Keep a signature. Raises Refused without a name, or when the drawing is no drawing."""
    name = given.name.strip()
    if not name:
        raise Refused("Type the name of the person who signs.", "signed_name", "SR-06")
    strokes = [list(stroke) for stroke in given.strokes if stroke]
    fits = all(0 <= n <= LARGEST for stroke in strokes for n in stroke)
    small = len(strokes) <= MOST_STROKES and sum(map(len, strokes)) <= MOST_NUMBERS
    if not (fits and small and all(len(stroke) % 2 == 0 for stroke in strokes)):
        raise Refused("The drawn signature is damaged; clear it and sign again.", "strokes")
    row = Signature(
        site_id=site_id,
        name=name[:120],
        method="drawn" if strokes else "typed",
        strokes=strokes,
        address=given.address,
        device=(given.device or "")[:200] or None,
        at=at,
    )
    session.add(row)
    session.flush()
    return row


def chain_of(session: Session, subject: Delivery | Pickup) -> Sequence[CustodyEvent]:
    """All events of a delivery or pickup, the first first."""
    wanted = select(CustodyEvent).options(joinedload(CustodyEvent.signature))
    return session.scalars(wanted.where(_about(subject)).order_by(CustodyEvent.seq)).all()


def _about(subject: Delivery | Pickup) -> Any:
    column = CustodyEvent.delivery_id if isinstance(subject, Delivery) else CustodyEvent.pickup_id
    return column == subject.id


def append(session: Session, subject: Delivery | Pickup, step: Step) -> CustodyEvent:
    """Add one event behind the last one; the unique (subject, seq) lets only one be next."""
    newest = select(CustodyEvent).where(_about(subject)).order_by(CustodyEvent.seq.desc())
    last = session.scalar(newest.limit(1))
    giver = step.giver or (last.taker if last else "outside")
    facts: dict[str, Any] = {
        "seq": last.seq + 1 if last else 1,
        "action": step.action,
        "from_state": subject.state if last else None,
        "to_state": step.to,
        "giver": giver[:160],
        "taker": (step.taker or giver)[:160],
        "place": step.place,
        "condition": step.condition,
        "seal": step.seal,
        "note": (step.note or "")[:500] or None,
        "actor": actor_name(session)[:160],
    }
    at = max(step.at, last.at) if last else step.at  # a clock set back breaks no chain
    payload = {
        **facts,
        "subject": subject.label,
        "site": subject.site_id,
        "at": at.isoformat(),
        "device_at": step.device_at.isoformat() if step.device_at else None,
        "signature": _signature_payload(step.signature),
    }
    proof = custody.seal(last.hash if last else None, payload)
    row = CustodyEvent(
        **facts,
        site_id=subject.site_id,
        delivery_id=subject.id if isinstance(subject, Delivery) else None,
        pickup_id=subject.id if isinstance(subject, Pickup) else None,
        signature_id=step.signature.id if step.signature else None,
        at=at,
        device_at=step.device_at,
        payload=proof.payload,
        digest=proof.digest,
        hash=proof.hash,
    )
    session.add(row)
    session.flush()
    return row


def _signature_payload(signature: Signature | None) -> dict[str, Any] | None:
    if signature is None:
        return None
    named = {"id": signature.id, "name": signature.name, "method": signature.method}
    return {**named, "strokes": signature.strokes}


def problems(events: Sequence[CustodyEvent]) -> list[CustodyGap]:
    """Gaps and broken seals of one chain."""
    hops = [Hop(e.seq, e.giver, e.taker, e.at) for e in events]
    sealed = [Sealed(e.seq, e.payload, e.digest, e.hash) for e in events]
    return custody.gaps(hops) + custody.broken(sealed)
