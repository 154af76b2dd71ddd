"""The store protocol: write, latest, series. One contract test holds for every implementation.

A number is *usable* when its quality is (good, uncertain, maintenance) and it is finite. A point is
known by (device, id) alone: it keeps its past when a new profile moves it to another poll class.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from telemetry.sample import Block, Layout


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest block of a device and poll class, whatever its quality, and, along its points,
    the newest usable number (NaN if never) with its time (0 if never)."""

    block: Block
    last_values: tuple[float, ...]
    last_at_ms: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SeriesQuery:
    """One point over the half-open window [start_ms, end_ms), in buckets aligned to the epoch."""

    device: str
    point: str
    start_ms: int
    end_ms: int
    step_ms: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """Usable numbers of one step. A step without any is left out: a gap stays a gap.

    `at_ms` is the start of the step, a multiple of it, so of the first step it may lie before the
    window. `coverage` is count / expected count by the interval each sample was read at, over the
    part of the step that lies within the window, at most 1.
    """

    at_ms: int
    min: float
    mean: float
    max: float
    count: int
    coverage: float


class Store(Protocol):
    """Keeps blocks. Methods block; call them off the event loop."""

    def write(self, blocks: Sequence[Block]) -> None:
        """Keep the blocks; when this returns, a killed process does not lose them.

        Writing the same (device, poll class, time) again changes nothing.
        Raises StoreAway when the store cannot take them now, StoreError when it never will.
        """

    def latest(self, devices: Collection[str] | None = None) -> list[Latest]:
        """The newest of every poll class of the named devices (None: of all), by device name."""

    def series(self, query: SeriesQuery) -> list[Bucket]:
        """Buckets in order of time; [] for a point that was never written."""

    def close(self) -> None:
        """Give back files and sockets. The store is not used afterwards."""


class Catalogue(Protocol):
    """Which layouts exist, for stores that keep only numbers. In the product: rows of the
    application's database; in tests and stand-alone use: memory."""

    def put(self, layout: Layout) -> None:
        """Remember the newest layout of its device and poll class."""

    def layouts(self, devices: Collection[str] | None = None) -> list[Layout]:
        """The newest layouts of the named devices (None: of all)."""
