"""Rows of the chain as the plain values that rules judge: a whole site, or what some nodes need."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, joinedload

from facilities.power.graph import Chain, Edge, Node
from facilities.power.limits import Limit, effective_limit
from facilities.power.lines import NEUTRAL, split
from facilities.power.models import PowerLink, PowerNode
from facilities.sites.models import Site


@dataclass(frozen=True)
class Plant:
    """A part of one site's chain: rows by id, the chain as rules see it, the site's policy pack."""

    rows: dict[int, PowerNode]
    chain: Chain
    policy: str = "nec"
    links: Sequence[PowerLink] = field(default=())

    def limit(self, node_id: int) -> Limit:
        """PW-11. The effective limit of a node under its own factor or the site's pack."""
        return limit_of(self.rows[node_id], self.policy)

    def up(self, node_id: int) -> list[PowerNode]:
        """The preferred way up to a source, the node itself left out."""
        return [self.rows[id_] for id_ in self.chain.path_up(node_id)[1:]]

    def feeder(self, node_id: int) -> PowerNode | None:
        """The nearest breaker or tap-off above a node, the rack's own protection."""
        above = (row for row in self.up(node_id) if row.kind in ("breaker", "tap_off"))
        return next(above, None)


def limit_of(row: PowerNode, policy: str) -> Limit:
    """PW-11 for one row."""
    return effective_limit(row.rating_a, policy, row.continuous_factor, row.derate)


def node_of(row: PowerNode) -> Node:
    """A row as rules see it."""
    return Node(
        row.id, row.title, row.kind, row.lines, row.neutral, row.feed, row.state == "closed"
    )


def edge_of(link: PowerLink, target: PowerNode | None) -> Edge:
    """A link as rules see it; a target on one line needs the neutral."""
    lines = split(link.phases)
    needs = NEUTRAL in link.phases or (target is not None and len(target.lines) == 1)
    return Edge(
        link.source_id, link.target_id, lines, needs or None, link.normally_open, link.preference
    )


def plant_of_site(session: Session, site_id: int) -> Plant:
    """The whole chain of a site, in three statements."""
    return _plant(session, PowerNode.site_id == site_id, site_id)


def plant_above(session: Session, node_ids: Collection[int], site_id: int) -> Plant:
    """The given nodes and all that stands upstream of them, in three statements."""
    return _plant(session, PowerNode.id.in_(_reached(node_ids, up=True)), site_id)


def plant_around(session: Session, node_ids: Collection[int], site_id: int) -> Plant:
    """The given nodes with all upstream and all downstream, in three statements."""
    both = PowerNode.id.in_(_reached(node_ids, up=True)) | PowerNode.id.in_(
        _reached(node_ids, up=False)
    )
    return _plant(session, both, site_id)


def _reached(node_ids: Collection[int], *, up: bool) -> Select[tuple[int]]:
    """A SELECT of the ids that can be reached over links and from panels to their breakers."""
    links = select(PowerLink.source_id.label("above"), PowerLink.target_id.label("below"))
    seated = select(PowerNode.panel_id, PowerNode.id).where(PowerNode.panel_id.is_not(None))
    edges = links.union(seated).subquery("edges")
    here, there = (edges.c.below, edges.c.above) if up else (edges.c.above, edges.c.below)
    start = select(PowerNode.id.label("id")).where(PowerNode.id.in_(node_ids))
    reached = start.cte("up" if up else "down", recursive=True)
    reached = reached.union(select(there).join(reached, here == reached.c.id))
    return select(reached.c.id)


def _plant(session: Session, which: ColumnElement[bool], site_id: int) -> Plant:
    nodes = select(PowerNode).where(which).options(joinedload(PowerNode.panel))
    rows = {row.id: row for row in session.scalars(nodes.order_by(PowerNode.id)).unique()}
    ids = select(PowerNode.id).where(which)
    wanted = select(PowerLink).where(PowerLink.site_id == site_id, PowerLink.target_id.in_(ids))
    links = session.scalars(wanted.order_by(PowerLink.id)).all()
    policy = session.scalar(select(Site.policy_pack).where(Site.id == site_id)) or "nec"
    return plant_of(rows, links, policy)


def plant_of(rows: dict[int, PowerNode], links: Sequence[PowerLink], policy: str) -> Plant:
    """A plant from rows: links, and the edge from each panel to the breakers seated in it."""
    linked = {(link.source_id, link.target_id) for link in links}
    edges = [
        Edge(row.panel_id, row.id, row.lines)
        for row in rows.values()
        if row.panel_id is not None and (row.panel_id, row.id) not in linked
    ]
    edges += [edge_of(link, rows.get(link.target_id)) for link in links]
    chain = Chain({id_: node_of(row) for id_, row in rows.items()}, edges)
    return Plant(rows, chain, policy, links)
