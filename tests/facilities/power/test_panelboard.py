"""PW-21, PW-22 and UN-06: positions, phases, places left, circuit ids."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilities.power import panelboard
from facilities.power.circuits import circuit_id, split_circuit_id
from facilities.power.panelboard import columns, free_places, line_of, place, taken_by

USED = {1, 3, 5, 11, 13, 15, 2, 4, 6, 8, 10, 12}


@pytest.mark.parametrize(
    ("position", "line"),
    [(1, "L1"), (2, "L1"), (3, "L2"), (4, "L2"), (5, "L3"), (6, "L3"), (17, "L3"), (42, "L3")],
)
def test_pw_21_phase_of_a_nema_position(position: int, line: str) -> None:
    assert line_of("nema", position, 42) == line


def test_pw_21_the_three_layouts_differ() -> None:
    assert [line_of("sequential", n, 42) for n in (1, 2, 3, 21, 22, 42)] == [
        *("L1", "L2", "L3", "L3", "L1", "L3"),
    ]
    assert [line_of("ways", n, 36) for n in (1, 2, 3, 4)] == ["L1", "L2", "L3", "L1"]
    assert panelboard.position_name("ways", 8) == "3L2"
    assert panelboard.position_name("nema", 8) == "8"


def test_pw_21_a_breaker_takes_positions_of_its_own_side() -> None:
    assert taken_by("nema", 7, 3, 42) == (7, 9, 11)
    assert taken_by("sequential", 20, 3, 42) == ()
    assert taken_by("ways", 5, 2, 36) == (5, 6)
    assert taken_by("ways", 5, 3, 36) == ()


def test_pw_21_an_occupied_position_names_what_is_there() -> None:
    verdict = place("nema", 42, {9: "RPP-A3-9,11"}, 7, 2)
    assert not verdict.ok
    assert verdict.blockers == (9,)
    assert verdict.why == "position 9 holds RPP-A3-9,11"
    assert place("nema", 42, {}, 7, 2).lines == ("L1", "L2")
    assert place("nema", 42, {}, 3, 3).lines == ("L1", "L2", "L3")


@pytest.mark.parametrize(("start", "poles"), [(41, 2), (42, 3), (0, 1), (43, 1), (1, 4)])
def test_pw_21_what_runs_off_the_panel_is_refused_with_a_reason(start: int, poles: int) -> None:
    verdict = place("nema", 42, {}, start, poles)
    assert not verdict.ok
    assert verdict.why


def test_a_split_phase_panel_has_two_lines_by_turns_and_no_three_poles() -> None:
    split = ("L1", "L2")
    assert [line_of("nema", n, 24, split) for n in (1, 2, 3, 5)] == ["L1", "L1", "L2", "L1"]
    assert not place("nema", 24, {}, 1, 3, split).ok


@pytest.mark.parametrize(("poles", "places"), [(1, 30), (2, 14), (3, 9)])
def test_pw_22_free_places_are_breakers_at_once(poles: int, places: int) -> None:
    assert free_places("nema", 42, USED, poles) == places


def test_pw_22_space_spare_used_blank() -> None:
    found = panelboard.uses(42, {1: "used", 3: "used", 5: "spare", 7: "blank"})
    assert (found.used, found.spare, found.blank, found.spaces) == (2, 1, 1, 38)


def test_pw_22_schedule_arithmetic_splits_a_breakers_va_over_its_phases() -> None:
    total = panelboard.scheduled_va([(("L1",), 1200), (("L1", "L2"), 2000), (LINES, 3000)])
    assert total == {"L1": 3200, "L2": 2000, "L3": 1000}


LINES = ("L1", "L2", "L3")


@pytest.mark.parametrize("layout", panelboard.LAYOUTS)
@pytest.mark.parametrize("spaces", [30, 42, 54, 60, 72, 84])
def test_every_layout_has_every_position_once_and_each_row_of_three_has_each_phase(
    layout: str, spaces: int
) -> None:
    found = columns(layout, spaces)
    assert sorted(itertools.chain(*found)) == list(range(1, spaces + 1))
    starts = (n for n in range(1, spaces + 1) if taken_by(layout, n, 3, spaces))
    for start in starts:
        verdict = place(layout, spaces, {}, start, 3)
        assert verdict.lines == LINES


@given(
    st.sampled_from(panelboard.LAYOUTS),
    st.integers(1, 12).map(lambda n: 3 * n),
    st.sets(st.integers(1, 36), max_size=20),
    st.integers(1, 3),
)
def test_free_places_is_what_filling_the_panel_one_by_one_gives(
    layout: str, spaces: int, taken: set[int], poles: int
) -> None:
    occupied = {n: "x" for n in taken if n <= spaces}
    expected, filled = free_places(layout, spaces, occupied, poles), dict(occupied)
    count = 0
    while (start := panelboard.next_free(layout, spaces, filled, poles)) is not None:
        verdict = place(layout, spaces, filled, start, poles)
        assert verdict.ok
        filled |= dict.fromkeys(verdict.positions, "new")
        count += 1
    assert count == expected


def test_un_06_circuit_ids_go_both_ways() -> None:
    assert circuit_id("RPP-A3", (17, 13, 15)) == "RPP-A3-13,15,17"
    assert split_circuit_id("RPP-A3-13,15,17") == ("RPP-A3", (13, 15, 17))
    assert split_circuit_id("RPP-A-3") == ("RPP-A", (3,))
    assert split_circuit_id("UPS-A") is None
    assert circuit_id("RPP-A3", ()) == "RPP-A3"
