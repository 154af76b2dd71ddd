"""What a line has seen, for the health page and the metrics (rule 29). Counters only ever rise."""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

_REMEMBERED: Final = 128


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
            quantile_ms(self.latencies_s, 0.5),
            quantile_ms(self.latencies_s, 0.95),
        )


def quantile_ms(latencies_s: deque[float], share: float) -> float | None:
    """The nearest-rank quantile in milliseconds; None of nothing."""
    if not latencies_s:
        return None
    ordered = sorted(latencies_s)
    rank = min(len(ordered) - 1, int(share * len(ordered)))
    return round(ordered[rank] * 1000, 3)
