"""PW-01: who may feed whom, on which conductors, without circles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilities.power.graph import Chain, Edge, Node, judge_chain, judge_edge

UTILITY = Node(1, "Utility A", "utility")
UPS = Node(2, "UPS-A", "ups")
PDU = Node(3, "PDU-A", "pdu")
PANEL = Node(4, "RPP-A3", "panel")


def chain(*nodes: Node, edges: tuple[Edge, ...] = ()) -> Chain:
    return Chain({node.id: node for node in nodes}, edges)


def test_pw_01_a_ups_fed_from_its_own_pdu_is_refused() -> None:
    verdict = judge_chain((UPS, PDU), (Edge(2, 3), Edge(3, 2)))
    assert not verdict.ok
    assert verdict.edge == Edge(3, 2)
    assert "PDU-A" in verdict.why
    assert "UPS-A" in verdict.why


def test_pw_01_a_circle_of_kinds_that_may_feed_each_other_is_named_in_full() -> None:
    one, two, three = (Node(n, f"SWGR-{n}", "switchgear") for n in (1, 2, 3))
    verdict = judge_edge(chain(one, two, three, edges=(Edge(1, 2), Edge(2, 3))), Edge(3, 1))
    assert verdict.why == "That would be a circle: SWGR-3 -> SWGR-1 -> SWGR-2 -> SWGR-3."
    assert verdict.cycle == (1, 2, 3)


def test_pw_01_a_bypass_closes_no_circle_but_may_not_run_backwards() -> None:
    board, panel = Node(1, "SWGR-A", "switchgear"), Node(4, "RPP-A", "panel")
    fed = chain(board, UPS, panel, edges=(Edge(1, 2), Edge(2, 4)))
    assert judge_edge(fed, Edge(1, 4, normally_open=True)).ok
    assert not judge_edge(fed, Edge(4, 1, normally_open=True)).ok


def test_pw_01_a_line_to_neutral_load_on_a_tap_without_neutral_is_rejected() -> None:
    tap = Node(1, "Tap 4", "tap_off", ("L1", "L2"), neutral=False)
    load = Node(2, "PDU-R7", "rack_pdu", ("L1",), neutral=True)
    verdict = judge_edge(chain(tap, load), Edge(1, 2, ("L1",), neutral=True))
    assert verdict.why == "PDU-R7 needs N, but Tap 4 offers only L1-L2."


def test_pw_01_a_phase_that_is_not_there_is_named() -> None:
    breaker = Node(1, "CB-7", "breaker", ("L1", "L2"))
    pdu = Node(2, "PDU-R7", "rack_pdu")
    verdict = judge_edge(chain(breaker, pdu), Edge(1, 2, ("L1", "L2")))
    assert not verdict.ok
    assert verdict.field == "phases"
    assert "L3" in verdict.why
    over = judge_edge(chain(breaker, pdu), Edge(1, 2))
    assert over.why == "The link works on L3, but CB-7 offers only L1-L2."


def test_pw_01_a_source_is_fed_by_nothing_and_a_rack_pdu_feeds_no_node() -> None:
    rack_pdu = Node(5, "PDU-R7", "rack_pdu")
    everything = chain(UTILITY, UPS, PANEL, rack_pdu)
    assert "source is fed by nothing" in judge_edge(everything, Edge(2, 1)).why
    assert not judge_edge(everything, Edge(5, 4)).ok


def test_pw_01_a_panel_has_one_closed_input_and_the_one_it_has_is_named() -> None:
    other = Node(9, "UPS-B", "ups")
    fed = chain(UPS, PANEL, other, edges=(Edge(2, 4),))
    assert "fed by UPS-A already" in judge_edge(fed, Edge(9, 4)).why
    assert judge_edge(fed, Edge(9, 4, normally_open=True)).ok


def test_a_switch_prefers_its_first_input_and_the_open_bypass_comes_last() -> None:
    nodes = (UTILITY, Node(9, "GEN", "generator"), Node(5, "ATS", "ats"), PANEL)
    edges = (Edge(9, 5, preference=2), Edge(1, 5), Edge(1, 4, normally_open=True), Edge(5, 4))
    plant = chain(*nodes, edges=edges)
    assert plant.path_up(4) == [4, 5, 1]
    assert plant.ancestors(4) == {5: 1, 9: 2, 1: 2}
    assert plant.descendants(1) == {5: 1, 4: 2}
    assert plant.order().index(5) < plant.order().index(4)


@st.composite
def boards(draw: st.DrawFn) -> tuple[list[Node], list[Edge]]:
    count = draw(st.integers(2, 7))
    ends = st.tuples(st.integers(1, count), st.integers(1, count))
    pairs = draw(st.lists(ends, max_size=14, unique=True))
    nodes = [Node(n, f"B{n}", "switchgear") for n in range(1, count + 1)]
    return nodes, [Edge(one, other) for one, other in pairs]


def reaches(pairs: set[tuple[int, int]], start: int, goal: int) -> bool:
    """The slow model: grow the relation until it stands still."""
    closed = set(pairs)
    while True:
        more = {(a, d) for a, b in closed for c, d in closed if b == c} | closed
        if more == closed:
            return (start, goal) in closed or start == goal
        closed = more


@given(boards())
def test_an_edge_is_refused_exactly_when_its_source_can_be_reached_from_its_target(
    plant: tuple[list[Node], list[Edge]],
) -> None:
    nodes, edges = plant
    taken: list[Edge] = []
    for edge in edges:
        pairs = {(e.source, e.target) for e in taken}
        verdict = judge_edge(Chain({n.id: n for n in nodes}, taken), edge)
        assert verdict.ok is not reaches(pairs, edge.target, edge.source)
        if verdict.ok:
            taken.append(edge)
    assert judge_chain(nodes, taken).ok


@pytest.mark.parametrize("kind", ["utility", "generator"])
def test_nothing_may_feed_a_source_in_any_kind(kind: str) -> None:
    nodes = chain(UPS, Node(8, "S", kind))
    assert not judge_edge(nodes, Edge(2, 8)).ok
