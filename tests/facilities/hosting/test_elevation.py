"""The drawing of a rack face."""

from hypothesis import given
from hypothesis import strategies as st

from facilities.hosting.channels import Strip
from facilities.hosting.elevation import BODY, LEFT, U_PX, Item, draw, owner_colour
from facilities.hosting.placement import Body, Frame, Occupant, cells_of, judge
from facilities.hosting.units import Numbering

RACK = Numbering(42)


def item(start: int, body: Body, name: str = "web-07", **more: str) -> Item:
    return Item(1, "equipment", name, cells_of(start, body), body.face, **more)


def test_a_unit_is_at_least_22_pixels_high_and_u42_is_on_top() -> None:
    drawn = draw(RACK, "front", [item(83, Body(2))])
    assert U_PX >= 22
    assert drawn.height == 42 * U_PX
    assert (drawn.boxes[0].y, drawn.boxes[0].height) == (0, U_PX)


def test_one_and_a_half_units_are_drawn_one_and_a_half_high() -> None:
    (box,) = draw(RACK, "front", [item(9, Body(3))]).boxes
    assert box.height == 1.5 * U_PX
    assert box.y == (84 - 11) * U_PX / 2


def test_numbers_are_printed_as_the_rack_prints_them() -> None:
    numbers = draw(Numbering(42, descending=True), "front", []).numbers
    assert numbers[0][0] == 42
    assert numbers[0][1] > numbers[-1][1]


def test_half_wide_pieces_change_sides_at_the_rear() -> None:
    left = item(1, Body(2, lane="left"))
    (front,), (rear,) = draw(RACK, "front", [left]).boxes, draw(RACK, "rear", [left]).boxes
    assert (front.x, rear.x) == (LEFT, LEFT + BODY / 2)
    assert front.width == BODY / 2


def test_the_back_of_a_full_depth_piece_is_marked_as_such() -> None:
    drawn = draw(RACK, "rear", [item(1, Body(2))])
    assert "box-behind" in drawn.boxes[0].classes
    assert "mounted on the front" in drawn.boxes[0].title


def test_what_is_not_active_says_so() -> None:
    (box,) = draw(RACK, "front", [item(1, Body(2), status="planned")]).boxes
    assert box.label == "web-07 (planned)"
    assert "status-planned" in box.classes


def test_a_long_name_is_cut_and_whole_in_the_title() -> None:
    (box,) = draw(RACK, "front", [item(1, Body(2), name="x" * 90)]).boxes
    assert box.text.endswith("…")
    assert len(box.text) < 40
    assert "x" * 90 in box.title


def test_a_second_line_needs_two_units() -> None:
    one = draw(RACK, "front", [item(1, Body(2), note="Acme S2")]).boxes[0]
    two = draw(RACK, "front", [item(1, Body(4), note="Acme S2")]).boxes[0]
    assert (one.second, two.second) == ("", "Acme S2")


def test_strips_are_drawn_to_scale_in_their_channel() -> None:
    strip = (Strip("pdu-a", "rear-left", 0, 900), "/equipment/1")
    drawn = draw(RACK, "rear", [], [strip], channel_mm=1800)
    assert drawn.strips[0].height == drawn.height / 2
    assert drawn.strips[0].y == drawn.height / 2
    assert draw(RACK, "front", [], [strip], 1800).strips == []


def test_a_strip_of_unknown_length_is_marked() -> None:
    strip = (Strip("pdu-a", "rear-right", None, None), "")
    assert "box-unknown" in draw(RACK, "rear", [], [strip]).strips[0].classes


def test_an_owner_has_one_colour_and_nobody_has_none() -> None:
    assert owner_colour("ACME") == owner_colour("ACME")
    assert owner_colour("") is None


bodies = st.builds(
    Body,
    st.integers(1, 5),
    st.sampled_from(["front", "rear"]),
    st.booleans(),
    st.sampled_from(["full", "left", "right"]),
)


@given(st.lists(st.tuples(st.integers(1, 16), bodies), max_size=8))
def test_boxes_and_empty_slots_fill_a_face_exactly(wishes: list[tuple[int, Body]]) -> None:
    rack, items, there = Numbering(8), [], []
    for number, (start, body) in enumerate(wishes):
        if judge(Frame(rack), body, start, there).fits:
            cells = cells_of(start, body)
            there.append(Occupant(number, "equipment", f"b{number}", cells))
            items.append(Item(number, "equipment", f"b{number}", cells, body.face))
    for face in ("front", "rear"):
        drawn = draw(rack, face, items)
        shapes = [*drawn.boxes, *drawn.slots]
        assert sum(shape.width * shape.height for shape in shapes) == BODY * drawn.height
        for number, one in enumerate(shapes):
            for other in shapes[number + 1 :]:
                beside = one.x + one.width <= other.x or other.x + other.width <= one.x
                over = one.y + one.height <= other.y or other.y + other.height <= one.y
                assert beside or over
