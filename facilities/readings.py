"""The port by which any area gets live values and series of an object.

The monitoring area implements it over telemetry; no other area knows where readings come from.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol


class Quality(StrEnum):
    """How far a value can be trusted (UN-05)."""

    GOOD = "good"
    UNCERTAIN = "uncertain"
    STALE = "stale"
    BAD = "bad"
    NOT_AVAILABLE = "not_available"
    MAINTENANCE = "maintenance"

    @property
    def usable(self) -> bool:
        """True where the value may be shown as live and calculated with."""
        return self in (Quality.GOOD, Quality.UNCERTAIN, Quality.MAINTENANCE)


class ObjectRef(NamedTuple):
    """Any object of the house: `ObjectRef("rack", 12)`."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class LiveValue:
    """One live value of an object, with everything needed to judge it.

    metric: what it is to the object, after UN-03: `power.active`, `current.l1`,
            `temperature.inlet.top`; feed: "A", "B" or "" where feeds do not matter.
    value:  a number, a state's name, a list of bit names, a text; None unless quality is usable.
    last_value, last_at: the newest usable value when quality is stale, bad or not_available.
    why:    in plain words why there is no value, "" otherwise.
    """

    metric: str
    feed: str
    label: str
    value: float | str | list[str] | None
    unit: str
    quality: Quality
    at: datetime | None
    age_s: float | None
    device: str
    point: str
    source: str
    raw: float | str | None = None
    last_value: float | str | list[str] | None = None
    last_at: datetime | None = None
    why: str = ""

    @property
    def number(self) -> float | None:
        """The value where it is a usable number, else None: never 0 for nothing."""
        usable = self.quality.usable and isinstance(self.value, (int, float))
        return float(self.value) if usable else None  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class SeriesBucket:
    """Usable numbers of one step; a step without any is left out. coverage 0..1."""

    at: datetime
    min: float
    mean: float
    max: float
    count: int
    coverage: float


@dataclass(frozen=True, slots=True)
class Series:
    """One point over a window [start, end), in steps of `step_s`."""

    device: str
    point: str
    unit: str
    step_s: int
    buckets: Sequence[SeriesBucket]


class Readings(Protocol):
    """Live values and series of objects."""

    def latest(self, objects: Collection[ObjectRef]) -> Mapping[ObjectRef, Sequence[LiveValue]]:
        """Every bound value of each object; an object without bindings is absent."""

    def series(
        self, device: str, point: str, start: datetime, end: datetime, step_s: int
    ) -> Series:
        """One point over [start, end). Raises NotFound, Unavailable."""


class NoReadings:
    """The twin without telemetry: nothing is bound, so nothing is known."""

    def latest(self, objects: Collection[ObjectRef]) -> Mapping[ObjectRef, Sequence[LiveValue]]:
        """Nothing is known of any object."""
        del objects
        return {}

    def series(
        self, device: str, point: str, start: datetime, end: datetime, step_s: int
    ) -> Series:
        """An empty series of the asked point."""
        del start, end
        return Series(device, point, "", step_s, ())
