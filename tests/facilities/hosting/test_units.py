"""SP-01, SP-02, SP-03."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilities.errors import Refused
from facilities.hosting.units import (
    Numbering,
    first_half_u,
    halves,
    height_mm,
    panel_mm,
    position_of,
    printed_position,
    unit_of,
)

numberings = st.builds(Numbering, st.integers(1, 60), st.integers(1, 100), st.booleans())


@pytest.mark.parametrize(("units", "mm"), [(42, 1866.90), (48, 2133.60)])
def test_sp_01_a_rack_unit_is_44_45_mm(units: int, mm: float) -> None:
    assert height_mm(units) == pytest.approx(mm, abs=0.005)


def test_sp_01_a_panel_leaves_room_to_move() -> None:
    assert panel_mm(1) == pytest.approx(43.66, abs=0.005)


def test_sp_02_two_units_at_10_show_as_32_to_33_from_the_top() -> None:
    assert Numbering(42, descending=True).span(10, 2) == (32, 33)
    assert Numbering(42).span(10, 2) == (10, 11)


def test_sp_02_numbers_may_begin_elsewhere_than_at_one() -> None:
    assert Numbering(42, starting_unit=43).label(1) == 43
    assert Numbering(42, starting_unit=43, descending=True).label(42) == 43


@given(numberings, st.data())
def test_sp_02_a_printed_number_leads_back_to_its_unit(
    rack: Numbering, data: st.DataObject
) -> None:
    unit = data.draw(st.integers(1, rack.height_u))
    assert rack.unit(rack.label(unit)) == unit


def test_sp_03_one_and_a_half_units_at_u5_are_half_units_9_to_11() -> None:
    start = first_half_u(5)
    assert list(range(start, start + halves(1.5))) == [9, 10, 11]
    assert [unit_of(half) for half in (9, 10, 11)] == [5, 5, 6]


@pytest.mark.parametrize("height", [0.3, 1.25, float("nan"), float("inf")])
def test_sp_03_a_height_is_a_multiple_of_half_a_unit(height: float) -> None:
    with pytest.raises(Refused, match="multiple") as refusal:
        halves(height)
    assert (refusal.value.field, refusal.value.rule) == ("height_u", "SP-03")


@given(numberings, st.data())
def test_a_typed_position_and_a_half_unit_say_the_same(
    rack: Numbering, data: st.DataObject
) -> None:
    half = data.draw(st.integers(1, 2 * rack.height_u))
    assert position_of(rack, printed_position(rack, half)) == half


@pytest.mark.parametrize("printed", [0, 43, -1])
def test_a_position_outside_names_the_numbers_the_rack_has(printed: float) -> None:
    with pytest.raises(Refused, match="U1 to U42"):
        position_of(Numbering(42), printed)


@pytest.mark.parametrize(
    ("start", "height", "words"),
    [
        (19, 4, "U10-11"),
        (19, 2, "U10"),
        (9, 3, "U5-6 (lower half of U6)"),
        (10, 1, "U5 (upper half of U5)"),
        (1, 0, "0U"),
    ],
)
def test_a_span_is_said_as_it_is_printed(start: int, height: int, words: str) -> None:
    assert Numbering(42).words(start, height) == words


def test_a_span_is_said_top_down_where_the_rack_is_numbered_so() -> None:
    assert Numbering(42, descending=True).words(19, 4) == "U32-33"


def test_sp_03_a_height_is_not_negative() -> None:
    with pytest.raises(Refused, match="negative"):
        halves(-1)
