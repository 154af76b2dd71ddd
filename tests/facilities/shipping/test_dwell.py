"""SR-05: dwell and ageing; SR-03's business days."""

from datetime import UTC, date, datetime, timedelta

import pytest

from facilities.shipping import dwell
from facilities.shipping.dwell import Calendar

MONDAY = datetime(2025, 6, 2, 9, tzinfo=UTC)


def test_sr05_wall_and_business_hours_of_a_day_and_a_half() -> None:
    handed_over = datetime(2025, 6, 3, 15, tzinfo=UTC)
    assert dwell.dwell(MONDAY, handed_over) == timedelta(hours=30)
    assert dwell.business_dwell(MONDAY, handed_over, Calendar()) == timedelta(hours=14)


def test_sr05_a_weekend_and_a_holiday_do_not_count() -> None:
    friday = datetime(2025, 6, 6, 15, tzinfo=UTC)
    tuesday = datetime(2025, 6, 10, 9, tzinfo=UTC)
    closed = Calendar(holidays=frozenset({date(2025, 6, 9)}))
    assert dwell.business_dwell(friday, tuesday, closed) == timedelta(hours=2)


def test_sr05_hours_are_those_of_the_sites_own_clock() -> None:
    berlin = Calendar(zone="Europe/Berlin")
    six = datetime(2025, 6, 2, 6, tzinfo=UTC)  # 8 o'clock in summer there
    assert dwell.business_dwell(six, six + timedelta(hours=1), berlin) == timedelta(hours=1)
    assert dwell.business_dwell(six, six + timedelta(hours=1), Calendar()) == timedelta(0)


def test_sr05_a_clock_that_runs_back_gives_no_negative_dwell() -> None:
    assert dwell.dwell(MONDAY, MONDAY - timedelta(hours=1)) == timedelta(0)


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (0, "0-7 days"),
        (7.9, "0-7 days"),
        (8, "8-30 days"),
        (30.5, "8-30 days"),
        (31, "31-90 days"),
        (90, "31-90 days"),
        (91, "over 90 days"),
    ],
)
def test_sr05_ageing_buckets(days: float, bucket: str) -> None:
    assert dwell.age_bucket(timedelta(days=days)) == bucket


def test_sr05_review_is_due_after_thirty_days_not_on_them() -> None:
    assert not dwell.review_due(MONDAY, MONDAY + timedelta(days=30))
    assert dwell.review_due(MONDAY, MONDAY + timedelta(days=30, seconds=1))


def test_sr05_reminders_come_after_one_three_and_five_business_days() -> None:
    thursday = date(2025, 6, 5)
    expected = (date(2025, 6, 6), date(2025, 6, 10), date(2025, 6, 12))
    assert dwell.reminders(thursday, Calendar()) == expected


def test_sr03_five_business_days_with_and_without_a_holiday() -> None:
    thursday, memorial_day = date(2025, 5, 22), date(2025, 5, 26)
    with_it = Calendar(holidays=frozenset({memorial_day}))
    assert dwell.business_days_after(thursday, 5, with_it) == date(2025, 5, 30)
    assert dwell.business_days_after(thursday, 5, Calendar()) == date(2025, 5, 29)
