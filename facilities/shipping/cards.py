"""Home cards of the dock: a number with its list, and the first few of it."""

from collections.abc import Callable
from datetime import timedelta

from flask import url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from facilities.accounts.permissions import Permission
from facilities.readings import Readings
from facilities.shipping import queries
from facilities.shipping.models import Delivery, Pickup
from facilities.shipping.queries import Ask
from facilities.shipping.service_dock import AGEING_DAYS
from facilities.web.house import house
from facilities.web.registry import Card, CardRow, HomeCard, Viewer
from facilities.web.show import since

VIEW = Permission.SHIPPING_VIEW
ROWS = 5
Load = Callable[[Session, Readings, Viewer], Card]


def _ask(who: Viewer, which: str) -> Ask:
    return Ask(
        which=which,
        sites=who.sites_for(VIEW),
        zone=house().settings.time_zone,
        now=house().clock(),
        ageing_days=AGEING_DAYS,
    )


def _count(session: Session, wanted: Select[Delivery] | Select[Pickup]) -> int:
    rows = wanted.order_by(None).options().subquery()
    return session.scalar(select(func.count()).select_from(rows)) or 0


def _deliveries(which: str, empty: str, tone: str = "") -> Load:
    def load(session: Session, readings: Readings, who: Viewer) -> Card:
        del readings
        wanted = queries.deliveries(_ask(who, which))
        shown = session.scalars(wanted.limit(ROWS)).unique()
        rows = [
            CardRow(
                f"{d.label} for {d.for_whom}",
                url_for("deliveries.show", delivery_id=d.id),
                since(d.arrived_at, house().clock()) if d.arrived_at else d.carried_by,
                tone,
            )
            for d in shown
        ]
        url = url_for("deliveries.index", which=which)
        return Card(_count(session, wanted), rows, url, empty)

    return load


def _expected_today(session: Session, readings: Readings, who: Viewer) -> Card:
    del readings
    ask = _ask(who, "expected")
    day_end = ask.now + timedelta(days=1)
    due = queries.deliveries(ask).where(
        (Delivery.expected_at < day_end) | Delivery.expected_at.is_(None)
    )
    rows = [
        CardRow(
            f"{d.label} {d.po_number or d.number_shown}",
            url_for("deliveries.show", delivery_id=d.id),
            d.sender or d.carried_by,
            "warning" if d.expected_at and d.expected_at < ask.now - timedelta(days=1) else "",
        )
        for d in session.scalars(due.limit(ROWS)).unique()
    ]
    url = url_for("deliveries.index", which="expected")
    return Card(_count(session, due), rows, url, "Nothing is announced for today.")


def _pickups(session: Session, readings: Readings, who: Viewer) -> Card:
    del readings
    wanted = queries.pickups(_ask(who, "open")).where(Pickup.released_at.is_(None))
    rows = [
        CardRow(
            f"{p.label} to {p.destination or 'unknown'}",
            url_for("pickups.show", pickup_id=p.id),
            p.state.replace("_", " "),
        )
        for p in session.scalars(wanted.limit(ROWS)).unique()
    ]
    url = url_for("pickups.index", which="open")
    return Card(_count(session, wanted), rows, url, "No pickup waits for its release.")


def cards() -> list[HomeCard]:
    """The dock's cards; receiving sees all, facilities what waits for its rooms."""
    unstored = _deliveries("unstored", "Everything that came in has its place.")
    hand_over = _deliveries("hand-over", "Nobody's parcel is waiting.")
    ageing = _deliveries("ageing", f"Nothing is older than {AGEING_DAYS} days.", "warning")
    unknown = _deliveries("unknown", "Every parcel here has a name.", "warning")
    clerk = [
        ("dock-expected", "Expected today", {"receiving": 10}, _expected_today),
        ("dock-unstored", "Waiting to be stored", {"receiving": 20}, unstored),
        ("dock-hand-over", "Waiting for hand-over", {"receiving": 30}, hand_over),
        ("dock-pickups", "Pickups to release", {"receiving": 40, "facilities": 65}, _pickups),
        ("dock-ageing", "Ageing", {"receiving": 50}, ageing),
        ("dock-unknown", "Recipient unknown", {"receiving": 60}, unknown),
        ("dock-deliveries", "Deliveries waiting", {"facilities": 60}, hand_over),
    ]
    return [HomeCard(key, title, VIEW, roles, load) for key, title, roles, load in clerk]
