"""Live values of a node by line, and a branch's current where only what hangs on it is metered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from facilities.power.lines import LINES
from facilities.readings import LiveValue, Quality

Values = Sequence[LiveValue]
#: How little a quality can be trusted, the least first.
_ORDER = (
    Quality.BAD,
    Quality.NOT_AVAILABLE,
    Quality.STALE,
    Quality.MAINTENANCE,
    Quality.UNCERTAIN,
    Quality.GOOD,
)


@dataclass(frozen=True, slots=True)
class BranchAmps:
    """The current of each line of a branch; `via` names what is metered instead of it, or ""."""

    by_line: Mapping[str, LiveValue | None]
    via: str = ""

    @property
    def known(self) -> bool:
        """True where every line has a usable number."""
        return bool(self.by_line) and all(number(v) is not None for v in self.by_line.values())

    @property
    def worst(self) -> float | None:
        """The greatest line current; None unless every line is known."""
        numbers = [n for n in map(number, self.by_line.values()) if n is not None]
        return max(numbers) if self.known else None


def number(value: LiveValue | None) -> float | None:
    """A usable number or None."""
    return None if value is None else value.number


def pick(values: Values, metric: str, feed: str | None = None) -> LiveValue | None:
    """The best value of a metric: by quality, then the youngest. feed None takes any."""
    found = [v for v in values if v.metric == metric and (feed is None or v.feed == feed)]
    return max(found, key=lambda v: (_ORDER.index(v.quality), -(v.age_s or 0.0)), default=None)


def total(values: Values, metric: str, lines: Sequence[str]) -> LiveValue | None:
    """A metric of the whole node: as its device says, else the sum over every line it works on.

    For watts the sum is exact. None where a line is not metered; with a line that gives no usable
    number the sum is that line's value, which says why it is missing.
    """
    said = pick(values, metric)
    parts = [pick(values, f"{metric}.{line.lower()}") for line in lines]
    whole = [part for part in parts if part is not None]
    if said is not None or not whole or len(whole) < len(parts):
        return said
    missing = next((part for part in whole if part.number is None), None)
    if missing is not None:
        return missing
    worst = min(whole, key=lambda v: (_ORDER.index(v.quality), -(v.age_s or 0.0)))
    label = f"sum of {', '.join(lines)}"
    return replace(worst, metric=metric, label=label, value=sum(map(_sure, whole)), raw=None)


def _sure(value: LiveValue) -> float:
    return value.number or 0.0


def line_amps_of(values: Values, lines: Sequence[str]) -> BranchAmps:
    """The amps of each line a node works on.

    A node on one line or one pair may be metered as a whole: `current`, or its meter's first line.
    """
    whole = pick(values, "current")
    by_line = {line: pick(values, f"current.{line.lower()}") for line in lines}
    if len(lines) < len(LINES) and not any(by_line.values()):
        by_line = dict.fromkeys(lines, whole or pick(values, "current.l1"))
    return BranchAmps(by_line)


def branch_amps(
    own: Values, lines: Sequence[str], children: Sequence[tuple[str, Values]]
) -> BranchAmps:
    """A breaker's amps: its own meter, or the meter of the one thing that hangs on it.

    With several things below, the sums by magnitude, marked uncertain: an upper bound, because
    currents add as phasors. Nothing where one of them is not read.
    """
    direct = line_amps_of(own, lines)
    if any(direct.by_line.values()) or not children:
        return direct
    below = [line_amps_of(values, lines) for _, values in children]
    via = ", ".join(name for name, _ in children)
    if len(below) == 1:
        return BranchAmps(below[0].by_line, via)
    return BranchAmps({line: _total([b.by_line[line] for b in below]) for line in lines}, via)


def _total(parts: Sequence[LiveValue | None]) -> LiveValue | None:
    numbers = [n for n in map(number, parts) if n is not None]
    whole = [part for part in parts if part is not None]
    if len(numbers) < len(parts) or not whole:
        return None
    oldest = max(whole, key=lambda v: v.age_s or 0.0)
    label = f"sum of {len(parts)} meters"
    return replace(oldest, label=label, value=sum(numbers), quality=Quality.UNCERTAIN, raw=None)


def oldest_s(values: Sequence[LiveValue | None]) -> float | None:
    """The age of the oldest value; None where none has an age."""
    ages = [v.age_s for v in values if v is not None and v.age_s is not None]
    return max(ages, default=None)
