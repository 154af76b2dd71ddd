"""Taking blocks into the file of the embedded store, and keeping `latest` true.

What the writer knows of each (device, poll class) stays in memory, so that a block costs two rows
and no look-up. It lives as long as the connection: a failed transaction throws both away.
"""

import sqlite3
from collections.abc import Sequence

from telemetry.points import PollClass
from telemetry.sample import Block, Layout
from telemetry.stores.cells import pack_cells
from telemetry.stores.file import CLASS_CODES, SLOT_MS
from telemetry.stores.heads import Head, begin, load, part, parted, usable_of
from telemetry.stores.ids import Ids

_UPSERT_LATEST = """
INSERT INTO latest (key, at, layout, cells, raw, last) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET at = excluded.at, layout = excluded.layout,
cells = excluded.cells, raw = excluded.raw, last = excluded.last
"""


class Writing:
    """Blocks to rows, on one connection, inside a transaction of the caller."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self._ids = Ids(db)
        self._devs: dict[str, int] = {}
        self._heads: dict[tuple[str, PollClass], Head | None] = {}

    def take(self, blocks: Sequence[Block]) -> None:
        """Keep the blocks in `recent` and in `latest`."""
        rows, changed = [], {}
        for block in blocks:
            layout, at_ms = block.layout, block.at_ms
            dev, cls = self._dev(layout.device), CLASS_CODES[layout.poll_class]
            head = self._head(dev, layout)
            if head and head.block.layout is layout:
                layout_id = head.layout_id
            else:
                layout_id = self._ids.layout(dev, layout)
            cells = pack_cells(block.values, block.quality)
            rows.append((at_ms // SLOT_MS, dev, cls, at_ms, layout_id, cells))
            if head is None or at_ms != head.block.at_ms:
                changed[dev * 4 + cls] = self._follow(head, dev, layout_id, block, cells)
        self.db.executemany("INSERT OR IGNORE INTO recent VALUES (?, ?, ?, ?, ?, ?)", rows)
        self.db.executemany(_UPSERT_LATEST, (head.row(key) for key, head in changed.items()))

    def _follow(
        self, head: Head | None, dev: int, layout_id: int, block: Block, cells: bytes
    ) -> Head:
        """The head after a block."""
        if head and block.at_ms < head.block.at_ms:
            head.amend(block)
            if layout_id != head.layout_id:
                part(self.db, dev, usable_of(block))
        elif head and layout_id == head.layout_id:
            head.advance(block, cells)
        else:
            head = self._begin(dev, layout_id, block, cells)
        return head

    def _begin(self, dev: int, layout_id: int, block: Block, cells: bytes) -> Head:
        """A new layout: points carry their last usable numbers over, from wherever they were."""
        device, poll_class = block.layout.device, block.layout.poll_class
        for other in PollClass:
            head = self._heads.get((device, other)) or load(self.db, dev, device, other)
            if head:
                part(self.db, dev, head.last())
        head = begin(layout_id, block, cells, parted(self.db, dev))
        self._heads[device, poll_class] = head
        return head

    def _head(self, dev: int, layout: Layout) -> Head | None:
        key = layout.device, layout.poll_class
        if key not in self._heads:
            self._heads[key] = load(self.db, dev, *key)
        return self._heads[key]

    def _dev(self, name: str) -> int:
        dev = self._devs.get(name)
        if dev is None:
            dev = self._devs[name] = self._ids.device(name)
        return dev
