"""Rectangles on the plan."""

import pytest

from facilities.hosting.footprint import Rectangle, footprint, front_edge


def test_a_turned_rack_lies_along_x() -> None:
    assert footprint(0, 0, 600, 1200, 0) == Rectangle(0, 0, 600, 1200)
    assert footprint(0, 0, 600, 1200, 90) == Rectangle(0, 0, 1200, 600)


@pytest.mark.parametrize(
    ("facing", "edge"),
    [(0, (0, 0, 6, 0)), (90, (0, 0, 0, 12)), (180, (0, 12, 6, 12)), (270, (6, 0, 6, 12))],
)
def test_the_front_is_the_edge_it_faces(facing: int, edge: tuple[float, ...]) -> None:
    assert front_edge(Rectangle(0, 0, 6, 12), facing) == edge


def test_racks_that_touch_do_not_overlap() -> None:
    assert not Rectangle(0, 0, 600, 1200).overlaps(Rectangle(600, 0, 600, 1200))
    assert Rectangle(0, 0, 600, 1200).overlaps(Rectangle(599, 0, 600, 1200))


def test_a_rack_lies_inside_its_room_or_not() -> None:
    assert Rectangle(0, 0, 600, 1200).inside(600, 1200)
    assert not Rectangle(1, 0, 600, 1200).inside(600, 1200)
