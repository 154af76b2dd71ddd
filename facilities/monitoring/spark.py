"""A sparkline: one polyline per unbroken stretch, so that a gap stays a gap. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from facilities.readings import SeriesBucket

WIDTH, HEIGHT = 120.0, 24.0


@dataclass(frozen=True, slots=True)
class Spark:
    """Points of each polyline in a box of 120 x 24, and the same in words."""

    lines: Sequence[str]
    text: str


def spark(buckets: Sequence[SeriesBucket | None], unit: str) -> Spark | None:
    """The line of the means; None when there is nothing to draw."""
    known = [bucket for bucket in buckets if bucket is not None]
    if not known:
        return None
    least, greatest = min(b.min for b in known), max(b.max for b in known)
    span = (greatest - least) or 1.0
    across = WIDTH / max(1, len(buckets) - 1)
    lines: list[list[str]] = [[]]
    for n, bucket in enumerate(buckets):
        if bucket is None:
            lines.append([])
            continue
        y = HEIGHT - 1 - (bucket.mean - least) / span * (HEIGHT - 2)
        lines[-1].append(f"{n * across:.1f},{y:.1f}")
    drawn = [" ".join(line if len(line) > 1 else line * 2) for line in lines if line]
    return Spark(drawn, f"from {least:.4g} to {greatest:.4g} {unit}".rstrip())
