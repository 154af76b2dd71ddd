"""What a line has seen, for the health page and the metrics (rule 29). Counters only ever rise."""

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

_REMEMBERED: Final = 32


@dataclass(frozen=True, slots=True)
class LineCounts:
    """One look at a line's counters. Latencies in milliseconds, None before the first answer."""

    requests: int
    ok: int
    timeouts: int
    exceptions: Mapping[int, int]
    late: int
    foreign: int
    short: int
    lost: int
    connects: int
    connect_failures: int
    window: int
    waiting: int
    p50_ms: float | None
    p95_ms: float | None


@dataclass(slots=True)
class LineCounters:
    """`late`: sent by us, not waited for any more (also an answer's second copy). `foreign`: never
    sent, or for another unit. `short`: ours, but not what was asked. `lost`: the stream broke."""

    requests: int = 0
    ok: int = 0
    timeouts: int = 0
    late: int = 0
    foreign: int = 0
    short: int = 0
    lost: int = 0
    connects: int = 0
    connect_failures: int = 0
    exceptions: Counter[int] = field(default_factory=Counter)
    latencies_s: deque[float] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    def look(self, *, window: int = 1, waiting: int = 0) -> LineCounts:
        """A frozen copy."""
        p50_ms, p95_ms = quantiles_ms(self.latencies_s)
        return LineCounts(
            self.requests,
            self.ok,
            self.timeouts,
            MappingProxyType(dict(self.exceptions)),
            self.late,
            self.foreign,
            self.short,
            self.lost,
            self.connects,
            self.connect_failures,
            window,
            waiting,
            p50_ms,
            p95_ms,
        )


def quantiles_ms(latencies_s: Iterable[float]) -> tuple[float | None, float | None]:
    """The 50 % and 95 % quantile by nearest rank, in milliseconds; None of nothing."""
    ordered = sorted(latencies_s)
    if not ordered:
        return None, None
    last = len(ordered) - 1
    middle, high = min(last, len(ordered) // 2), min(last, int(0.95 * len(ordered)))
    return round(ordered[middle] * 1000, 3), round(ordered[high] * 1000, 3)
