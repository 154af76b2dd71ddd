"""The drawing of a room."""

import pytest

from facilities.hosting.plan_drawing import PlanRack, draw_plan, shade_class

LINES = ((0.0, 600.0, 1200.0), (0.0, 600.0))
LABELS = {"columns": ["A", "B"], "rows": ["1"]}


def rack(id_: int, x: float | None, y: float | None, facing: int = 0) -> PlanRack:
    return PlanRack(id_, f"R{id_}", x, y, 600, 1200, facing)


def test_y_runs_up_in_the_room_and_down_in_the_drawing() -> None:
    plan = draw_plan((6000, 9000), LINES, LABELS, [rack(1, 0, 0)])
    (tile,) = plan.tiles
    assert (tile.x, tile.y, tile.width, tile.height) == (0, 9000 - 1200, 600, 1200)
    assert tile.edge == (0, 9000, 600, 9000)


def test_the_labels_stand_in_the_middle_of_their_tiles() -> None:
    plan = draw_plan((1200, 600), LINES, LABELS, [])
    assert plan.columns == [(300, "A"), (900, "B")]
    assert plan.rows == [(300, "1")]


def test_a_rack_without_a_place_is_named_beside_the_plan() -> None:
    plan = draw_plan((6000, 9000), LINES, LABELS, [rack(1, None, 0), rack(2, 0, 0)])
    assert [one.id for one in plan.unplaced] == [1]
    assert [tile.rack.id for tile in plan.tiles] == [2]


def test_a_room_of_unknown_size_is_as_large_as_its_racks_need() -> None:
    plan = draw_plan((None, None), LINES, LABELS, [rack(1, 600, 0), rack(2, 3000, 600)])
    assert (plan.width, plan.depth) == (3600, 1800)


@pytest.mark.parametrize(
    ("level", "name"),
    [(None, "shade-unknown"), (0, "shade-0"), (0.5, "shade-5"), (1.7, "shade-10"), (-1, "shade-0")],
)
def test_a_level_has_its_colour_and_unknown_its_own(level: float | None, name: str) -> None:
    assert shade_class(level) == name
