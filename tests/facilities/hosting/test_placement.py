"""SP-03 and SP-05, also against a model that tries every cell."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilities.hosting.placement import Body, Frame, Occupant, Outcome, cells_of, judge
from facilities.hosting.units import Numbering

RACK = Frame(Numbering(42), rail_depth_mm=740)


def there(
    start: int, body: Body, name: str = "web-07", kind: str = "equipment", claim_id: int = 7
) -> Occupant:
    return Occupant(claim_id, kind, name, cells_of(start, body), body.depth_mm)


def test_an_empty_rack_takes_what_fits() -> None:
    assert judge(RACK, Body(4, depth_mm=700), 19, []).outcome is Outcome.OK


def test_a_taken_unit_says_what_is_there() -> None:
    verdict = judge(RACK, Body(2), 21, [there(19, Body(6))])
    assert not verdict.fits
    assert verdict.reason == "U11 front and rear is taken: web-07 at U10-12."
    assert (verdict.field, verdict.rule) == ("position_u", "SP-05")
    assert verdict.in_the_way == (7,)


def test_a_hold_is_named_by_its_owner() -> None:
    hold = Occupant(3, "hold", "", cells_of(19, Body(8)), owner="ACME")
    assert "the hold of ACME on U10-13" in judge(RACK, Body(2), 21, [hold]).reason


def test_a_block_is_named_with_its_reason() -> None:
    block = there(1, Body(2), "beam", "blocked")
    assert "the block on U1 (beam)" in judge(RACK, Body(2), 1, [block]).reason


@pytest.mark.parametrize(
    ("start", "height", "words"),
    [
        (84, 2, "ends 0.5U above the top"),
        (0, 2, "begins below"),
        (1, 86, "higher than the whole rack"),
    ],
)
def test_sp_03_it_must_lie_in_the_rack(start: int, height: int, words: str) -> None:
    verdict = judge(RACK, Body(height), start, [])
    assert words in verdict.reason
    assert verdict.rule == "SP-03"


def test_sp_03_the_last_unit_is_still_in_the_rack() -> None:
    assert judge(RACK, Body(2), 83, []).fits
    assert not judge(RACK, Body(3), 83, []).fits


def test_a_0u_piece_is_sent_to_the_side_channels() -> None:
    assert judge(RACK, Body(0), 1, []).rule == "SP-04"


def test_sp_05_350_and_300_and_the_gap_share_740_mm() -> None:
    front = there(19, Body(2, "front", full_depth=False, depth_mm=350))
    rear = Body(2, "rear", full_depth=False, depth_mm=300)
    assert judge(RACK, rear, 19, [front]).outcome is Outcome.OK


def test_sp_05_400_and_300_and_the_gap_do_not_share_740_mm() -> None:
    front = there(19, Body(2, "front", full_depth=False, depth_mm=400))
    verdict = judge(RACK, Body(2, "rear", full_depth=False, depth_mm=300), 19, [front])
    assert not verdict.fits
    assert "750 mm" in verdict.reason
    assert "740 mm" in verdict.reason


def test_sp_05_an_unknown_depth_is_noted_and_never_called_ok() -> None:
    front = there(19, Body(2, "front", full_depth=False))
    verdict = judge(RACK, Body(2, "rear", full_depth=False, depth_mm=300), 19, [front])
    assert verdict.outcome is Outcome.UNKNOWN
    assert "the depth of web-07 is unknown" in verdict.notes[0]


def test_sp_05_full_depth_takes_the_other_face_too() -> None:
    rear = Body(2, "rear", full_depth=False)
    assert not judge(RACK, rear, 19, [there(19, Body(2))]).fits


def test_sp_05_deeper_than_the_rails_is_refused() -> None:
    verdict = judge(RACK, Body(2, depth_mm=741), 1, [])
    assert (verdict.field, verdict.rule) == ("depth_mm", "SP-05")
    assert judge(RACK, Body(2, depth_mm=740), 1, []).fits


def test_two_half_wide_pieces_share_a_unit() -> None:
    left = there(19, Body(2, lane="left"))
    assert judge(RACK, Body(2, lane="right"), 19, [left]).fits
    assert not judge(RACK, Body(2, lane="left"), 19, [left]).fits
    assert not judge(RACK, Body(2), 19, [left]).fits


bodies = st.builds(
    Body,
    st.integers(1, 6),
    st.sampled_from(["front", "rear"]),
    st.booleans(),
    st.sampled_from(["full", "left", "right"]),
)


def cover(start: int, body: Body) -> set[tuple[int, str, str]]:
    """The slow model: ask of every cell of the world whether the body is in it."""
    return {
        (half, face, lane)
        for half, face, lane in product(range(-9, 40), ("front", "rear"), ("left", "right"))
        if start <= half < start + body.height_half_u
        and (body.full_depth or face == body.face)
        and body.lane in ("full", lane)
    }


@given(st.integers(2, 6), st.lists(st.tuples(st.integers(-1, 14), bodies), max_size=12))
def test_what_was_let_in_never_shares_a_cell_nor_leaves_the_rack(
    height: int, wishes: list[tuple[int, Body]]
) -> None:
    frame = Frame(Numbering(height))
    inside: list[Occupant] = []
    covered: set[tuple[int, str, str]] = set()
    for number, (start, body) in enumerate(wishes):
        cells = cover(start, body)
        free = not cells & covered
        lies_in = all(1 <= half <= 2 * height for half, _, _ in cells)
        verdict = judge(frame, body, start, inside)
        assert verdict.fits == (free and lies_in)
        assert bool(verdict.reason) != verdict.fits
        if verdict.fits:
            covered |= cells
            inside.append(there(start, body, f"box-{number}", claim_id=number))
        elif lies_in:
            blocking = {o.claim_id for o in inside if set(map(tuple, o.cells)) & cells}
            assert set(verdict.in_the_way) == blocking
