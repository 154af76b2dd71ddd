"""The windows of a chart and the step in which each is drawn: at most 500 buckets. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from facilities.readings import SeriesBucket

MOST_BUCKETS = 500
STEPS_S = (
    1,
    5,
    10,
    15,
    30,
    60,
    120,
    300,
    600,
    900,
    1800,
    3600,
    7200,
    14_400,
    21_600,
    43_200,
    86_400,
)
HOUR_S, DAY_S = 3600, 86_400
WINDOWS: Mapping[str, tuple[str, int]] = {
    "1h": ("1 hour", HOUR_S),
    "24h": ("24 hours", DAY_S),
    "7d": ("7 days", 7 * DAY_S),
    "30d": ("30 days", 30 * DAY_S),
    "1y": ("1 year", 365 * DAY_S),
}


@dataclass(frozen=True, slots=True)
class Window:
    """[start, end), both on whole steps, so that a bucket is never cut."""

    start: datetime
    end: datetime
    step_s: int


def step_for(span_s: float, every_s: float, most: int = MOST_BUCKETS) -> int:
    """The least usual step with at most `most` buckets that holds a poll each.

    Ex: 24 h -> 300 s, 7 d -> 1800 s, 30 d -> 7200 s, 1 y -> 1 d; 1 h of a 30 s point -> 30 s.
    """
    least = max(span_s / most, every_s)
    return next((step for step in STEPS_S if step >= least), -(-int(least) // DAY_S) * DAY_S)


def window(key: str, now: datetime, every_s: float, most: int = MOST_BUCKETS) -> Window:
    """The window of that name that ends now; the last day for a name that is none."""
    span_s = WINDOWS.get(key, WINDOWS["24h"])[1]
    step_s = step_for(span_s, every_s, most - 1)
    end_s = -(-int(now.timestamp()) // step_s) * step_s
    start_s = (int(now.timestamp()) - span_s) // step_s * step_s
    start, end = (datetime.fromtimestamp(at_s, UTC) for at_s in (start_s, end_s))
    return Window(start, end, step_s)


def with_gaps(window: Window, buckets: Sequence[SeriesBucket]) -> list[SeriesBucket | None]:
    """One entry a step from start to end; None where nothing was read: a gap stays a gap."""
    found = {bucket.at: bucket for bucket in buckets}
    steps = int((window.end - window.start).total_seconds()) // window.step_s
    return [found.get(window.start + timedelta(seconds=n * window.step_s)) for n in range(steps)]
