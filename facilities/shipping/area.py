"""What the shipping area gives the house."""

from collections.abc import Collection, Mapping, Sequence

from flask import Blueprint, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from facilities.accounts.permissions import Permission
from facilities.readings import ObjectRef
from facilities.shipping import (
    api,
    api_pickups,
    service,
    service_bins,
    service_find,
    tracking,
    views_bins,
    views_deliveries,
    views_handover,
    views_pickups,
    views_receive,
)
from facilities.shipping.cards import cards
from facilities.shipping.models import Bin, Delivery, Pickup
from facilities.web.registry import (
    Hit,
    HomeLead,
    NavEntry,
    ObjectKind,
    ObjectLink,
    Registries,
    SearchProvider,
    Viewer,
)
from facilities.web.rest import ApiBlueprint

P = Permission


def _delivery(row: Delivery) -> ObjectLink:
    place = f"{row.site.code}, {service.at_dock(row)}, for {row.for_whom}"
    url = url_for("deliveries.show", delivery_id=row.id)
    return ObjectLink(ObjectRef("delivery", row.id), row.label, url, place, row.site_id)


def _deliveries(session: Session, ids: Collection[int]) -> Mapping[int, ObjectLink]:
    return {row.id: _delivery(row) for row in service.by_ids(session, ids).values()}


def _pickup(row: Pickup) -> ObjectLink:
    place = f"{row.site.code}, to {row.destination or 'unknown'}"
    url = url_for("pickups.show", pickup_id=row.id)
    return ObjectLink(ObjectRef("pickup", row.id), row.label, url, place, row.site_id)


def _pickups(session: Session, ids: Collection[int]) -> Mapping[int, ObjectLink]:
    wanted = select(Pickup).where(Pickup.id.in_(ids)).options(joinedload(Pickup.site))
    return {row.id: _pickup(row) for row in session.scalars(wanted)}


def _bin(row: Bin) -> ObjectLink:
    url = url_for("bins.show", bin_id=row.id)
    return ObjectLink(ObjectRef("bin", row.id), row.code, url, row.name or "", row.site_id)


def _bins(session: Session, ids: Collection[int]) -> Mapping[int, ObjectLink]:
    return {row.id: _bin(row) for row in service_bins.by_ids(session, ids).values()}


def _search(session: Session, who: Viewer, words: str, limit: int) -> Sequence[Hit]:
    sites, said = who.sites_for(P.SHIPPING_VIEW), tracking.normalise(words)
    hits = []
    for row in service_find.found(session, sites, words, limit):
        link = _delivery(row)
        numbers = {t.number for t in row.tracking}
        exact = said in numbers or words.strip().lower() == row.label.lower()
        label = f"{row.label} {row.number_shown}"
        hits.append(Hit(link.ref, label, link.url, link.place, exact, rank=2))
    for pickup in service_find.found_pickups(session, sites, words, limit):
        link = _pickup(pickup)
        hits.append(Hit(link.ref, link.label, link.url, link.place, exact=True, rank=2))
    wanted = service_bins.listed(sites, words).limit(limit)
    for shelf in session.scalars(wanted) if len(words) > 1 else ():
        link, exact = _bin(shelf), shelf.code.lower() == words.lower()
        hits.append(Hit(link.ref, f"Bin {shelf.code}", link.url, link.place, exact, rank=6))
    return hits


def register(registries: Registries) -> None:
    """Kinds, search, cards, the scan form on the clerk's home, and the navigation."""
    registries.add_kind(ObjectKind("delivery", "Delivery", P.SHIPPING_VIEW, _deliveries))
    registries.add_kind(ObjectKind("pickup", "Pickup", P.SHIPPING_VIEW, _pickups))
    registries.add_kind(ObjectKind("bin", "Bin", P.SHIPPING_VIEW, _bins))
    registries.searches.append(SearchProvider("shipping", P.SHIPPING_VIEW, _search))
    registries.cards += cards()
    clerk = frozenset({"receiving"})
    registries.leads.append(HomeLead("receive", P.SHIPPING_LOG, clerk, views_receive.lead))
    registries.nav += [
        _entry("receive", "Receive", "scan", "receiving.receive", P.SHIPPING_LOG, 60, 1),
        _entry("deliveries", "Deliveries", "package", "deliveries.index", P.SHIPPING_VIEW, 61, 2),
        _entry("pickups", "Pickups", "truck-delivery", "pickups.index", P.SHIPPING_VIEW, 62, 3),
        _entry("hand-over", "Hand over", "user", "handover.start", P.SHIPPING_LOG, 63, 4),
        _entry("bins", "Bins", "box", "bins.index", P.SHIPPING_VIEW, 64, 5),
    ]


def _entry(
    key: str, title: str, icon: str, endpoint: str, permission: str, order: int, clerk: int
) -> NavEntry:
    return NavEntry(key, title, icon, endpoint, permission, order, {"receiving": clerk})


def blueprints() -> Sequence[Blueprint]:
    """Pages."""
    return (
        views_receive.blueprint,
        views_deliveries.blueprint,
        views_handover.blueprint,
        views_bins.blueprint,
        views_pickups.blueprint,
    )


def api_blueprints() -> Sequence[ApiBlueprint]:
    """REST."""
    return (api.blueprint, api_pickups.blueprint)
