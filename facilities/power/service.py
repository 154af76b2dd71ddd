"""Nodes and links of the chain: add, edit, remove, switch. Takes a session, never commits."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from facilities.errors import Conflict, NotFound, Refused
from facilities.hosting.models import Equipment, Rack
from facilities.power import lines as conductors
from facilities.power.chain_queries import edge_of, node_of
from facilities.power.graph import Chain, judge_edge
from facilities.power.models import NODE_KINDS, Cord, Outlet, PowerLink, PowerNode
from facilities.power.panelboard import LAYOUTS, line_of, taken_by
from facilities.sites.models import Room, Site

FEEDS = ("", "A", "B", "C")
STATES = ("closed", "open", "tripped")
#: What a person may set on a node; site, kind and seat in a panel are set once or by other calls.
EDITABLE = frozenset(
    ("name", "feed", "room_id", "rack_id", "equipment_id", "voltage_v", "phases", "neutral")
) | frozenset(
    ("rating_a", "rating_w", "rating_va", "continuous_factor", "derate", "curve", "spaces")
)
EDITABLE |= frozenset(("layout", "usage", "destination"))
_PLACES: Mapping[str, type[Any]] = {"room_id": Room, "rack_id": Rack, "equipment_id": Equipment}
_CHOICES = {"feed": FEEDS, "usage": ("used", "spare", "blank"), "layout": (None, *LAYOUTS)}
#: field -> (above, up to, what it is called)
_RANGES = {
    "voltage_v": (0.0, 100_000.0, "A voltage in V"),
    "rating_a": (0.0, 20_000.0, "A rating in A"),
    "rating_w": (0.0, 1e9, "A rating in W"),
    "rating_va": (0.0, 1e9, "A rating in VA"),
    "continuous_factor": (0.0, 1.0, "A continuous factor"),
    "derate": (0.0, 1.5, "A derate"),
    "spaces": (0.0, 120.0, "The number of positions"),
}


def lock_power(session: Session, site_id: int) -> None:
    """Before judging: count one more change of the site's power, and hold the row until the commit.

    What is read afterwards is what will still be true then; whoever judged the old state notices.
    """
    session.flush()
    session.execute(
        update(Site)
        .where(Site.id == site_id)
        .values(capacity_version=Site.capacity_version + 1)
        .execution_options(unrecorded="a counter, no fact", synchronize_session=False)
    )


def find_node(session: Session, node_id: int) -> PowerNode:
    """A node by id. Raises NotFound."""
    node = session.get(PowerNode, node_id)
    if node is None:
        raise NotFound("There is no such node in the power chain.")
    return node


def add_node(
    session: Session,
    site_id: int,
    kind: str,
    values: Mapping[str, Any],
    seat: tuple[int, Sequence[int]] | None = None,
) -> PowerNode:
    """A new node. A breaker's seat, (panel id, positions), is judged by panel_service before.

    Raises Refused, Conflict.
    """
    if kind not in NODE_KINDS:
        raise Refused(f"No kind {kind!r}; known: {', '.join(NODE_KINDS)}.", "kind", "PW-01")
    if session.get(Site, site_id) is None:
        raise Refused("There is no such site.", "site_id")
    _known(values)
    lock_power(session, site_id)
    node = PowerNode(site_id=site_id, kind=kind, derate=1.0, feed="", phases="L1,L2,L3")
    node.panel_id, node.positions = (None, []) if seat is None else (seat[0], list(seat[1]))
    _set(node, values)
    _check(session, node)
    session.add(node)
    session.flush()
    return node


def edit_node(session: Session, node: PowerNode, changes: Mapping[str, Any]) -> PowerNode:
    """Change fields of a node; its links must still fit. Raises Refused, Conflict."""
    _known(changes)
    lock_power(session, node.site_id)
    with session.no_autoflush:
        _set(node, changes)
        _check(session, node)
        if "phases" in changes or "neutral" in changes:
            _check_links(session, node)
        if {"layout", "spaces", "phases"} & changes.keys():
            _check_seats(session, node)
    session.flush()
    return node


def remove_node(session: Session, node: PowerNode) -> None:
    """Take a node away with the links that feed it. Raises Conflict while something hangs on it."""
    lock_power(session, node.site_id)
    below = select(PowerNode).join(PowerLink, PowerLink.target_id == PowerNode.id)
    hanging = list(session.scalars(below.where(PowerLink.source_id == node.id).limit(5)))
    hanging += session.scalars(select(PowerNode).where(PowerNode.panel_id == node.id).limit(5))
    if hanging:
        names = ", ".join(row.title for row in hanging)
        raise Conflict(f"{node.title} feeds {names}. Take those away first.", "source")
    cords = select(Cord.id).join(Outlet).where(Outlet.pdu_id == node.id).limit(1)
    if session.scalar(cords) is not None:
        raise Conflict(f"Cords are plugged into {node.title}. Unplug them first.", "outlet")
    for row in session.scalars(select(Outlet).where(Outlet.pdu_id == node.id)):
        session.delete(row)
    for link in session.scalars(select(PowerLink).where(PowerLink.target_id == node.id)):
        session.delete(link)
    session.flush()
    session.delete(node)
    session.flush()


def switch(session: Session, node: PowerNode, state: str, reason: str) -> PowerNode:
    """Record a node as closed, open or tripped, with the reason in its history. Raises Refused."""
    if state not in STATES:
        raise Refused(f"A state is one of {', '.join(STATES)}.", "state")
    if not reason.strip():
        raise Refused("Say why it is switched; the history keeps it.", "reason")
    if node.state == state:
        raise Conflict(f"{node.title} is recorded as {state} already.", "state")
    lock_power(session, node.site_id)
    node.state = state
    session.info["reason"] = reason.strip()
    session.flush()
    return node


def judge_link(chain: Chain, link: PowerLink, target: PowerNode) -> None:
    """PW-01 for one link on top of a chain. Raises Refused, Conflict."""
    verdict = judge_edge(chain, edge_of(link, target))
    if not verdict.ok:
        taken = "already" in verdict.why
        raise (Conflict if taken else Refused)(verdict.why, verdict.field, "PW-01")


def _known(values: Mapping[str, Any]) -> None:
    strange = sorted(set(values) - EDITABLE)
    if strange:
        raise Refused(f"A node has no field {', '.join(strange)}.", strange[0])


def _set(node: PowerNode, values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        setattr(node, key, value.strip() if isinstance(value, str) else value)


def _check(session: Session, node: PowerNode) -> None:
    if not node.name:
        raise Refused("A node needs a name.", "name")
    node.usage, node.layout = node.usage or "used", node.layout or None
    for field, choices in _CHOICES.items():
        if getattr(node, field) not in choices:
            known = ", ".join(choice or "none" for choice in choices)
            raise Refused(f"The {field} is one of {known}.", field)
    check_phases(node.phases)
    for field, (above, most, words) in _RANGES.items():
        value = getattr(node, field)
        if value is not None and not above < value <= most:
            raise Refused(f"{words} is above {above:g} and at most {most:g}.", field)
    for field, model in _PLACES.items():
        id_ = getattr(node, field)
        if id_ is not None:
            place = session.get(model, id_)
            if place is None or place.site_id != node.site_id:
                raise Refused("There is no such place at this site.", field)
    _check_taken(session, node)


def _check_taken(session: Session, node: PowerNode) -> None:
    here = PowerNode.panel_id.is_not_distinct_from(node.panel_id)
    same = (PowerNode.site_id == node.site_id, here, PowerNode.name == node.name)
    if session.scalar(select(PowerNode.id).where(*same, PowerNode.id != (node.id or 0))):
        raise Conflict(f"There is a node {node.name!r} here already.", "name")
    if node.equipment_id is not None:
        other = select(PowerNode).where(PowerNode.equipment_id == node.equipment_id)
        found = session.scalar(other.where(PowerNode.id != (node.id or 0)))
        if found is not None:
            raise Conflict(f"That equipment is {found.title} in the chain already.", "equipment_id")


def check_phases(phases: str) -> None:
    """Refuse a text that names no conductors."""
    strange = conductors.unknown(phases)
    if strange or not conductors.split(phases):
        words = f"No conductor {', '.join(strange)}." if strange else "Name at least one line."
        raise Refused(f"{words} Write them as L1,L2,L3 with N for a neutral.", "phases", "PW-01")


def _check_links(session: Session, node: PowerNode) -> None:
    touching = or_(PowerLink.source_id == node.id, PowerLink.target_id == node.id)
    links = session.scalars(select(PowerLink).where(touching)).all()
    for link in links:
        ends = {id_: find_node(session, id_) for id_ in (link.source_id, link.target_id)}
        chain = Chain({id_: node_of(row) for id_, row in ends.items()}, ())
        judge_link(chain, link, ends[link.target_id])


def _check_seats(session: Session, panel: PowerNode) -> None:
    layout, spaces = panel.layout or "nema", panel.spaces or 0
    for breaker in session.scalars(select(PowerNode).where(PowerNode.panel_id == panel.id)):
        at = sorted(breaker.positions)
        fits = not at or taken_by(layout, at[0], len(at), spaces) == tuple(at)
        if fits and {line_of(layout, n, spaces, panel.lines) for n in at} <= set(breaker.lines):
            continue
        raise Conflict(
            f"{breaker.title} would not fit, or change its phases. Move it first.",
            "layout",
            "PW-21",
        )
