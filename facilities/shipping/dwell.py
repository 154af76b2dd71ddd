"""How long a parcel lies here, and what is due when (SR-05). Pure; moments are aware."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: Upper ends of the buckets in whole days, and their names.
BUCKETS = ((7, "0-7 days"), (30, "8-30 days"), (90, "31-90 days"))
OLDEST = "over 90 days"
REMINDER_DAYS = (1, 3, 5)
REVIEW_AFTER = timedelta(days=30)
NOTIFY_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a site works: its zone, the hours of a day, its weekdays (0 is Monday), holidays."""

    zone: str = "UTC"
    opens: time = time(8)
    closes: time = time(16)
    weekdays: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    holidays: Collection[date] = field(default_factory=frozenset)

    def works_on(self, day: date) -> bool:
        """True for a working day."""
        return day.weekday() in self.weekdays and day not in self.holidays


def dwell(arrived_at: datetime, until: datetime) -> timedelta:
    """Wall-clock time from arrival to hand-over (or now); a clock that runs back gives zero."""
    return max(timedelta(0), until - arrived_at)


def business_dwell(arrived_at: datetime, until: datetime, calendar: Calendar) -> timedelta:
    """The part of [arrived_at, until) within the site's working hours."""
    zone = ZoneInfo(calendar.zone)
    day, last = arrived_at.astimezone(zone).date(), until.astimezone(zone).date()
    total = timedelta(0)
    while day <= last:
        if calendar.works_on(day):
            opens = datetime.combine(day, calendar.opens, zone).astimezone(UTC)
            closes = datetime.combine(day, calendar.closes, zone).astimezone(UTC)
            total += max(timedelta(0), min(closes, until) - max(opens, arrived_at))
        day += timedelta(days=1)
    return total


def age_bucket(age: timedelta) -> str:
    """The ageing bucket of a parcel: 0-7, 8-30, 31-90, over 90 days; whole days count."""
    for days, name in BUCKETS:
        if age < timedelta(days=days + 1):
            return name
    return OLDEST


def business_days_after(day: date, count: int, calendar: Calendar) -> date:
    """The date `count` business days after `day`, which itself is not counted (SR-03)."""
    while count > 0:
        day += timedelta(days=1)
        if calendar.works_on(day):
            count -= 1
    return day


def reminders(stored_on: date, calendar: Calendar) -> tuple[date, ...]:
    """Days on which the owner is reminded: 1, 3 and 5 business days after storing."""
    return tuple(business_days_after(stored_on, n, calendar) for n in REMINDER_DAYS)


def review_due(arrived_at: datetime, now: datetime) -> bool:
    """True when a parcel has lain for more than 30 days and somebody must decide on it."""
    return now - arrived_at > REVIEW_AFTER
