"""Energy over time from counters and from power (UN-04, rule 26). Pure.

A counter's number is kept as the device gave it; what it grew by is worked out here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from telemetry.profiles.model import Meaning

#: A counter this near its end, in parts of its range, has rolled over when it drops (UN-04).
_NEAR_END = 0.9
#: Nearer knowledge lets an earlier drop count as a roll-over (rule 26).
_NEAR_ENOUGH = 0.75
#: How much more than the largest power a growth may be before it is disbelieved (rule 26).
_MARGIN = 1.5
#: Power is not integrated over a longer gap (UN-04), in seconds.
LONGEST_GAP_S = 900.0


class Growth(StrEnum):
    """How a counter came from one number to the next."""

    PLAIN = "plain"
    ROLLOVER = "rollover"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class CounterDelta:
    """`delta` is in the counter's unit and never negative. After a reset the counts between are
    lost, so what is known is what the counter shows now."""

    delta: float
    how: Growth


@dataclass(frozen=True, slots=True)
class Integral:
    """`energy_wh` over the part of the span that is covered; `coverage` is that part (0 to 1)."""

    energy_wh: float
    coverage: float


def counter_delta(
    old: float, new: float, range_: float | None, most: float | None = None
) -> CounterDelta:
    """Growth of a counter from `old` to `new`.

    `range_` is the number at which it starts again (None: unknown), `most` the largest growth that
    is possible in the time between (largest power x time). A drop is a roll-over if the old number
    was within the last tenth of the range, or, where `most` is known, within the last quarter and
    the growth is possible (x 1.5); otherwise a reset.
    """
    if new >= old:
        return CounterDelta(new - old, Growth.PLAIN)
    if range_ is not None and old < range_:
        across = new + range_ - old
        believed = most is not None and across < most * _MARGIN
        sure = most is None and old >= _NEAR_END * range_
        if sure or (believed and old >= _NEAR_ENOUGH * range_):
            return CounterDelta(across, Growth.ROLLOVER)
    return CounterDelta(new, Growth.RESET)


def counter_range(meaning: Meaning) -> float | None:
    """The number, in the point's unit, at which its counter starts again; None if not known, or if
    a power of ten of the device decides it."""
    if meaning.rollover is None or meaning.scale_ref is not None:
        return None
    return meaning.rollover * meaning.multiply / meaning.divide


def from_power(samples: Sequence[tuple[float, float]], start_s: float, end_s: float) -> Integral:
    """Energy of (time in s, power in W) samples in order of time over [start_s, end_s].

    Trapezoids between neighbours; a gap of more than 15 min is not integrated and lowers the
    coverage. Samples outside the span are not looked at.
    """
    inside = [(at, watts) for at, watts in samples if start_s <= at <= end_s]
    joules = covered_s = 0.0
    for (at, watts), (next_at, next_watts) in pairwise(inside):
        gap_s = next_at - at
        if 0 < gap_s <= LONGEST_GAP_S:
            joules += (watts + next_watts) / 2 * gap_s
            covered_s += gap_s
    span_s = end_s - start_s
    return Integral(joules / 3600, covered_s / span_s if span_s > 0 else 0.0)
