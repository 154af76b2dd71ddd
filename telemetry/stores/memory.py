"""The in-memory twin: every block kept as it came, every answer worked out by hand.

It is the slow reference that the other stores are compared with, and the store of tests and of
`rackhouse read`. No numpy here on purpose: two ways to one answer are worth more than one.
"""

import math
import threading
from collections import defaultdict
from collections.abc import Collection, Sequence

from telemetry.points import PollClass
from telemetry.sample import Block, Layout, Quality
from telemetry.stores.base import Bucket, Latest, SeriesQuery
from telemetry.stores.checks import check_block, check_query, wanted

Key = tuple[str, PollClass]


class MemoryStore:
    """A Store that forgets everything when it is dropped."""

    def __init__(self) -> None:
        self._blocks: dict[Key, dict[int, Block]] = defaultdict(dict)
        self._lock = threading.Lock()

    def write(self, blocks: Sequence[Block]) -> None:
        """See Store. The first block of a (device, poll class, time) stays."""
        for block in blocks:
            check_block(block)
        with self._lock:
            for block in blocks:
                key = block.layout.device, block.layout.poll_class
                self._blocks[key].setdefault(block.at_ms, block)

    def latest(self, devices: Collection[str] | None = None) -> list[Latest]:
        """See Store."""
        with self._lock:
            keys = sorted(key for key in self._blocks if wanted(key[0], devices))
            return [self._latest_of(key) for key in keys]

    def series(self, query: SeriesQuery) -> list[Bucket]:
        """See Store."""
        check_query(query)
        cells: dict[int, tuple[float, float]] = {}
        with self._lock:
            for at_ms, number, every_s in self._cells(query.device, query.point):
                if query.start_ms <= at_ms < query.end_ms:
                    cells.setdefault(at_ms, (number, every_s))
        steps: dict[int, list[tuple[float, float]]] = defaultdict(list)
        for at_ms, (number, every_s) in cells.items():
            if not math.isnan(number):
                steps[at_ms // query.step_ms * query.step_ms].append((number, every_s))
        return [_bucket(query, at_ms, steps[at_ms]) for at_ms in sorted(steps)]

    def close(self) -> None:
        """See Store."""

    def _latest_of(self, key: Key) -> Latest:
        blocks = self._blocks[key]
        newest = blocks[max(blocks)]
        found = [self._last_usable(key[0], point.id) for point in newest.layout.points]
        return Latest(newest, tuple(value for value, _ in found), tuple(at for _, at in found))

    def _last_usable(self, device: str, point: str) -> tuple[float, int]:
        """(number, time) of the newest usable cell of a point; (NaN, 0) without any."""
        usable = [
            (at_ms, number)
            for at_ms, number, _ in self._cells(device, point)
            if not math.isnan(number)
        ]
        if not usable:
            return math.nan, 0
        at_ms, number = max(usable)
        return number, at_ms

    def _cells(self, device: str, point: str) -> list[tuple[int, float, float]]:
        """(time, usable number or NaN, interval) of each cell of a point, in no order."""
        cells = []
        for poll_class in PollClass:
            for block in self._blocks.get((device, poll_class), {}).values():
                for sample in block.samples():
                    if sample.point.id == point:
                        number = _usable(sample.number, sample.quality)
                        cells.append((block.at_ms, number, block.layout.every_s))
        return cells


class MemoryCatalogue:
    """A Catalogue that forgets everything when it is dropped."""

    def __init__(self) -> None:
        self._layouts: dict[Key, Layout] = {}

    def put(self, layout: Layout) -> None:
        """See Catalogue."""
        self._layouts[layout.device, layout.poll_class] = layout

    def layouts(self, devices: Collection[str] | None = None) -> list[Layout]:
        """See Catalogue; by device name, then poll class."""
        return [self._layouts[key] for key in sorted(self._layouts) if wanted(key[0], devices)]


def _usable(number: float, quality: Quality) -> float:
    return number if quality.usable and math.isfinite(number) else math.nan


def _bucket(query: SeriesQuery, at_ms: int, cells: list[tuple[float, float]]) -> Bucket:
    numbers = [number for number, _ in cells]
    within_ms = min(at_ms + query.step_ms, query.end_ms) - max(at_ms, query.start_ms)
    covered_ms = 1000 * math.fsum(every_s for _, every_s in cells)
    mean = math.fsum(numbers) / len(numbers)
    coverage = min(1.0, covered_ms / within_ms)
    return Bucket(at_ms, min(numbers), mean, max(numbers), len(numbers), coverage)
