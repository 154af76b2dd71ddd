"""The embedded store: one SQLite file of device blocks, no server (telemetry notes, section 6).

A process that reads (`read_only=True`) needs nothing but the file; it sees an empty store until
there is one. One process writes; it also calls `compact` now and then, which turns closed hours
into chunks of less than a byte per sample and closed days into day chunks. Readers never notice.
"""

import os
import sqlite3
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from telemetry.errors import StoreAway, StoreError
from telemetry.sample import Block
from telemetry.stores.base import Bucket, Latest, SeriesQuery
from telemetry.stores.checks import check_block
from telemetry.stores.compaction import Compaction, compact_days, compact_hours
from telemetry.stores.file import connect_writer, explained, lock_for_writing
from telemetry.stores.reading import Reader
from telemetry.stores.writing import Writing


class EmbeddedStore:
    """A Store in one file. `sync="full"` also survives a power cut, at a disk sync per write."""

    def __init__(self, path: Path, *, read_only: bool = False, sync: str = "normal") -> None:
        if sync not in ("normal", "full"):
            raise StoreError(f"sync={sync}: it is normal or full")
        self.path = path
        self._sync = sync
        self._reader = Reader(path)
        self._guard = threading.Lock()
        self._db: sqlite3.Connection | None = None
        self._writing: Writing | None = None
        self._place: int | None = None
        if not read_only:
            self._place = _take_place(path)
            try:
                with self._guard, explained(path):
                    self._connect()
            except StoreError:
                self.close()
                raise

    def write(self, blocks: Sequence[Block]) -> None:
        """See Store. One transaction; the first block of a (device, poll class, time) stays."""
        if not blocks:
            return
        for block in blocks:
            check_block(block)
        with self._transaction() as writing:
            writing.take(blocks)

    def latest(self, devices: Collection[str] | None = None) -> list[Latest]:
        """See Store."""
        return self._reader.latest(devices)

    def series(self, query: SeriesQuery) -> list[Bucket]:
        """See Store."""
        return self._reader.series(query)

    def compact(self, now_ms: int, devices: int = 20) -> Compaction:
        """One bounded step: an hour, or a day, of at most so many devices, in one transaction.

        Call it until `more` is False, then again every minute or so. A step of 20 devices keeps
        `write` waiting for some 50 ms (narrow) to 400 ms (100 points every 10 s). Raises StoreAway
        when the disk is full; then nothing has changed.
        """
        with self._transaction() as writing:
            step = compact_hours(writing.db, now_ms, devices)
            return step if step.blocks else compact_days(writing.db, now_ms, max(1, devices // 10))

    def close(self) -> None:
        """See Store."""
        self._reader.close()
        with self._guard:
            self._disconnect()
            if self._place is not None:
                os.close(self._place)
                self._place = None

    @contextmanager
    def _transaction(self) -> Iterator[Writing]:
        """All or nothing. After a failure the file is opened afresh at the next call."""
        with self._guard, explained(self.path):
            db, writing = self._connect()
            try:
                db.execute("BEGIN IMMEDIATE")
                yield writing
                db.execute("COMMIT")
            except BaseException:
                self._disconnect()
                raise

    def _connect(self) -> tuple[sqlite3.Connection, Writing]:
        if self._place is None:
            raise StoreError(f"{self.path}: opened for reading only, or closed")
        if self._db is None or self._writing is None:
            self._db = connect_writer(self.path, self._sync)
            self._writing = Writing(self._db)
        return self._db, self._writing

    def _disconnect(self) -> None:
        """Closing rolls back what was not committed and drops what was learnt on the way."""
        if self._db is not None:
            self._db.close()
        self._db = self._writing = None


def _take_place(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return lock_for_writing(path)
    except OSError as error:
        raise StoreAway(f"{path}: {error.strerror}") from error
