"""How a benchmark tells its results: one row a measurement, with its limit and the ratio to it."""

import statistics
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement.

    value:   in `unit`; less is better unless `more_is_better`.
    limit:   what it is held against (a target of design.md section 7, or a peer), None for none.
    against: who or what the limit is, e.g. "target" or "raw asyncio".
    """

    name: str
    value: float
    unit: str
    limit: float | None = None
    against: str = "target"
    more_is_better: bool = False

    @property
    def ratio(self) -> float | None:
        """How much of the limit is used: up to 1.0 is within it. None without a limit."""
        if self.limit is None or self.limit == 0 or self.value == 0:
            return None
        return self.limit / self.value if self.more_is_better else self.value / self.limit


def number(value: float) -> str:
    """Three figures that count, without an exponent: 0.123, 12.3, 12300."""
    if value == 0:
        return "0"
    digits = max(0, 2 - len(str(int(abs(value)))) + (abs(value) >= 1))
    return f"{value:.{digits if abs(value) >= 1 else 3}f}"


def limit_of(row: Row) -> str:
    """The limit as a cell; empty without one."""
    return "" if row.limit is None else number(row.limit)


def verdict(row: Row) -> str:
    """The last two columns of a row: the ratio and what it means."""
    if row.ratio is None:
        return ""
    return f"{row.ratio:.2f}x of {row.against}{'' if row.ratio <= 1 else '  OVER'}"


def render(title: str, rows: Iterable[Row]) -> str:
    """A table as text: name, value, unit, limit, ratio."""
    cells = [(row.name, number(row.value), row.unit, limit_of(row), verdict(row)) for row in rows]
    heads = ("", "measured", "unit", "limit", "ratio")
    columns = list(zip(heads, *cells, strict=True))
    widths = [max(map(len, column)) for column in columns]
    lines = [title, "-" * len(title)]
    for line in [heads, *cells]:
        parts = [
            text.rjust(width) if index in (1, 3) else text.ljust(width)
            for index, (text, width) in enumerate(zip(line, widths, strict=True))
        ]
        lines.append("  ".join(parts).rstrip())
    return "\n".join(lines) + "\n"


def show(title: str, rows: Sequence[Row]) -> None:
    """Print a table."""
    sys.stdout.write(render(title, rows) + "\n")
    sys.stdout.flush()


def median_of(measure: Callable[[], float], times: int = 5) -> float:
    """The median of some runs of `measure`: one noisy run must not decide."""
    return statistics.median(measure() for _ in range(times))
