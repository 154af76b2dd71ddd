"""Is the embedded store's file sound, and what is in it."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from telemetry.errors import StoreError
from telemetry.stores.codec import decode
from telemetry.stores.file import connect_reader, explained

_PROBLEMS_TOLD = 20


@dataclass(frozen=True, slots=True)
class Health:
    """What `check` found; `samples` counts cells in chunks, `used_bytes` what is not free again."""

    problems: tuple[str, ...] = ()
    devices: int = 0
    recent_blocks: int = 0
    chunks: int = 0
    samples: int = 0
    chunk_bytes: int = 0
    used_bytes: int = 0
    free_bytes: int = 0

    @property
    def bytes_per_sample(self) -> float | None:
        """Of what is compacted; None while nothing is."""
        return self.chunk_bytes / self.samples if self.samples else None


def check(path: Path) -> Health:
    """Look at every page and decode every chunk. Raises StoreError if it is no store at all."""
    with explained(path):
        db = connect_reader(path)
        if db is None:
            return Health()
        try:
            db.execute("BEGIN")
            return _look(db)
        finally:
            db.close()


def _look(db: sqlite3.Connection) -> Health:
    problems = [f"file: {said}" for (said,) in db.execute("PRAGMA quick_check") if said != "ok"]
    chunks = samples = chunk_bytes = 0
    for cells, length, problem in _chunks(db):
        chunks, samples, chunk_bytes = chunks + 1, samples + cells, chunk_bytes + length
        problems += [problem] if problem else []
    pages, free, size = (
        _one(db, f"PRAGMA {name}") for name in ("page_count", "freelist_count", "page_size")
    )
    return Health(
        problems=tuple(problems[:_PROBLEMS_TOLD]),
        devices=_one(db, "SELECT count(*) FROM device"),
        recent_blocks=_one(db, "SELECT count(*) FROM recent"),
        chunks=chunks,
        samples=samples,
        chunk_bytes=chunk_bytes,
        used_bytes=(pages - free) * size,
        free_bytes=free * size,
    )


def _chunks(db: sqlite3.Connection) -> Iterator[tuple[int, int, str]]:
    """(cells, bytes, problem) of each chunk, decoded."""
    rows = db.execute(
        "SELECT device.name, start, samples, body FROM chunk JOIN device ON device.id = chunk.dev"
    )
    for device, start, samples, body in rows:
        problem, cells = "", 0
        try:
            chunk = decode(body)
            cells = chunk.numbers.size
            if len(chunk.at_ms) != samples:
                problem = f"{len(chunk.at_ms)} rows, {samples} expected"
        except StoreError as error:
            problem = str(error)
        yield cells, len(body), f"{device}, chunk from {start}: {problem}" if problem else ""


def _one(db: sqlite3.Connection, sql: str) -> int:
    number: int = db.execute(sql).fetchone()[0]
    return number
