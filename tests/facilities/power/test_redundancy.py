"""PW-13, PW-15 and PW-29: what a feed carries when the other is lost; redundancy on paper only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilities.power.demand import reckoned
from facilities.power.failover import (
    CordEnd,
    Load,
    coverage,
    first_to_fail,
    judge_node,
    shortcut,
    simulate,
)
from facilities.power.graph import Chain, Edge, Node
from facilities.power.limits import effective_limit
from facilities.power.redundancy import Path, false_redundancy, feeds_of, of_many

A, B = 1, 2
AB, BC = ("L1", "L2"), ("L2", "L3")
LINES = ("L1", "L2", "L3")


def cord(pdu: int, lines: tuple[str, ...] = LINES) -> CordEnd:
    return CordEnd(pdu, "A" if pdu == A else "B", lines, 208.0)


def dual(name: str, watts: float, *lines: tuple[str, ...]) -> Load:
    one, other = lines or (LINES, LINES)
    return Load(name, complex(watts), (cord(A, one), cord(B, other)))


def test_pw_15_the_survivor_carries_all_on_the_phases_of_its_own_cord() -> None:
    load = dual("srv", 2080, AB, BC)
    normal = simulate([load])
    assert normal.amps[A] == pytest.approx((5, 5, 0, 0), abs=1e-9)
    assert normal.amps[B] == pytest.approx((0, 5, 5, 0), abs=1e-9)
    lost = simulate([load], {"A"})
    assert lost.amps[B] == pytest.approx((0, 10, 10, 0), abs=1e-9)
    assert A not in lost.amps
    assert lost.lost_redundancy == ("srv",)


def test_pw_15_the_shortcut_adds_both_feeds_per_phase() -> None:
    assert shortcut((12, 12, 12), (12, 12, 12), 24).ok
    over = shortcut((14, 14, 14), (12, 12, 12), 24)
    assert not over.ok
    assert over.why == "26.00 A > 24.00 A"


def test_pw_18_topology_normal_and_a_lost() -> None:
    loads = [dual("srv1", 3000), dual("srv2", 6000), Load("sw1", 500 + 0j, (cord(A),))]
    normal = simulate(loads)
    assert normal.amps[A][0] == pytest.approx(13.88, abs=0.01)
    assert normal.amps[B][0] == pytest.approx(12.49, abs=0.01)
    lost = simulate(loads, {"A"})
    assert lost.amps[B][0] == pytest.approx(24.98, abs=0.01)
    assert lost.dark == ("sw1",)
    assert lost.lost_redundancy == ("srv1", "srv2")


def test_sp_14_the_reason_names_circuit_phase_and_limit() -> None:
    figure = judge_node(7, "RPP-B3-7,9,11", effective_limit(30), (20.0, 24.6, 3.0, 0.0), LINES)
    assert figure.why == "RPP-B3-7,9,11 L2 24.60 A > 24.00 A"
    assert figure.ok is False
    calm = judge_node(8, "PDU", effective_limit(60), (20.0, 24.6, 3.0, 0.0), LINES)
    assert first_to_fail([calm, figure]) == figure
    assert first_to_fail([judge_node(9, "?", effective_limit(None), (1, 1, 1), LINES)]) is None


def test_pw_15_three_of_six_supplies_must_live() -> None:
    six = Load("chassis", 6000 + 0j, tuple(cord(p) for p in (A, A, A, B, B, B)), needs=3)
    assert simulate([six], {"A"}).dark == ()
    four_two = Load("chassis", 6000 + 0j, tuple(cord(p) for p in (A, A, A, A, B, B)), needs=3)
    assert simulate([four_two], {"A"}).dark == ("chassis",)


def test_a_load_nobody_modelled_is_neither_zero_nor_dark_but_uncovered() -> None:
    unknown = Load("mystery", None, (cord(A), cord(B)))
    half = Load("half", 500 + 0j, (cord(A),), missing=1)
    loads = [dual("srv", 2080), unknown, half]
    assert coverage(loads) == (1, 3)
    assert simulate(loads, {"A"}).dark == ()


WATTS = st.floats(0, 5000)
FEED_LINES = st.sampled_from([("L1",), ("L2",), ("L3",), AB, BC, ("L3", "L1"), LINES])


@given(st.lists(st.tuples(WATTS, FEED_LINES), max_size=8))
def test_with_equal_phases_the_survivor_carries_exactly_what_both_feeds_did(
    loads: list[tuple[float, tuple[str, ...]]],
) -> None:
    pairs = [dual(f"l{n}", watts, lines, lines) for n, (watts, lines) in enumerate(loads)]
    normal, lost = simulate(pairs), simulate(pairs, {"A"})
    for at in range(4 if pairs else 0):
        both = normal.amps[A][at] + normal.amps[B][at]
        assert lost.amps[B][at] == pytest.approx(both, abs=1e-6)


def plant() -> Chain:
    kinds = {1: "utility", 2: "ups", 3: "ups", 4: "panel", 5: "panel", 6: "rack_pdu", 7: "rack_pdu"}
    names = {
        1: "Utility",
        2: "UPS-A",
        3: "UPS-B",
        4: "RPP-A3",
        5: "RPP-B3",
        6: "PDU-A1",
        7: "PDU-B1",
    }
    nodes = {id_: Node(id_, names[id_], kind) for id_, kind in kinds.items()}
    edges = (Edge(1, 2), Edge(1, 3), Edge(2, 4), Edge(3, 5), Edge(4, 6), Edge(5, 7))
    return Chain(nodes, edges)


def test_pw_29_two_pdus_on_one_panel_are_found_and_the_first_shared_node_is_named() -> None:
    good = plant()
    wrong = Chain(good.nodes, [e for e in good.edges if e.target != 7] + [Edge(4, 7)])
    paths = (Path("PSU1", 6, "A"), Path("PSU2", 7, "B"))
    (finding,) = false_redundancy(wrong, paths)
    assert (finding.name, finding.kind, finding.paths) == ("RPP-A3", "shared", ("PSU1", "PSU2"))
    assert false_redundancy(good, paths) == []


def test_pw_29_both_cords_in_one_rack_pdu_is_the_pdu() -> None:
    paths = (Path("PSU1", 6, "A"), Path("PSU2", 6, "A"))
    assert [found.name for found in false_redundancy(plant(), paths)] == ["PDU-A1"]
    assert of_many(plant(), {"srv": paths, "sw": paths[:1]}).keys() == {"srv"}


def test_pw_29_a_switch_below_the_upss_counts_and_one_above_does_not() -> None:
    good = plant()
    nodes = {**good.nodes, 9: Node(9, "ATS-9", "ats")}
    below = Chain(nodes, (Edge(1, 2), Edge(1, 3), Edge(2, 9), Edge(3, 9), Edge(9, 6), Edge(9, 7)))
    above = Chain(nodes, (Edge(1, 9), Edge(9, 2), Edge(9, 3), *good.edges[2:]))
    paths = (Path("PSU1", 6, "A"), Path("PSU2", 7, "B"))
    assert [found.name for found in false_redundancy(below, paths)] == ["ATS-9"]
    assert false_redundancy(above, paths) == []


def test_pw_29_a_label_that_the_chain_above_contradicts_is_found() -> None:
    good = plant()
    nodes = {**good.nodes, 4: Node(4, "RPP-A3", "panel", feed="A")}
    (finding,) = false_redundancy(Chain(nodes, good.edges), (Path("PSU1", 6, "B"),))
    assert (finding.kind, finding.name) == ("labels", "RPP-A3")


def test_the_cords_of_a_load_by_feed() -> None:
    one, two, three = Path("1", 6, "A"), Path("2", 7, "B"), Path("3", 6, "A")
    assert feeds_of((one, two, three)) == {"A": [one, three], "B": [two]}


@pytest.mark.parametrize(
    ("given_w", "value", "kind"),
    [
        ((310.0, 400.0, 750.0), 310.0, "measured"),
        ((None, 400.0, 750.0), 400.0, "budget"),
        ((None, None, 750.0), 450.0, "estimated"),
        ((None, None, None), None, "unknown"),
    ],
)
def test_pw_13_which_watts(
    given_w: tuple[float | None, float | None, float | None], value: float | None, kind: str
) -> None:
    found = reckoned(*given_w)
    assert (found.value, found.kind) == (value, kind)
