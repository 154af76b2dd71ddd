"""Pages of the chain: overview of a site, list, one node with its schedule or outlets."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import select

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit, require
from facilities.errors import NotFound
from facilities.power.chain_queries import limit_of, plant_above
from facilities.power.cord_service import cords_by_outlet, policy_of
from facilities.power.find_queries import listed
from facilities.power.live import line_amps_of
from facilities.power.models import NODE_KINDS, PowerNode
from facilities.power.outlet_service import outlets_of
from facilities.power.overview_queries import standings, tree_of
from facilities.power.panel_queries import children_of, node_ref, schedule_of
from facilities.power.panel_service import BOARDS
from facilities.power.place_queries import crumbs_of, my_sites
from facilities.power.service import find_node
from facilities.power.standing import standing
from facilities.readings import ObjectRef
from facilities.sites.models import Site
from facilities.web.forms import HouseForm
from facilities.web.house import house, session, viewer
from facilities.web.objects import ObjectHead, render_object
from facilities.web.paging import paginate
from facilities.web.registry import KeyFact
from facilities.web.show import quantity

blueprint = Blueprint("power", __name__, url_prefix="/power")
VIEW, EDIT = Permission.POWER_VIEW, Permission.POWER_EDIT
TONES = {"closed": "ok", "open": "warning", "tripped": "critical"}
Context = dict[str, Any]


def site_asked() -> tuple[list[Site], Site | None]:
    """The sites this person may see, and the one that `?site=` names, else the first."""
    sites = my_sites(session(), viewer())
    wanted = request.args.get("site", type=int)
    chosen = next((site for site in sites if site.id == wanted), None)
    if wanted is not None and chosen is None:
        raise NotFound("There is no such site, or none that you may see.")
    return sites, chosen or (sites[0] if sites else None)


@blueprint.get("/")
@permit(VIEW)
def overview() -> str:
    """The chain of a site from its sources to its panels, live."""
    sites, site = site_asked()
    rows = tree_of(session(), house().readings, site) if site is not None else []
    return render_template("power/overview.html", sites=sites, site=site, rows=rows)


@blueprint.get("/nodes")
@permit(VIEW)
def nodes() -> str:
    """Every node, filtered by site, kind, feed, panel, and words."""
    sites = my_sites(session(), viewer())
    asked = request.args
    wanted = listed(
        viewer().sites_for(VIEW),
        site=asked.get("site", type=int),
        kind=asked.get("kind", ""),
        feed=asked.get("feed", ""),
        panel=asked.get("panel", type=int),
        words=asked.get("q", "").strip()[:100],
    )
    page = paginate(session(), wanted)
    refs = [node_ref(row.id) for row in page.rows]
    latest = house().readings.latest(refs)
    policies = {site.id: site.policy_pack for site in sites}
    stands = {}
    for row in page.rows:
        values = latest.get(node_ref(row.id), ())
        limit, amps = limit_of(row, policies[row.site_id]), line_amps_of(values, row.lines)
        stands[row.id] = standing(limit, values, amps, row.rating_w, row.rating_va)
    return render_template(
        "power/nodes.html", page=page, stands=stands, sites=sites, kinds=NODE_KINDS
    )


@blueprint.get("/nodes/<int:node_id>")
@permit(VIEW)
def node(node_id: int) -> str:
    """One node: its schedule or outlets first, then its place in the chain and its readings."""
    return node_page(find_node(session(), node_id))


def node_page(row: PowerNode, **context: Any) -> str:
    """The page of a node at the tab asked for; forms of other views ride along in `context`."""
    require(VIEW, row.site_id)
    policy = policy_of(session(), row.site_id)
    tabs = own_tabs(row)
    chosen = request.args.get("tab", next(iter(tabs)))
    build = {"schedule": schedule_context, "outlets": outlets_context, "chain": chain_context}
    facts = build[chosen](row, policy) if chosen in tabs else {}
    may_edit = viewer().may(EDIT, row.site_id)
    shell: Context = {"node": row, "may_edit": may_edit, "policy": policy, "names": names_of(row)}
    return render_object(head_of(row, policy), tabs, **{**shell, **facts, **context})


def own_tabs(row: PowerNode) -> Mapping[str, tuple[str, str]]:
    """The tabs of a node by its kind; a panel opens on its schedule."""
    chain = {"chain": ("Chain and readings", "power/node.html")}
    if row.kind in BOARDS and (row.kind == "panel" or row.spaces):
        return {"schedule": ("Schedule", "power/panel.html"), **chain}
    if row.kind == "rack_pdu":
        return {"outlets": ("Outlets", "power/outlets.html"), **chain}
    return chain


def status_of(form: HouseForm) -> int:
    """422 where something was refused, so that scripts notice; the page shows it either way."""
    return 422 if form.errors or form.form_errors else 200


def names_of(row: PowerNode) -> str:
    """How the site calls its phases."""
    found = select(Site.phase_names).where(Site.id == row.site_id)
    return session().scalar(found) or "L1 L2 L3"


def head_of(row: PowerNode, policy: str) -> ObjectHead:
    """Title, state and key facts of a node."""
    limit = limit_of(row, policy)
    facts = [
        KeyFact("Feed", row.feed or "none"),
        KeyFact("Nominal", None if row.voltage_v is None else quantity(row.voltage_v, "V")),
        KeyFact("Phases", " ".join(row.lines)),
        KeyFact("Rating", None if row.rating_a is None else quantity(row.rating_a, "A")),
        KeyFact("Continuous limit", None if limit.amps is None else quantity(limit.amps, "A")),
        KeyFact("Policy", limit.policy),
    ]
    if row.rating_va or row.rating_w:
        rated = [quantity(row.rating_w, "W")] if row.rating_w else []
        rated += [quantity(row.rating_va, "VA")] if row.rating_va else []
        facts.append(KeyFact("Rated power", " / ".join(rated)))
    return ObjectHead(
        node_ref(row.id),
        row.kind.replace("_", " "),
        row.title,
        crumbs_of(session(), row.site_id, row.room_id, row.rack_id),
        row.state,
        TONES.get(row.state, ""),
        facts,
    )


def schedule_context(row: PowerNode, policy: str) -> Context:
    """What the schedule shows."""
    found = schedule_of(session(), house().readings, row, policy)
    return {"schedule": found, "now": house().clock()}


def outlets_context(row: PowerNode, policy: str) -> Context:
    """What a rack PDU's outlets show: live values, what is plugged in."""
    outlets = outlets_of(session(), row)
    cords = cords_by_outlet(session(), [outlet.id for outlet in outlets])
    refs = [ObjectRef("outlet", outlet.id) for outlet in outlets]
    latest = house().readings.latest([*refs, node_ref(row.id)])
    own = latest.get(node_ref(row.id), ())
    amps = line_amps_of(own, row.lines)
    stands = standing(limit_of(row, policy), own, amps, row.rating_w, row.rating_va)
    return {"outlets": outlets, "cords": cords, "latest": latest, "stands": stands, "own": own}


def chain_context(row: PowerNode, policy: str) -> Context:
    """What a node's chain tab shows: the way up with standings, inputs, children, all values."""
    del policy
    plant = plant_above(session(), [row.id], row.site_id)
    up = plant.chain.path_up(row.id)
    children = children_of(session(), up)
    below = children.get(row.id, [])
    stands = standings(plant, house().readings, up, children)
    values = house().readings.latest([node_ref(row.id)]).get(node_ref(row.id), ())
    inputs = [link for link in plant.links if link.target_id == row.id]
    return {
        "up": [plant.rows[id_] for id_ in up],
        "stands": stands,
        "below": below,
        "values": sorted(values, key=lambda value: value.metric),
        "inputs": [(link, plant.rows[link.source_id]) for link in inputs],
    }
