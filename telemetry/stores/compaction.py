"""Compacting the embedded store: closed hours to chunks, the chunks of closed days to day chunks.

Each step is one transaction of the caller: the chunk comes and the rows it was made of go at one
moment, so a killed process or a reader beside it never meets both or neither. What arrives late
for an hour that is already a chunk is merged into it, then into its day.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import numpy as np

from telemetry.stores.cells import unpack_rows
from telemetry.stores.codec import Chunk, decode, encode
from telemetry.stores.file import DAY_MS, HOUR_MS, SLOT_MS

#: How long an hour or a day stays open for late blocks after its end.
GRACE_MS = 300_000
_SLOTS = HOUR_MS // SLOT_MS

_Key = tuple[int, int, int]
_PUT = (
    "INSERT OR REPLACE INTO chunk (dev, cls, start, span, layout, day, samples, body) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class Compaction:
    """What one step did: `blocks` put into `chunks` of `span_ms`; `more` asks for another."""

    span_ms: int
    chunks: int
    blocks: int
    more: bool


NOTHING = Compaction(0, 0, 0, False)


def compact_hours(db: sqlite3.Connection, now_ms: int, devices: int) -> Compaction:
    """Turn the oldest closed hour of some devices into chunks."""
    (slot,) = db.execute("SELECT min(slot) FROM recent").fetchone()
    if slot is None:
        return NOTHING
    start = slot * SLOT_MS // HOUR_MS * HOUR_MS
    if now_ms < start + HOUR_MS + GRACE_MS:
        return NOTHING
    slots = range(start // SLOT_MS, start // SLOT_MS + _SLOTS)
    first = _first_dev(db, slots)
    rows: list[tuple[int, int, int, int, bytes]] = []
    for slot in slots:
        rows += db.execute(
            "SELECT dev, cls, layout, at, cells FROM recent "
            "WHERE slot = ? AND dev >= ? AND dev < ?",
            (slot, first, first + devices),
        )
    rows.sort(key=itemgetter(0, 1, 2, 3))
    chunks = 0
    for key, group in groupby(rows, key=itemgetter(0, 1, 2)):
        new = _from_rows(list(group))
        old = _bodies(db, key, start, HOUR_MS)
        _put(db, key, start, HOUR_MS, [*map(decode, old), new])
        chunks += 1
    for slot in slots:
        db.execute(
            "DELETE FROM recent WHERE slot = ? AND dev >= ? AND dev < ?",
            (slot, first, first + devices),
        )
    return Compaction(HOUR_MS, chunks, len(rows), True)


def compact_days(db: sqlite3.Connection, now_ms: int, devices: int) -> Compaction:
    """Turn the hour chunks of the oldest closed day of some devices into day chunks."""
    (day,) = db.execute("SELECT min(day) FROM chunk WHERE span < 86400000").fetchone()
    if day is None or now_ms < (day + 1) * DAY_MS + GRACE_MS:
        return NOTHING
    devs = db.execute(
        "SELECT DISTINCT dev FROM chunk WHERE span < 86400000 AND day = ? ORDER BY dev LIMIT ?",
        (day, devices),
    ).fetchall()
    chunks = blocks = 0
    for (dev,) in devs:
        keys = db.execute(
            "SELECT DISTINCT dev, cls, layout FROM chunk "
            "WHERE span < 86400000 AND day = ? AND dev = ?",
            (day, dev),
        ).fetchall()
        for key in keys:
            bodies = _bodies(db, key, day * DAY_MS, DAY_MS)
            blocks += _put(db, key, day * DAY_MS, DAY_MS, map(decode, bodies))
            chunks += 1
        db.execute("DELETE FROM chunk WHERE span < 86400000 AND day = ? AND dev = ?", (day, dev))
    return Compaction(DAY_MS, chunks, blocks, True)


def merge(chunks: Iterable[Chunk]) -> Chunk:
    """One chunk in order of time; of rows with the same time the first chunk's stays."""
    parts = list(chunks)
    at_ms = np.concatenate([part.at_ms for part in parts])
    at_ms, order = np.unique(at_ms, return_index=True)
    numbers = np.concatenate([part.numbers for part in parts])[order]
    quality = np.concatenate([part.quality for part in parts])[order]
    return Chunk(at_ms, numbers, quality)


def _first_dev(db: sqlite3.Connection, slots: range) -> int:
    """The first device, by its number, with rows in these slots."""
    found: list[int] = []
    for slot in slots:
        (dev,) = db.execute("SELECT min(dev) FROM recent WHERE slot = ?", (slot,)).fetchone()
        if dev is not None:
            found.append(dev)
    return min(found)


def _from_rows(rows: list[tuple[int, int, int, int, bytes]]) -> Chunk:
    at_ms = np.array([row[3] for row in rows], dtype=np.int64)
    blobs = [row[4] for row in rows]
    return Chunk(at_ms, *unpack_rows(blobs, len(blobs[0]) // 9))


def _bodies(db: sqlite3.Connection, key: _Key, start: int, span: int) -> list[bytes]:
    """Chunks of a device, poll class and layout within a span, the longest first."""
    rows = db.execute(
        "SELECT body FROM chunk WHERE dev = ? AND cls = ? AND layout = ? "
        "AND start >= ? AND start < ? AND span <= ? ORDER BY span DESC, start",
        (*key, start, start + span, span),
    )
    return [body for (body,) in rows]


def _put(db: sqlite3.Connection, key: _Key, start: int, span: int, chunks: Iterable[Chunk]) -> int:
    chunk = merge(chunks)
    dev, cls, layout = key
    row = dev, cls, start, span, layout, start // DAY_MS, len(chunk.at_ms), encode(chunk)
    db.execute(_PUT, row)
    return len(chunk.at_ms)
