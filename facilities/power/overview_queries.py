"""The chain of a site from its sources to its panels, as an indented tree with live standings."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, joinedload

from facilities.power.chain_queries import Plant, plant_of
from facilities.power.live import branch_amps
from facilities.power.models import PowerLink, PowerNode
from facilities.power.panel_queries import node_ref
from facilities.power.standing import Standing, standing
from facilities.readings import Readings
from facilities.sites.models import Site


@dataclass(frozen=True, slots=True)
class TreeRow:
    """One line of the tree. also: other inputs, as (name, id, why it is not the first)."""

    node: PowerNode
    depth: int
    standing: Standing
    also: tuple[tuple[str, int, str], ...] = ()
    breakers: int = 0


def backbone(session: Session, site: Site) -> Plant:
    """The chain without rack PDUs and without breakers that feed nothing but these."""
    target = aliased(PowerNode)
    onward = (
        select(PowerLink.id)
        .join(target, target.id == PowerLink.target_id)
        .where(PowerLink.source_id == PowerNode.id, target.kind != "rack_pdu")
    )
    shown = (PowerNode.kind != "breaker") | onward.exists()
    nodes = (
        select(PowerNode)
        .where(PowerNode.site_id == site.id, PowerNode.kind.not_in(("rack_pdu", "tap_off")), shown)
        .options(joinedload(PowerNode.panel))
        .order_by(PowerNode.feed, PowerNode.name)
    )
    rows = {row.id: row for row in session.scalars(nodes)}
    links = select(PowerLink).where(PowerLink.site_id == site.id, PowerLink.target_id.in_(rows))
    return plant_of(rows, session.scalars(links.order_by(PowerLink.id)).all(), site.policy_pack)


def breaker_counts(session: Session, site_id: int) -> dict[int, int]:
    """How many breakers sit in each panel of a site."""
    counted = (
        select(PowerNode.panel_id, func.count())
        .where(PowerNode.site_id == site_id, PowerNode.panel_id.is_not(None))
        .group_by(PowerNode.panel_id)
    )
    return {panel: count for panel, count in session.execute(counted) if panel is not None}


def standings(
    plant: Plant,
    readings: Readings,
    ids: Collection[int],
    children: Mapping[int, Sequence[PowerNode]] | None = None,
) -> dict[int, Standing]:
    """How each of these nodes stands, with one question to the readings.

    children: what hangs on breakers without a meter of their own.
    """
    below = children or {}
    wanted = {*ids, *(child.id for found in below.values() for child in found)}
    latest = readings.latest([node_ref(id_) for id_ in wanted])
    found = {}
    for id_ in ids:
        row, values = plant.rows[id_], latest.get(node_ref(id_), ())
        under = [
            (child.title, latest.get(node_ref(child.id), ()))
            for child in (below.get(id_, ()) if row.kind in ("breaker", "tap_off") else ())
        ]
        amps = branch_amps(values, row.lines, under)
        found[id_] = standing(plant.limit(id_), values, amps, row.rating_w, row.rating_va)
    return found


def tree_of(session: Session, readings: Readings, site: Site) -> list[TreeRow]:
    """The tree, parents before children; each node once, below the input it prefers."""
    plant = backbone(session, site)
    stands = standings(plant, readings, list(plant.rows))
    counts = breaker_counts(session, site.id)
    below: dict[int | None, list[int]] = {}
    for id_ in plant.rows:
        path = plant.chain.path_up(id_)
        below.setdefault(path[1] if len(path) > 1 else None, []).append(id_)
    rows: list[TreeRow] = []
    waiting = [(id_, 0) for id_ in reversed(below.get(None, []))]
    while waiting:
        id_, depth = waiting.pop()
        node = plant.rows[id_]
        rows.append(TreeRow(node, depth, stands[id_], _also(plant, id_), counts.get(id_, 0)))
        waiting += [(child, depth + 1) for child in reversed(below.get(id_, []))]
    return rows


def _also(plant: Plant, id_: int) -> tuple[tuple[str, int, str], ...]:
    others: Sequence[tuple[str, int, str]] = [
        (
            plant.rows[edge.source].title,
            edge.source,
            "bypass, normally open" if edge.normally_open else "alternate",
        )
        for edge in plant.chain.above[id_][1:]
    ]
    return tuple(others)
