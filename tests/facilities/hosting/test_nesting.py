"""SP-06: bays, depth, circles."""

from facilities.hosting.nesting import Parent, judge_child
from facilities.hosting.placement import Outcome

CHASSIS = Parent(1, "chassis-1", 800, ("bay 1", "bay 2"), {"bay 1": "blade-1"}, (1,))
SHELF = Parent(2, "shelf", 500, (), {}, (2, 1))


def test_a_free_bay_takes_a_child() -> None:
    assert judge_child(CHASSIS, None, "bay 2", 700).outcome is Outcome.OK


def test_a_taken_bay_says_what_is_in_it() -> None:
    assert "is taken: blade-1" in judge_child(CHASSIS, None, "bay 1", 700).reason


def test_a_bay_that_is_not_there_lists_those_that_are() -> None:
    assert "it has bay 1, bay 2" in judge_child(CHASSIS, None, "bay 9", 700).reason
    assert "choose one of bay 1, bay 2" in judge_child(CHASSIS, None, None, 700).reason


def test_a_shelf_needs_no_bay() -> None:
    assert judge_child(SHELF, None, None, 400).fits


def test_a_child_is_not_deeper_than_its_parent() -> None:
    assert judge_child(SHELF, None, None, 501).field == "depth_mm"
    assert judge_child(SHELF, None, None, None).outcome is Outcome.UNKNOWN


def test_nothing_stands_in_itself() -> None:
    assert "a circle" in judge_child(SHELF, 1, None, 400).reason
