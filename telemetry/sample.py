"""What was read: a block per device and poll class, and a sample as the view of one cell of it.

A block's time is the receipt of the **first** answer of its gather, so an age is never understated
(ADR 0004). Values are float64 with NaN for nothing; a state is its code, a bit set its integer, an
identity is NaN with the text in `raw`. Quality is one byte a point.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

from telemetry.points import Kind, Point, PollClass

Raw = int | float | str | None
Value = float | str | list[str] | None


class Quality(IntEnum):
    """How far a value can be trusted (UN-05). The number is what the stores keep."""

    GOOD = 0
    UNCERTAIN = 1
    STALE = 2
    BAD = 3
    NOT_AVAILABLE = 4
    MAINTENANCE = 5

    @property
    def usable(self) -> bool:
        """True where a value may be shown and calculated with."""
        return self in (Quality.GOOD, Quality.UNCERTAIN, Quality.MAINTENANCE)

    @property
    def word(self) -> str:
        """The name at the edge: `not_available`."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Layout:
    """The ordered points of one device and poll class, and how often they are read."""

    device: str
    poll_class: PollClass
    every_s: float
    points: tuple[Point, ...]

    @property
    def stale_after_s(self) -> float:
        """Seconds after which its values are stale: max(3 x interval, 60 s) (AL-08)."""
        return max(3 * self.every_s, 60.0)


@dataclass(frozen=True, slots=True)
class Block:
    """One answer: `values`, `quality` and `raw` run along `layout.points`. `at_ms` is UTC epoch."""

    layout: Layout
    at_ms: int
    values: tuple[float, ...]
    quality: bytes
    raw: tuple[Raw, ...]

    def samples(self) -> "Iterator[Sample]":
        """Each cell as a sample, in the order of the layout."""
        for point, value, quality, raw in zip(
            self.layout.points, self.values, self.quality, self.raw, strict=True
        ):
            yield Sample(self.layout.device, point, self.at_ms, value, Quality(quality), raw)


@dataclass(frozen=True, slots=True)
class Sample:
    """One cell of a block, for the edges. `number` is NaN where there is no usable number."""

    device: str
    point: Point
    at_ms: int
    number: float
    quality: Quality
    raw: Raw

    @property
    def value(self) -> Value:
        """A number, a state's name, a list of bit names, an identity's text; None if not usable."""
        return named_value(self.point, self.number, self.raw) if self.quality.usable else None

    def as_reading(self) -> dict[str, Any]:
        """The shape that every edge shows (design: "A reading")."""
        point = self.point
        return {
            "device": self.device,
            "point": point.id,
            "label": point.label,
            "quantity": point.quantity.value,
            "phase": point.phase.value if point.phase else None,
            "value": self.value,
            "unit": point.unit,
            "quality": self.quality.word,
            "at": iso_ms(self.at_ms),
            "raw": self.raw,
            "source": point.source,
        }


def named_value(point: Point, number: float, raw: Raw) -> Value:
    """The value of a usable cell in words where the point has words for it."""
    if point.kind is Kind.IDENTITY:
        return None if raw is None else str(raw)
    if math.isnan(number):
        return None
    if point.kind is Kind.STATE:
        return point.names.get(int(number), f"unknown({int(number)})")
    if point.kind is Kind.FLAGS:
        bits = int(number)
        return [point.names.get(n, f"bit_{n}") for n in range(bits.bit_length()) if bits >> n & 1]
    return number


def iso_ms(at_ms: int) -> str:
    """Epoch milliseconds as ISO 8601 UTC: `2026-11-22T17:00:00.123Z`."""
    moment = datetime.fromtimestamp(at_ms / 1000, tz=UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
