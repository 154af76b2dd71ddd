"""PW-01: the power chain as a directed acyclic graph; who may feed whom, and on which conductors.

Source: domain reference PW-01. A verdict names the link that offends and why.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

from facilities.power.lines import NEUTRAL

_UPSTREAM = ("transformer", "ats", "sts", "switchgear", "ups", "pdu", "panel", "breaker", "busway")
#: Which kinds a kind may feed. A source is fed by nothing; a rack PDU feeds outlets only.
MAY_FEED: Mapping[str, frozenset[str]] = {
    "utility": frozenset(_UPSTREAM),
    "generator": frozenset(_UPSTREAM),
    "transformer": frozenset(_UPSTREAM),
    "switchgear": frozenset(_UPSTREAM),
    "ats": frozenset((*_UPSTREAM, "rack_pdu")),
    "sts": frozenset((*_UPSTREAM, "rack_pdu")),
    "ups": frozenset((*_UPSTREAM, "rack_pdu")),
    "breaker": frozenset((*_UPSTREAM, "rack_pdu")),
    "pdu": frozenset(("ats", "sts", "panel", "breaker", "busway", "rack_pdu")),
    "panel": frozenset(("ats", "sts", "transformer", "panel", "breaker", "busway", "rack_pdu")),
    "busway": frozenset(("busway", "tap_off")),
    "tap_off": frozenset(("ats", "sts", "panel", "breaker", "rack_pdu")),
    "rack_pdu": frozenset(),
}
SOURCES = frozenset(("utility", "generator"))
#: Kinds that may have several inputs closed at once: they choose, or they parallel by design.
MANY_INPUTS = frozenset(("ats", "sts", "switchgear", "ups"))


@dataclass(frozen=True, slots=True)
class Node:
    """A node as rules see it. conductors: lines and N; neutral None where it is not recorded."""

    id: int
    name: str
    kind: str
    lines: tuple[str, ...] = ("L1", "L2", "L3")
    neutral: bool | None = None
    feed: str = ""
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Edge:
    """Power flows from source to target on `lines`; a bypass is normally open.

    neutral: True where the target needs N on this edge, None where nobody said.
    """

    source: int
    target: int
    lines: tuple[str, ...] = ("L1", "L2", "L3")
    neutral: bool | None = None
    normally_open: bool = False
    preference: int = 1


@dataclass(frozen=True, slots=True)
class GraphVerdict:
    """ok, or what is wrong with which edge. `field` is the form field it is about."""

    ok: bool
    edge: Edge | None = None
    why: str = ""
    field: str = ""
    cycle: tuple[int, ...] = ()


@dataclass(frozen=True)
class Chain:
    """Nodes by id with their edges. Built once, asked often."""

    nodes: Mapping[int, Node]
    edges: Sequence[Edge]
    above: Mapping[int, tuple[Edge, ...]] = field(init=False)
    below: Mapping[int, tuple[Edge, ...]] = field(init=False)

    def __post_init__(self) -> None:
        above: dict[int, list[Edge]] = {id_: [] for id_ in self.nodes}
        below: dict[int, list[Edge]] = {id_: [] for id_ in self.nodes}
        for edge in self.edges:
            if edge.source in self.nodes and edge.target in self.nodes:
                above[edge.target].append(edge)
                below[edge.source].append(edge)
        ordered = {
            id_: tuple(sorted(edges, key=lambda e: (e.normally_open, e.preference, e.source)))
            for id_, edges in above.items()
        }
        object.__setattr__(self, "above", ordered)
        object.__setattr__(self, "below", {id_: tuple(edges) for id_, edges in below.items()})

    def ancestors(self, node: int) -> dict[int, int]:
        """Every node upstream over normally closed edges, with its least distance; not itself."""
        return self._walk(
            node, lambda id_: [e.source for e in self.above[id_] if not e.normally_open]
        )

    def descendants(self, node: int) -> dict[int, int]:
        """Every node downstream over normally closed edges, with its least distance; not itself."""
        return self._walk(
            node, lambda id_: [e.target for e in self.below[id_] if not e.normally_open]
        )

    def _walk(self, start: int, following: Callable[[int], Iterable[int]]) -> dict[int, int]:
        distance, ring = {start: 0}, [start]
        while ring:
            ring = [
                id_
                for near in ring
                for id_ in following(near)
                if id_ not in distance and distance.setdefault(id_, distance[near] + 1)
            ]
        del distance[start]
        return distance

    def path_up(self, node: int) -> list[int]:
        """The preferred way up to a source, from the node itself: at each node the first input."""
        path = [node]
        while edges := [e for e in self.above.get(path[-1], ()) if e.source not in path]:
            path.append(edges[0].source)
        return path

    def order(self) -> list[int]:
        """Ids from sources to rack PDUs. Raises graphlib.CycleError on a chain never judged."""
        sorter: TopologicalSorter[int] = TopologicalSorter(dict.fromkeys(self.nodes, ()))
        for edge in self.edges:
            sorter.add(edge.target, edge.source)
        return list(sorter.static_order())


def judge_edge(chain: Chain, edge: Edge) -> GraphVerdict:
    """May this edge be added to the chain? PW-01: kinds, conductors, one input, no cycle."""
    source, target = chain.nodes[edge.source], chain.nodes[edge.target]
    for judge in (_kinds, _conductors, _inputs):
        why = judge(chain, edge, source, target)
        if why:
            return GraphVerdict(False, edge, why, "phases" if judge is _conductors else "source")
    cycle = _way_down(chain, edge.target, edge.source)
    if cycle:
        names = " -> ".join(chain.nodes[id_].name for id_ in (edge.source, *cycle))
        return GraphVerdict(False, edge, f"That would be a circle: {names}.", "source", cycle)
    return GraphVerdict(True)


def judge_chain(nodes: Iterable[Node], edges: Sequence[Edge]) -> GraphVerdict:
    """A whole chain, edge by edge in the given order: the first edge that offends."""
    by_id = {node.id: node for node in nodes}
    taken: list[Edge] = []
    for edge in edges:
        verdict = judge_edge(Chain(by_id, taken), edge)
        if not verdict.ok:
            return verdict
        taken.append(edge)
    return GraphVerdict(True)


def _kinds(chain: Chain, edge: Edge, source: Node, target: Node) -> str:
    del chain, edge
    if target.kind in MAY_FEED.get(source.kind, frozenset()):
        return ""
    if target.kind in SOURCES:
        return f"{target.name} is a {target.kind}: a source is fed by nothing."
    return f"{source.name} ({source.kind}) cannot feed {target.name} ({target.kind})."


def _conductors(chain: Chain, edge: Edge, source: Node, target: Node) -> str:
    del chain
    for taker, takes, giver, offers in (
        ("The link", edge.lines, source.name, source.lines),
        (target.name, target.lines, "the link", edge.lines),
    ):
        missing = [line for line in takes if line not in offers]
        if missing:
            have = "-".join(offers) or "no conductor"
            return f"{taker} works on {'-'.join(missing)}, but {giver} offers only {have}."
    if edge.neutral and source.neutral is False:
        have = "-".join(source.lines)
        return f"{target.name} needs {NEUTRAL}, but {source.name} offers only {have}."
    return ""


def _inputs(chain: Chain, edge: Edge, source: Node, target: Node) -> str:
    del source
    closed = [e for e in chain.above[edge.target] if not e.normally_open]
    if edge.normally_open or not closed or target.kind in MANY_INPUTS:
        return ""
    fed_by = chain.nodes[closed[0].source].name
    return (
        f"{target.name} is fed by {fed_by} already; take that link away first, "
        "or mark this one normally open."
    )


def _way_down(chain: Chain, start: int, goal: int) -> tuple[int, ...]:
    """Ids from start to goal along any edge, open ones too; () where there is none."""
    came: dict[int, int | None] = {start: None}
    ring = [start]
    while ring and goal not in came:
        following = [(near, e.target) for near in ring for e in chain.below[near]]
        ring = []
        for near, far in following:
            if far not in came:
                came[far] = near
                ring.append(far)
    if goal not in came:
        return ()
    way: list[int] = []
    at: int | None = goal
    while at is not None:
        way.append(at)
        at = came[at]
    return tuple(reversed(way))
