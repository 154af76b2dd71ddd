"""SR-01 and SR-10: which state may follow which."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilities.shipping import lifecycle
from facilities.shipping.lifecycle import (
    INBOUND,
    INBOUND_SKIPS,
    OUTBOUND,
    OUTBOUND_SKIPS,
    Course,
    step,
)


def test_sr01_nothing_is_handed_over_that_did_not_arrive() -> None:
    strict = step(INBOUND, "expected", "expected", "handed_over")
    assert not strict.allowed
    assert {"arrived", "inspected", "counted", "stored"} <= set(strict.missing)
    small_dock = step(INBOUND, "expected", "expected", "handed_over", INBOUND_SKIPS)
    assert small_dock.missing == ("arrived",) and "arrived" in small_dock.why


def test_sr01_a_refused_delivery_is_returned_or_ends() -> None:
    assert step(INBOUND, "arrived", "arrived", "refused").allowed
    assert step(INBOUND, "refused", "refused", "returned").allowed
    assert step(INBOUND, "refused", "refused", "closed").allowed
    assert not step(INBOUND, "refused", "refused", "stored", INBOUND_SKIPS).allowed
    assert not step(INBOUND, "refused", "refused", "on_hold").allowed


def test_sr01_the_whole_line_needs_no_skip() -> None:
    line = ["expected", "scheduled", "arrived", "accepted_with_damage", "counted", "stored"]
    line += ["owner_notified", "handed_over", "tagged", "staged", "installed", "closed"]
    for before, after in itertools.pairwise(line):
        assert step(INBOUND, before, before, after).allowed, (before, after)


def test_sr01_a_stage_is_left_out_only_where_the_site_lists_it() -> None:
    assert not step(INBOUND, "arrived", "arrived", "stored", {"inspected"}).allowed
    assert step(INBOUND, "arrived", "arrived", "stored", {"inspected", "counted"}).allowed


@pytest.mark.parametrize("aside", ["overdue", "missing", "quarantined", "on_hold"])
def test_sr01_a_parked_parcel_goes_on_from_where_it_was(aside: str) -> None:
    assert step(INBOUND, "stored", "stored", aside).allowed
    assert step(INBOUND, aside, "stored", "handed_over", INBOUND_SKIPS).allowed
    assert not step(INBOUND, aside, "stored", "arrived", INBOUND_SKIPS).allowed
    assert not step(INBOUND, aside, "stored", aside).allowed


def test_sr01_returned_cancelled_and_closed_are_ends() -> None:
    for end in ("returned", "cancelled"):
        assert step(INBOUND, "arrived", "arrived", end).allowed
        assert not step(INBOUND, end, "arrived", "stored", INBOUND_SKIPS).allowed
    assert not step(INBOUND, "closed", "closed", "on_hold").allowed


def test_sr10_no_release_no_exit() -> None:
    assert not step(OUTBOUND, "requested", "requested", "released", OUTBOUND_SKIPS).allowed
    assert not step(OUTBOUND, "approved", "approved", "delivered", OUTBOUND_SKIPS).allowed
    assert step(OUTBOUND, "approved", "approved", "released", OUTBOUND_SKIPS).allowed
    assert step(OUTBOUND, "released", "released", "delivered", OUTBOUND_SKIPS).allowed


def test_sr10_exceptions_know_which_side_of_the_dock_they_are_on() -> None:
    assert step(OUTBOUND, "approved", "approved", "cancelled").allowed
    assert not step(OUTBOUND, "released", "released", "cancelled").allowed
    assert step(OUTBOUND, "approved", "approved", "refused_by_carrier").allowed
    assert not step(OUTBOUND, "approved", "approved", "lost").allowed
    assert step(OUTBOUND, "in_transit", "in_transit", "lost").allowed
    assert step(OUTBOUND, "released", "released", "returned").allowed


def test_sr10_pieces_loaded_are_the_pieces_listed() -> None:
    verdict = lifecycle.pieces_match(5, 4)
    assert not verdict.allowed and "5" in verdict.why and "4" in verdict.why
    assert lifecycle.pieces_match(5, 5).allowed
    assert lifecycle.pieces_match(None, 4).allowed


def test_sr10_equipment_leaves_only_out_of_rack_and_service() -> None:
    assert "rack R07" in lifecycle.may_leave("srv-1", "decommissioning", "R07").why
    assert "active" in lifecycle.may_leave("srv-1", "active", None).why
    assert lifecycle.may_leave("srv-1", "removed", None).allowed


def test_guards_name_what_is_needed_and_what_is_only_wanted() -> None:
    assert lifecycle.lacking("handed_over", {"recipient": "", "signature": 3}) == ("recipient",)
    assert lifecycle.lacking("arrived", {}) == ()
    assert lifecycle.wanting("arrived", {"pieces": 1}) == ("carrier",)
    assert lifecycle.lacking("released", {"pieces": 1}) == (
        "authorised_by",
        "driver",
        "signature",
    )


@given(
    st.sampled_from([INBOUND, OUTBOUND]),
    st.data(),
    st.frozensets(st.sampled_from(sorted(INBOUND_SKIPS | OUTBOUND_SKIPS))),
)
def test_no_step_ever_goes_back_on_the_line(
    course: Course, data: st.DataObject, skips: frozenset[str]
) -> None:
    on_line = [s for s in course.states if course.stage_of(s) is not None]
    reached, to = data.draw(st.sampled_from(on_line)), data.draw(st.sampled_from(on_line))
    verdict = step(course, reached, reached, to, skips)
    assert bool(verdict.why) is not verdict.allowed
    if verdict.allowed:
        assert (course.stage_of(to) or 0) > (course.stage_of(reached) or 0)


@given(st.text(max_size=30))
def test_an_unknown_state_is_refused_by_name(to: str) -> None:
    if to not in INBOUND.states:
        assert not step(INBOUND, "arrived", "arrived", to).allowed
