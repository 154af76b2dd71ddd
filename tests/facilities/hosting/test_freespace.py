"""SP-11, fragmentation of SP-13, SP-16."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilities.hosting.freespace import (
    Run,
    find_start,
    free_runs,
    open_fronts,
    space_of,
    taken_rows,
)
from facilities.hosting.placement import Body, Cell, Occupant, cells_of


def rows_of(*units: tuple[int, int]) -> set[int]:
    return {row for low, high in units for row in range(2 * low - 1, 2 * high + 1)}


TAKEN = rows_of((1, 4), (10, 11), (20, 29), (42, 42))
RUNS = free_runs(42, TAKEN)


def test_sp_11_free_runs_are_maximal() -> None:
    found = [((run.start_half_u + 1) // 2, run.whole_units) for run in RUNS]
    assert found == [(5, 5), (12, 8), (30, 12)]


@pytest.mark.parametrize(
    ("height", "strategy", "unit"),
    [(4, "best_fit", 5), (6, "best_fit", 12), (4, "top", 38), (6, "lowest", 12), (5, "lowest", 5)],
)
def test_sp_11_strategies_choose_their_run(height: int, strategy: str, unit: int) -> None:
    assert find_start(RUNS, 2 * height, strategy) == 2 * unit - 1


def test_sp_11_nothing_takes_13_units() -> None:
    assert find_start(RUNS, 26) is None


def test_sp_11_an_even_start_may_be_asked() -> None:
    assert find_start(RUNS, 8, "best_fit", even=True) == 2 * 6 - 1


def test_whole_units_start_on_whole_units_and_halves_anywhere() -> None:
    runs = [Run(2, 4)]
    assert find_start(runs, 2) == 3
    assert find_start(runs, 3) == 2


def test_of_equal_runs_the_lower_is_taken() -> None:
    assert find_start([Run(9, 4), Run(1, 4)], 4) == 1


def test_a_front_piece_sees_only_the_front() -> None:
    rear = Occupant(1, "equipment", "a", cells_of(1, Body(4, "rear", full_depth=False)))
    assert taken_rows([rear], Body(2, "front", full_depth=False)) == frozenset()
    assert taken_rows([rear], Body(2)) == {1, 2, 3, 4}
    assert taken_rows([rear]) == {1, 2, 3, 4}


def test_sp_12_a_hold_is_free_for_its_owner_only() -> None:
    hold = Occupant(1, "hold", "", cells_of(1, Body(4)), owner="ACME")
    assert taken_rows([hold], Body(2), owner="ACME") == frozenset()
    assert taken_rows([hold], Body(2), owner="Umbrella") == {1, 2, 3, 4}


def test_sp_13_fragmentation_is_what_the_largest_run_leaves() -> None:
    space = space_of(42, TAKEN)
    assert space.free_half_u == 50
    assert space.fragmentation == pytest.approx(1 - 24 / 50)
    assert space_of(2, rows_of((1, 2))).fragmentation == 0


def test_sp_16_four_open_units_of_42_are_9_52_percent() -> None:
    filled = [Cell(row, "front", "left") for row in range(1, 61)]
    left, percent = open_fronts(42, filled, 8)
    assert left == 4
    assert percent == pytest.approx(9.52, abs=0.005)


@given(
    st.integers(1, 12),
    st.sets(st.integers(1, 24)),
    st.integers(1, 8),
    st.sampled_from(["lowest", "best_fit", "top"]),
    st.booleans(),
)
def test_a_found_start_is_free_and_a_search_in_vain_means_there_is_none(
    height: int, taken: set[int], wanted: int, strategy: str, even: bool
) -> None:
    starts = [
        start
        for start in range(1, 2 * height - wanted + 2)
        if not taken & set(range(start, start + wanted))
        and (wanted % 2 == 1 or start % 2 == 1)
        and (not even or (start % 2 == 1 and (start + 1) // 2 % 2 == 0))
    ]
    found = find_start(free_runs(height, taken), wanted, strategy, even=even)
    assert (found in starts) if starts else found is None
    if strategy != "best_fit" and starts:
        assert found == (max(starts) if strategy == "top" else min(starts))
