"""The newest of each device and poll class, as the embedded store's writer keeps it in memory."""

import math
import sqlite3
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from telemetry.points import PollClass
from telemetry.sample import Block, Layout
from telemetry.stores.cells import (
    all_usable,
    pack_last,
    pack_raw,
    unpack_cells,
    unpack_last,
    unpack_raw,
    usable_cells,
)
from telemetry.stores.file import CLASS_CODES
from telemetry.stores.layouts import points_from_json

_UPSERT_PARTED = """
INSERT INTO parted (dev, point, number, at) VALUES (?, ?, ?, ?)
ON CONFLICT (dev, point) DO UPDATE SET number = excluded.number, at = excluded.at
WHERE excluded.at > parted.at
"""
_LOAD = """
SELECT latest.layout, latest.at, cells, raw, last, every_s, body FROM latest
JOIN layout ON layout.id = latest.layout JOIN points ON points.id = layout.points WHERE key = ?
"""


@dataclass(slots=True)
class Head:
    """The newest block and, along its points, last usable numbers (NaN) and times (0 if never).

    `fresh`: the block is all usable, so it is its own last usable.
    """

    layout_id: int
    block: Block
    cells: bytes
    last_values: tuple[float, ...]
    last_at_ms: tuple[int, ...]
    fresh: bool

    def row(self, key: int) -> tuple[int, int, int, bytes, bytes, bytes | None]:
        """Its row of the table `latest`."""
        block = self.block
        last = None if self.fresh else pack_last(self.last_values, self.last_at_ms)
        return key, block.at_ms, self.layout_id, self.cells, pack_raw(block.raw), last

    def advance(self, block: Block, cells: bytes) -> None:
        """Take a newer block of the same layout; `cells` is it, packed."""
        if all_usable(block.values, block.quality):
            self.last_values, self.last_at_ms = block.values, (block.at_ms,) * len(block.values)
            self.fresh = True
        else:
            flags = usable_cells(block.values, block.quality)
            new, old, old_at = block.values, self.last_values, self.last_at_ms
            self.last_values = tuple(n if f else o for f, n, o in zip(flags, new, old, strict=True))
            self.last_at_ms = tuple(
                block.at_ms if f else o for f, o in zip(flags, old_at, strict=True)
            )
            self.fresh = False
        self.block, self.cells = block, cells

    def amend(self, late: Block) -> bool:
        """Take newer last usable numbers from a late block; True if there were any."""
        known = {id_: (value, at_ms) for id_, value, at_ms in usable_of(late)}
        mine = list(zip(self.last_values, self.last_at_ms, strict=True))
        changed = False
        for index, point in enumerate(self.block.layout.points):
            found = known.get(point.id)
            if found and found[1] > mine[index][1]:
                mine[index], changed = found, True
        self.last_values = tuple(value for value, _ in mine)
        self.last_at_ms = tuple(at_ms for _, at_ms in mine)
        return changed

    def last(self) -> list[tuple[str, float, int]]:
        """(point, number, time) of every point that was ever usable."""
        points = self.block.layout.points
        rows = zip(points, self.last_values, self.last_at_ms, strict=True)
        return [(point.id, value, at_ms) for point, value, at_ms in rows if at_ms]


def usable_of(block: Block) -> list[tuple[str, float, int]]:
    """(point, number, time) of the usable cells of a block."""
    flags = usable_cells(block.values, block.quality)
    rows = zip(block.layout.points, block.values, flags, strict=True)
    return [(point.id, value, block.at_ms) for point, value, usable in rows if usable]


def load(db: sqlite3.Connection, dev: int, device: str, poll_class: PollClass) -> Head | None:
    """The head as the file has it, None if it has none."""
    row = db.execute(_LOAD, (dev * 4 + CLASS_CODES[poll_class],)).fetchone()
    if not row:
        return None
    layout_id, at_ms, cells, raw, last, every_s, body = row
    layout = Layout(device, poll_class, every_s, points_from_json(zlib.decompress(body).decode()))
    count = len(layout.points)
    values, quality = unpack_cells(cells, count)
    block = Block(layout, at_ms, values, quality, unpack_raw(raw, count))
    last_values, last_at_ms = unpack_last(last, count) if last else (values, (at_ms,) * count)
    return Head(layout_id, block, cells, last_values, last_at_ms, last is None)


def begin(layout_id: int, block: Block, cells: bytes, known: dict[str, tuple[float, int]]) -> Head:
    """The head of a layout's first block; `known` holds last usable numbers by point."""
    found = [known.get(point.id, (math.nan, 0)) for point in block.layout.points]
    last_values, last_at_ms = (tuple(part) for part in zip(*found, strict=True))
    head = Head(layout_id, block, cells, last_values, last_at_ms, False)
    head.advance(block, cells)
    return head


def part(db: sqlite3.Connection, dev: int, rows: Iterable[tuple[str, float, int]]) -> None:
    """Remember last usable numbers apart from any layout; the newest of a point stays."""
    db.executemany(_UPSERT_PARTED, [(dev, *row) for row in rows])


def parted(db: sqlite3.Connection, dev: int) -> dict[str, tuple[float, int]]:
    """(number, time) by point of what was remembered apart."""
    rows = db.execute("SELECT point, number, at FROM parted WHERE dev = ?", (dev,))
    return {point: (number, at_ms) for point, number, at_ms in rows}
