"""The file of the embedded store: its tables, its versions, and how it is opened.

SQLite in WAL mode: one writer, any number of readers in any process. `synchronous=NORMAL` loses
nothing when a process is killed and, at worst, the last transactions when the power goes; with
`sync="full"` not even those, at a sync of the disk per transaction.
"""

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from telemetry.errors import StoreAway, StoreError
from telemetry.points import PollClass

#: "RkhS": tells this file from any other SQLite database.
APPLICATION_ID = 0x526B6853
VERSION = 1

SLOT_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000

#: The number by which the file knows a poll class.
CLASS_CODES = {PollClass.FAST: 0, PollClass.NORMAL: 1, PollClass.SLOW: 2}
CLASS_OF_CODE = {code: poll_class for poll_class, code in CLASS_CODES.items()}

# recent: blocks as they come, found by the minute. chunk: an hour or a day of one (device, poll
# class, layout) through codec.py. latest: key = dev * 4 + cls. parted: last usable numbers of
# points that are not in the newest layout of their poll class.
_SCHEMA = """
CREATE TABLE points (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, body BLOB NOT NULL);
CREATE TABLE device (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE layout (
    id INTEGER PRIMARY KEY, dev INTEGER NOT NULL, cls INTEGER NOT NULL, every_s REAL NOT NULL,
    points INTEGER NOT NULL, UNIQUE (dev, cls, every_s, points));
CREATE TABLE recent (
    slot INTEGER NOT NULL, dev INTEGER NOT NULL, cls INTEGER NOT NULL, at INTEGER NOT NULL,
    layout INTEGER NOT NULL, cells BLOB NOT NULL, PRIMARY KEY (slot, dev, cls, at)) WITHOUT ROWID;
CREATE TABLE chunk (
    id INTEGER PRIMARY KEY, dev INTEGER NOT NULL, cls INTEGER NOT NULL, start INTEGER NOT NULL,
    span INTEGER NOT NULL, layout INTEGER NOT NULL, day INTEGER NOT NULL, samples INTEGER NOT NULL,
    body BLOB NOT NULL, UNIQUE (dev, cls, start, span, layout));
CREATE INDEX hour_chunk ON chunk (day, dev) WHERE span < 86400000;
CREATE TABLE latest (
    key INTEGER PRIMARY KEY, at INTEGER NOT NULL, layout INTEGER NOT NULL, cells BLOB NOT NULL,
    raw BLOB NOT NULL, last BLOB);
CREATE TABLE parted (
    dev INTEGER NOT NULL, point TEXT NOT NULL, number REAL NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (dev, point)) WITHOUT ROWID;
"""


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours: StoreAway where trying again may help, else StoreError."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise StoreAway(f"{path}: {error}") from error
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path}: {error}") from error


def connect_writer(path: Path, sync: str) -> sqlite3.Connection:
    """Open for writing; make file and tables if they are not there. Raises StoreError."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    try:
        db.execute("PRAGMA page_size=16384")
        _check_ours(db, path)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute(f"PRAGMA synchronous={'FULL' if sync == 'full' else 'NORMAL'}")
        db.execute("PRAGMA journal_size_limit=67108864")
        if _version(db) == 0:
            db.executescript(
                f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA application_id={APPLICATION_ID};"
                f"PRAGMA user_version={VERSION}; COMMIT;"
            )
    except BaseException:
        db.close()
        raise
    return db


def connect_reader(path: Path) -> sqlite3.Connection | None:
    """Open for reading; None while there is no file or nothing in it yet. Raises StoreError."""
    if not path.exists():
        return None
    uri = f"{path.absolute().as_uri()}?mode=ro"
    db = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=5)
    try:
        _check_ours(db, path)
        if _version(db) == 0:
            db.close()
            return None
    except BaseException:
        db.close()
        raise
    return db


def lock_for_writing(path: Path) -> int:
    """Take the one writer's place beside the file; the kernel gives it back when we end.

    Returns a file descriptor to keep open. Raises StoreError when another writer has it.
    """
    lock = path.with_name(path.name + ".writer")
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise StoreError(f"{path}: another process writes to it; stop that collector") from None
    return handle


def _version(db: sqlite3.Connection) -> int:
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    return version


def _check_ours(db: sqlite3.Connection, path: Path) -> None:
    tables: int = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    application: int = db.execute("PRAGMA application_id").fetchone()[0]
    if tables and application != APPLICATION_ID:
        raise StoreError(f"{path}: a database, but not a sample store of this program")
    if _version(db) > VERSION:
        raise StoreError(
            f"{path}: version {_version(db)}, written by a newer program; this one knows {VERSION}"
        )
