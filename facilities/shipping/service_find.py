"""Parcels by what was scanned: a tracking number, the house's own label, or a number typed."""

import re
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from facilities.shipping import tracking
from facilities.shipping.models import Delivery, DeliveryTracking, Pickup
from facilities.shipping.queries import HERE, matches
from facilities.shipping.values import number_in

LABEL = re.compile(r"(?:/o/delivery/|^delivery:)(\d{1,12})$", re.IGNORECASE)


def _shown() -> Select[Delivery]:
    return select(Delivery).options(
        selectinload(Delivery.tracking), joinedload(Delivery.recipient), joinedload(Delivery.site)
    )


def _at(sites: Collection[int] | None) -> list[ColumnElement[bool]]:
    return [] if sites is None else [Delivery.site_id.in_(sites)]


def scanned(session: Session, sites: Collection[int] | None, text: str) -> Sequence[Delivery]:
    """Deliveries that exactly this scan means, those still here first; void ones never."""
    label, number = LABEL.search(text.strip()), number_in(text, "D")
    normal = tracking.normalise(text)
    if label:
        meant: ColumnElement[bool] = Delivery.id == int(label[1])
    elif number is not None:
        meant = Delivery.number == number
    elif normal:
        within = [c.number for c in tracking.detect(text)]
        numbers = DeliveryTracking.number.in_({normal, *within})
        meant = Delivery.id.in_(select(DeliveryTracking.delivery_id).where(numbers))
    else:
        return []
    wanted = _shown().where(meant, Delivery.voided_at.is_(None), *_at(sites))
    order = (Delivery.state.in_(HERE).desc(), Delivery.id.desc())
    return session.scalars(wanted.order_by(*order).limit(20)).all()


def found(
    session: Session, sites: Collection[int] | None, text: str, limit: int
) -> Sequence[Delivery]:
    """Deliveries for the search box: the exact ones, else whatever the text fits."""
    exact = scanned(session, sites, text)
    if exact or len(text.strip()) < 2:
        return exact
    wanted = _shown().where(matches(text), *_at(sites)).order_by(Delivery.id.desc())
    return session.scalars(wanted.limit(limit)).all()


def found_pickups(
    session: Session, sites: Collection[int] | None, text: str, limit: int
) -> Sequence[Pickup]:
    """Pickups by number, tracking number or reference."""
    number, said = number_in(text, "P"), text.strip().lower()
    if number is not None:
        meant: ColumnElement[bool] = Pickup.number == number
    elif len(said) < 3:
        return []
    else:
        normal = tracking.normalise(text) or "?"
        meant = (Pickup.tracking_number == normal) | (func.lower(Pickup.reference) == said)
    wanted = select(Pickup).where(meant).options(joinedload(Pickup.site))
    if sites is not None:
        wanted = wanted.where(Pickup.site_id.in_(sites))
    return session.scalars(wanted.order_by(Pickup.id.desc()).limit(limit)).all()
