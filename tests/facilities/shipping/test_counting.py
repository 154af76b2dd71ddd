"""SR-02: over, short, damaged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilities.errors import Refused
from facilities.shipping.counting import judge_line

few = st.integers(0, 10_000)


def test_sr02_ten_expected_nine_received_two_damaged() -> None:
    verdict = judge_line(10, 9, 2)
    assert (verdict.over, verdict.short, verdict.damaged, verdict.good) == (0, 1, 2, 7)
    assert verdict.clean is False and str(verdict) == "1 short, 2 damaged"


def test_sr02_a_line_nobody_counted_is_not_zero() -> None:
    verdict = judge_line(10, None)
    assert verdict.short is None and verdict.clean is None and str(verdict) == "not counted"


def test_sr02_serials_that_differ_spoil_a_line() -> None:
    assert judge_line(2, 2, 0, ["A", "B"], ["A", "C"]).clean is False
    assert judge_line(2, 2, 0, ["A", "B"], ["B", "A"]).clean is True


def test_sr02_what_nobody_announced_is_neither_over_nor_short() -> None:
    assert judge_line(None, 4).clean is True


@pytest.mark.parametrize(("received", "damaged", "field"), [(3, 4, "damaged"), (-1, 0, "received")])
def test_sr02_impossible_counts_name_their_field(received: int, damaged: int, field: str) -> None:
    with pytest.raises(Refused) as refused:
        judge_line(3, received, damaged)
    assert refused.value.field == field and refused.value.rule == "SR-02"


@given(few, few)
def test_sr02_over_and_short_never_come_together(expected: int, received: int) -> None:
    verdict = judge_line(expected, received)
    assert verdict.over is not None and verdict.short is not None
    assert verdict.over == 0 or verdict.short == 0
    assert received - verdict.over + verdict.short == expected
