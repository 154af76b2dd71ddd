"""The two transition tables."""

import pytest

from facilities.errors import Refused
from facilities.hosting.lifecycle import EQUIPMENT, GONE, PLACED, RACK, check_placed, check_step


@pytest.mark.parametrize("table", [EQUIPMENT, RACK])
def test_a_table_leads_only_to_statuses_it_knows(table: dict[str, tuple[str, ...]]) -> None:
    assert {after for ways in table.values() for after in ways} <= table.keys()


def test_every_status_either_holds_a_place_or_does_not() -> None:
    assert set(EQUIPMENT) == PLACED | set(GONE)
    assert not PLACED & set(GONE)


def test_a_step_that_is_not_in_the_table_names_those_that_are() -> None:
    with pytest.raises(Refused, match="active may become installed, decommissioning, removed"):
        check_step(EQUIPMENT, "active", "disposed")


def test_what_is_disposed_stays_so() -> None:
    with pytest.raises(Refused, match="nothing else"):
        check_step(EQUIPMENT, "disposed", "active")
    check_step(EQUIPMENT, "disposed", "disposed")


def test_an_unknown_status_is_refused_by_name() -> None:
    with pytest.raises(Refused, match="'broken' is no status"):
        check_step(EQUIPMENT, "active", "broken")


def test_what_is_gone_stands_in_no_rack() -> None:
    check_placed("staged")
    with pytest.raises(Refused, match="stands in no rack"):
        check_placed("disposed")
