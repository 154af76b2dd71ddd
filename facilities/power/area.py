"""What the power area gives the house."""

from collections.abc import Callable, Collection, Mapping, Sequence

from flask import Blueprint, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from facilities.accounts.permissions import Permission
from facilities.power import (
    api,
    cards,
    cord_api,
    cord_views,
    node_views,
    overlay_queries,
    panel_views,
    tab_views,
    views,
)
from facilities.power.cord_service import free_cords
from facilities.power.find_queries import breakers_at, in_sites, matching
from facilities.power.models import Cord, Inlet, Outlet, PowerNode
from facilities.readings import ObjectRef
from facilities.web.registry import (
    Card,
    FactProvider,
    Hit,
    HomeCard,
    NavEntry,
    ObjectKind,
    ObjectLink,
    ObjectTab,
    PlanOverlay,
    Registries,
    Release,
    SearchProvider,
    Viewer,
)
from facilities.web.rest import ApiBlueprint

VIEW = Permission.POWER_VIEW
#: Importing them puts their routes on the blueprint.
PAGES = (views, node_views, panel_views, cord_views)


def register(registries: Registries) -> None:
    """Nodes and outlets as objects, tabs, overlay, facts, cards, search, navigation."""
    registries.add_kind(ObjectKind("power_node", "Power node", VIEW, find_nodes))
    registries.add_kind(ObjectKind("outlet", "Outlet", VIEW, find_outlets))
    registries.tabs += [
        ObjectTab("power", "Power", VIEW, tab_views.rack_tab, frozenset(["rack"]), 20),
        ObjectTab("power", "Power", VIEW, tab_views.equipment_tab, frozenset(["equipment"]), 20),
    ]
    registries.releases.append(Release("equipment", lambda s, ref: free_cords(s, ref.id)))
    registries.facts.append(FactProvider("rack", VIEW, overlay_queries.rack_facts))
    registries.overlays.append(
        PlanOverlay(
            "power",
            "Power",
            VIEW,
            "Live power against the rack's budget, or what one feed may carry; hatched: unknown",
            overlay_queries.power_shades,
            20,
        )
    )
    registries.searches.append(SearchProvider("power", VIEW, search))
    registries.nav.append(
        NavEntry(
            "power",
            "Power",
            "bolt",
            "power.overview",
            VIEW,
            order=40,
            roles={"electrician": 10, "facilities": 40},
        )
    )
    registries.cards += [
        HomeCard(key, title, VIEW, {"electrician": place, "admin": place + 40}, load)
        for key, title, place, load in CARDS
    ]


CARDS: Sequence[tuple[str, str, int, Callable[..., Card]]] = (
    ("breakers", "Breakers at 80 % of their limit", 10, cards.near_limit),
    ("redundancy", "Redundancy on paper only", 20, cards.paper_redundancy),
    ("imbalance", "Imbalance above 10 %", 30, cards.uneven),
    ("ups", "UPS not on mains", 40, cards.ups_state),
)


def blueprints() -> Sequence[Blueprint]:
    """Pages."""
    return (PAGES[0].blueprint,)


def api_blueprints() -> Sequence[ApiBlueprint]:
    """REST."""
    return (*api.BLUEPRINTS, *cord_api.BLUEPRINTS)


def find_nodes(session: Session, ids: Collection[int]) -> Mapping[int, ObjectLink]:
    """Links of nodes, in one statement."""
    wanted = select(PowerNode).where(PowerNode.id.in_(ids)).options(joinedload(PowerNode.panel))
    return {
        row.id: ObjectLink(
            ObjectRef("power_node", row.id),
            row.title,
            url_for("power.node", node_id=row.id),
            row.destination or row.kind.replace("_", " "),
            row.site_id,
        )
        for row in session.scalars(wanted)
    }


def find_outlets(session: Session, ids: Collection[int]) -> Mapping[int, ObjectLink]:
    """Links of outlets: to their PDU, with what is plugged in; one statement."""
    wanted = (
        select(Outlet, Cord)
        .outerjoin(Cord, Cord.outlet_id == Outlet.id)
        .where(Outlet.id.in_(ids))
        .options(joinedload(Outlet.pdu), joinedload(Cord.inlet).joinedload(Inlet.equipment))
    )
    return {
        outlet.id: ObjectLink(
            ObjectRef("outlet", outlet.id),
            f"{outlet.pdu.name} outlet {outlet.number}",
            url_for("power.node", node_id=outlet.pdu_id),
            cord.inlet.equipment.name if cord is not None else "free",
            outlet.site_id,
        )
        for outlet, cord in session.execute(wanted)
    }


def search(session: Session, who: Viewer, words: str, limit: int) -> Sequence[Hit]:
    """Nodes by name or destination, breakers by circuit id (`RPP-A3-13` finds 13,15,17)."""
    here = in_sites(who.sites_for(VIEW))
    wanted = select(PowerNode).where(here, matching(words)).options(joinedload(PowerNode.panel))
    found = {row.id: row for row in breakers_at(session, words, here)}
    for row in session.scalars(wanted.order_by(PowerNode.name).limit(limit)):
        found.setdefault(row.id, row)
    same = words.casefold().replace(" ", "")
    return [
        Hit(
            ObjectRef("power_node", row.id),
            row.title,
            url_for("power.node", node_id=row.id),
            " · ".join(part for part in (row.kind.replace("_", " "), row.destination) if part),
            exact=same in (row.title.casefold(), row.name.casefold()),
            rank=3,
        )
        for row in list(found.values())[:limit]
    ]
