"""Samples of one point to buckets, with numpy. Pure.

Times are int64 ms since the epoch, numbers float64, qualities uint8, intervals float64 seconds.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telemetry.sample import Quality
from telemetry.stores.base import Bucket, SeriesQuery

Times = NDArray[np.int64]
Numbers = NDArray[np.float64]
Codes = NDArray[np.uint8]
Flags = NDArray[np.bool_]

_USABLE: Flags = np.zeros(256, dtype=np.bool_)
_USABLE[[code for code in Quality if code.usable]] = True


@dataclass(frozen=True, slots=True)
class Column:
    """Cells of one point as arrays of one length, all read every `every_s` seconds."""

    at_ms: Times
    numbers: Numbers
    quality: Codes
    every_s: float


def usable(numbers: Numbers, quality: Codes) -> Flags:
    """Where a number may be calculated with (UN-05)."""
    return _USABLE[quality] & np.isfinite(numbers)


def to_buckets(columns: list[Column], query: SeriesQuery) -> list[Bucket]:
    """Buckets in order of time. Of cells with the same time the one in the first column counts."""
    if not columns:
        return []
    at_ms = np.concatenate([column.at_ms for column in columns])
    numbers = np.concatenate([column.numbers for column in columns])
    quality = np.concatenate([column.quality for column in columns])
    every_s = np.repeat([c.every_s for c in columns], [len(c.at_ms) for c in columns])
    order = _first_of_each(at_ms)
    at_ms, numbers, quality, every_s = at_ms[order], numbers[order], quality[order], every_s[order]
    keep = usable(numbers, quality) & (at_ms >= query.start_ms) & (at_ms < query.end_ms)
    return _reduce(at_ms[keep], numbers[keep], every_s[keep], query)


def _first_of_each(at_ms: Times) -> slice | NDArray[np.intp]:
    """Indices that put times in order, each time once: the first one of equals."""
    if bool(np.all(at_ms[1:] > at_ms[:-1])):
        return slice(None)
    return np.unique(at_ms, return_index=True)[1]


def _reduce(at_ms: Times, numbers: Numbers, every_s: Numbers, query: SeriesQuery) -> list[Bucket]:
    if not len(at_ms):
        return []
    steps = at_ms // query.step_ms
    first = np.flatnonzero(np.concatenate(([True], steps[1:] != steps[:-1])))
    count = np.diff(first, append=len(steps))
    starts = steps[first] * query.step_ms
    within_ms = np.minimum(starts + query.step_ms, query.end_ms)
    within_ms = within_ms - np.maximum(starts, query.start_ms)
    covered = 1000 * np.add.reduceat(every_s, first) / within_ms
    fields = (
        starts,
        np.minimum.reduceat(numbers, first),
        np.add.reduceat(numbers, first) / count,
        np.maximum.reduceat(numbers, first),
        count,
        np.minimum(covered, 1.0),
    )
    return [Bucket(*row) for row in zip(*(field.tolist() for field in fields), strict=True)]
