"""Reading the embedded store: from any process, while the writer is at work."""

import os
import sqlite3
import threading
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from telemetry.sample import Block, Layout
from telemetry.stores.base import Bucket, Latest, SeriesQuery
from telemetry.stores.buckets import Column, to_buckets
from telemetry.stores.cells import Unpacker, unpack_last, unpack_rows, unpacker
from telemetry.stores.checks import check_query
from telemetry.stores.codec import decode_column
from telemetry.stores.file import CLASS_OF_CODE, DAY_MS, SLOT_MS, connect_reader, explained
from telemetry.stores.layouts import Points, points_from_json

_Row = tuple[int, int, bytes, bytes, bytes | None]  # at, layout, cells, raw, last

_NAMES_AT_ONCE = 500

# Rows of one device in the slots that exist: hops from slot to slot, so that late rows far back
# cost nothing but themselves.
_RECENT = """
WITH RECURSIVE slots (slot) AS (
    SELECT min(slot) FROM recent WHERE slot >= :first
    UNION ALL
    SELECT (SELECT min(slot) FROM recent WHERE slot > slots.slot) FROM slots
    WHERE slots.slot < :last)
SELECT recent.layout, recent.at, recent.cells FROM slots JOIN recent ON recent.slot = slots.slot
WHERE slots.slot <= :last AND recent.dev = :dev ORDER BY recent.slot, recent.cls, recent.at
"""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a layout of the file keeps a point."""

    cls: int
    every_s: float
    points: int
    index: int


class Reader:
    """latest and series over the file. Safe in threads and after a fork; empty without a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None
        self._opened: tuple[int, int] = (0, 0)
        self._points: dict[int, Points] = {}
        self._layouts: dict[int, tuple[Layout, Unpacker]] = {}

    def latest(self, devices: Collection[str] | None = None) -> list[Latest]:
        """See Store."""
        with self._snapshot() as db:
            if db is None:
                return []
            rows = _latest_rows(db, devices)
            unknown = {row[1] for row in rows} - self._layouts.keys()
            if unknown:
                self._learn_layouts(db, unknown)
            layouts = self._layouts
        found = _to_latest(rows, layouts)
        found.sort(key=lambda item: (item.block.layout.device, item.block.layout.poll_class))
        return found

    def series(self, query: SeriesQuery) -> list[Bucket]:
        """See Store."""
        check_query(query)
        with self._snapshot() as db:
            if db is None or query.start_ms >= query.end_ms:
                return []
            dev, places = self._places(db, query)
            if not places:
                return []
            columns = [*_from_chunks(db, dev, places, query), *_from_recent(db, dev, places, query)]
        return to_buckets(columns, query)

    def close(self) -> None:
        """Give back the file."""
        with self._lock:
            self._forget()

    @contextmanager
    def _snapshot(self) -> Iterator[sqlite3.Connection | None]:
        """One state of the file for all statements inside, or None while there is nothing."""
        with self._lock, explained(self._path):
            db = self._connect()
            if db is None:
                yield None
                return
            db.execute("BEGIN")
            try:
                yield db
            finally:
                db.execute("ROLLBACK")

    def _connect(self) -> sqlite3.Connection | None:
        """The connection, made anew after a fork and after the file was replaced."""
        try:
            now = os.getpid(), self._path.stat().st_ino
        except FileNotFoundError:
            self._forget()
            return None
        if self._db is None or now != self._opened:
            self._forget()
            self._db, self._opened = connect_reader(self._path), now
        return self._db

    def _forget(self) -> None:
        if self._db is not None and self._opened[0] == os.getpid():
            self._db.close()
        self._db = None
        self._points, self._layouts = {}, {}

    def _learn_layouts(self, db: sqlite3.Connection, ids: Collection[int]) -> None:
        rows = db.execute(
            "SELECT layout.id, device.name, layout.cls, layout.every_s, layout.points "
            "FROM layout JOIN device ON device.id = layout.dev"
        )
        for id_, device, cls, every_s, points in rows:
            if id_ in ids:
                known = self._points_of(db, points)
                layout = Layout(device, CLASS_OF_CODE[cls], every_s, known)
                self._layouts[id_] = layout, unpacker(len(known))

    def _points_of(self, db: sqlite3.Connection, id_: int) -> Points:
        if id_ not in self._points:
            (body,) = db.execute("SELECT body FROM points WHERE id = ?", (id_,)).fetchone()
            self._points[id_] = points_from_json(zlib.decompress(body).decode())
        return self._points[id_]

    def _places(self, db: sqlite3.Connection, query: SeriesQuery) -> tuple[int, dict[int, _Place]]:
        """The device's number and, by layout, where the point is kept."""
        rows = db.execute(
            "SELECT layout.dev, layout.id, cls, every_s, points FROM layout "
            "JOIN device ON device.id = layout.dev WHERE device.name = ?",
            (query.device,),
        ).fetchall()
        places = {}
        for _, layout_id, cls, every_s, points_id in rows:
            points = self._points_of(db, points_id)
            for index, point in enumerate(points):
                if point.id == query.point:
                    places[layout_id] = _Place(cls, every_s, len(points), index)
        return (rows[0][0] if rows else 0), places


def _to_latest(rows: list[_Row], layouts: dict[int, tuple[Layout, Unpacker]]) -> list[Latest]:
    """In one loop without calls: thousands of devices are read within a page's time."""
    found = []
    for at_ms, layout_id, cells, raw, last in rows:
        layout, unpack = layouts[layout_id]
        values, quality, raws = unpack(cells, raw)
        block = Block(layout, at_ms, values, quality, raws)
        if last is None:
            found.append(Latest(block, values, (at_ms,) * len(values)))
        else:
            found.append(Latest(block, *unpack_last(last, len(values))))
    return found


def _latest_rows(db: sqlite3.Connection, devices: Collection[str] | None) -> list[_Row]:
    columns = "at, layout, cells, raw, last"
    if devices is None:
        return db.execute(f"SELECT {columns} FROM latest").fetchall()  # noqa: S608 (our words)
    names, rows = sorted(set(devices)), []
    for start in range(0, len(names), _NAMES_AT_ONCE):
        part = names[start : start + _NAMES_AT_ONCE]
        marks = ",".join("?" * len(part))
        rows += db.execute(
            f"SELECT {columns} FROM device JOIN latest "  # noqa: S608 (marks only)
            f"ON key BETWEEN device.id * 4 AND device.id * 4 + 3 WHERE name IN ({marks})",
            part,
        ).fetchall()
    return rows


def _from_chunks(
    db: sqlite3.Connection, dev: int, places: dict[int, _Place], query: SeriesQuery
) -> Iterator[Column]:
    """The point's column of each chunk that touches the window, the oldest written first."""
    for cls in sorted({place.cls for place in places.values()}):
        rows = db.execute(
            "SELECT layout, body FROM chunk WHERE dev = ? AND cls = ? AND start > ? AND start < ? "
            "AND start + span > ? ORDER BY span DESC, start",
            (dev, cls, query.start_ms - DAY_MS, query.end_ms, query.start_ms),
        )
        for layout_id, body in rows:
            place = places.get(layout_id)
            if place:
                yield Column(*decode_column(body, place.index), place.every_s)


def _from_recent(
    db: sqlite3.Connection, dev: int, places: dict[int, _Place], query: SeriesQuery
) -> Iterator[Column]:
    window = {
        "dev": dev,
        "first": query.start_ms // SLOT_MS,
        "last": (query.end_ms - 1) // SLOT_MS,
    }
    by_layout: dict[int, tuple[list[int], list[bytes]]] = {}
    for layout_id, at_ms, cells in db.execute(_RECENT, window):
        if layout_id in places:
            times, blobs = by_layout.setdefault(layout_id, ([], []))
            times.append(at_ms)
            blobs.append(cells)
    for layout_id, (times, blobs) in by_layout.items():
        place = places[layout_id]
        yield _column(times, blobs, place)


def _column(times: Sequence[int], blobs: list[bytes], place: _Place) -> Column:
    values, quality = unpack_rows(blobs, place.points)
    at_ms = np.array(times, dtype=np.int64)
    return Column(at_ms, values[:, place.index], quality[:, place.index], place.every_s)
