"""Lists of deliveries and pickups: what the filter bar asks, on the page, in CSV and in REST."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from facilities.errors import Refused
from facilities.parties.models import Party
from facilities.shipping import tracking
from facilities.shipping.models import Delivery, DeliveryLine, DeliveryTracking, Pickup
from facilities.shipping.service_receive import COMING
from facilities.shipping.values import number_in

WAITING_TO_STORE = ("arrived", "accepted", "accepted_with_damage", "counted")
WAITING_FOR_OWNER = ("stored", "owner_notified")
HERE = (*WAITING_TO_STORE, *WAITING_FOR_OWNER, "quarantined", "on_hold", "missing")
#: Which deliveries a list shows, as its tabs say it.
WHICH = {
    "log": "Log",
    "expected": "Expected",
    "unstored": "Waiting to be stored",
    "hand-over": "Waiting for hand-over",
    "unknown": "Recipient unknown",
    "ageing": "Ageing",
}
PICKUP_WHICH = {"open": "Open", "release": "Waiting for release", "left": "Left the house"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a list shall show. since, until: whole days, both included; None: no limit.

    sites: those the viewer may see (None: all). old_before: what arrived earlier is ageing.
    """

    which: str = "log"
    text: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None
    sites: Collection[int] | None = None
    zone: str = "UTC"
    now: datetime
    ageing_days: int = 7


def day_in(text: str, field: str) -> date | None:
    """A date of the filter bar; None for nothing. Raises Refused naming the field."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Refused(f"{text!r} is no date, e.g. 2026-11-22.", field) from error


def ask_in(args: Mapping[str, str], **rest: Any) -> Ask:
    """The filter bar of a URL; the log shows today unless dates or a text are given."""
    asked = Ask(
        which=args.get("which", "log"),
        text=args.get("text", "").strip()[:120],
        state=args.get("state", ""),
        since=day_in(args.get("since", ""), "since"),
        until=day_in(args.get("until", ""), "until"),
        **rest,
    )
    free = asked.since or asked.until or asked.text or "since" in args
    if asked.which != "log" or free:
        return asked
    today = asked.now.astimezone(ZoneInfo(asked.zone)).date()
    return Ask(which="log", state=asked.state, since=today, until=today, **rest)


def _bounds(ask: Ask) -> tuple[datetime | None, datetime | None]:
    zone = ZoneInfo(ask.zone)
    start = datetime.combine(ask.since, time(), zone) if ask.since else None
    end = datetime.combine(ask.until + timedelta(days=1), time(), zone) if ask.until else None
    return start, end


def _within(column: Any, ask: Ask) -> list[ColumnElement[bool]]:
    start, end = _bounds(ask)
    found = [column >= start] if start else []
    return [*found, column < end] if end else found


def deliveries(ask: Ask) -> Select[Delivery]:
    """The deliveries a list shows, newest first; expected ones by their day."""
    wanted = select(Delivery).options(
        selectinload(Delivery.tracking),
        joinedload(Delivery.recipient),
        joinedload(Delivery.carrier),
        joinedload(Delivery.bin),
        joinedload(Delivery.site),
    )
    wanted = wanted.where(*_delivery_limits(ask))
    if ask.which == "expected":
        return wanted.order_by(Delivery.expected_at.is_(None), Delivery.expected_at, Delivery.id)
    if ask.which in ("ageing", "unstored", "hand-over"):
        return wanted.order_by(Delivery.arrived_at, Delivery.id)
    return wanted.order_by(Delivery.arrived_at.desc(), Delivery.id.desc())


def _delivery_limits(ask: Ask) -> list[ColumnElement[bool]]:
    limits: list[ColumnElement[bool]] = []
    limits += [] if ask.sites is None else [Delivery.site_id.in_(ask.sites)]
    limits += [Delivery.state == ask.state] if ask.state else []
    limits += [matches(ask.text)] if ask.text else []
    limits += kind_of_list(ask)
    return [*limits, *_within(_moment_of(ask), ask)]


def _moment_of(ask: Ask) -> Any:
    return Delivery.expected_at if ask.which == "expected" else Delivery.arrived_at


def kind_of_list(ask: Ask) -> list[ColumnElement[bool]]:
    """The conditions of one of WHICH. Raises Refused for another word."""
    live = Delivery.voided_at.is_(None)
    nobody = and_(Delivery.recipient_id.is_(None), Delivery.recipient_name.is_(None))
    old = ask.now - timedelta(days=ask.ageing_days)
    lists: dict[str, list[ColumnElement[bool]]] = {
        "log": [Delivery.arrived_at.is_not(None)],
        "expected": [live, Delivery.state.in_(COMING)],
        "unstored": [live, Delivery.state.in_(WAITING_TO_STORE)],
        "hand-over": [live, Delivery.state.in_(WAITING_FOR_OWNER)],
        "unknown": [live, Delivery.state.in_(HERE), nobody],
        "ageing": [live, Delivery.state.in_(HERE), Delivery.arrived_at < old],
    }
    if ask.which not in lists:
        raise Refused(f"Lists are {', '.join(lists)}.", "which")
    return lists[ask.which]


def matches(text: str) -> ColumnElement[bool]:
    """Deliveries whose number, tracking number, order, recipient, carrier or sender fits."""
    said = text.strip().lower()
    found = DeliveryTracking.number.startswith(tracking.normalise(text) or "?", autoescape=True)
    named = func.lower(Party.name).contains(said, autoescape=True)
    parties = select(Party.id).where(named)
    ways = [
        Delivery.id.in_(select(DeliveryTracking.delivery_id).where(found)),
        func.lower(Delivery.po_number).startswith(said, autoescape=True),
        func.lower(Delivery.recipient_name).contains(said, autoescape=True),
        func.lower(Delivery.carrier_name).startswith(said, autoescape=True),
        func.lower(Delivery.sender).contains(said, autoescape=True),
        Delivery.recipient_id.in_(parties),
    ]
    number = number_in(text, "D")
    return or_(*ways, Delivery.number == number) if number is not None else or_(*ways)


def pickups(ask: Ask) -> Select[Pickup]:
    """The pickups a list shows, newest first."""
    wanted = select(Pickup).options(joinedload(Pickup.site), joinedload(Pickup.carrier))
    limits: list[ColumnElement[bool]] = []
    limits += [] if ask.sites is None else [Pickup.site_id.in_(ask.sites)]
    limits += [Pickup.state == ask.state] if ask.state else []
    live, out = Pickup.voided_at.is_(None), Pickup.released_at
    over = Pickup.state.in_(("cancelled", "closed", "returned"))
    lists: dict[str, list[ColumnElement[bool]]] = {
        "log": [],
        "open": [live, ~over, Pickup.delivered_at.is_(None)],
        "release": [live, ~over, out.is_(None), Pickup.state != "requested"],
        "left": [out.is_not(None)],
    }
    if ask.which not in lists:
        raise Refused(f"Lists are {', '.join(lists)}.", "which")
    if ask.text:
        limits.append(_pickup_matches(ask.text))
    moment = out if ask.which == "left" else Pickup.created_at
    wanted = wanted.where(*limits, *lists[ask.which], *_within(moment, ask))
    return wanted.order_by(Pickup.created_at.desc(), Pickup.id.desc())


def _pickup_matches(text: str) -> ColumnElement[bool]:
    said, number = text.strip().lower(), number_in(text, "P")
    ways = [
        Pickup.tracking_number.startswith(tracking.normalise(text) or "?", autoescape=True),
        func.lower(Pickup.reference).startswith(said, autoescape=True),
        func.lower(Pickup.destination).contains(said, autoescape=True),
        func.lower(Pickup.driver).contains(said, autoescape=True),
    ]
    return or_(*ways, Pickup.number == number) if number is not None else or_(*ways)


def with_lines(wanted: Select[Delivery]) -> Select[Delivery]:
    """The same list with lines and their counts loaded, in a constant number of statements."""
    return wanted.options(selectinload(Delivery.lines).selectinload(DeliveryLine.counts))


def with_items(wanted: Select[Pickup]) -> Select[Pickup]:
    """The same list with items and owners loaded."""
    return wanted.options(selectinload(Pickup.lines), joinedload(Pickup.owner))
