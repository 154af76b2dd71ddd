"""The numbers by which the embedded store's file knows devices, lists of points and layouts."""

import hashlib
import sqlite3
import zlib

from telemetry.sample import Layout
from telemetry.stores.file import CLASS_CODES
from telemetry.stores.layouts import Points, points_to_json

_DIGESTS_KEPT = 10_000


class Ids:
    """Finds or makes numbers, inside a transaction of the caller, on the writer's connection.

    Devices of one model share their list of points, in the file as in memory.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._points: dict[int, tuple[Points, int]] = {}

    def device(self, name: str) -> int:
        """The number of a device."""
        self._db.execute("INSERT OR IGNORE INTO device (name) VALUES (?)", (name,))
        return self._one("SELECT id FROM device WHERE name = ?", name)

    def layout(self, dev: int, layout: Layout) -> int:
        """The number of a layout of a device. A changed profile or interval gets a new one."""
        row = dev, CLASS_CODES[layout.poll_class], layout.every_s, self._points_id(layout.points)
        self._db.execute(
            "INSERT OR IGNORE INTO layout (dev, cls, every_s, points) VALUES (?, ?, ?, ?)", row
        )
        return self._one(
            "SELECT id FROM layout WHERE dev = ? AND cls = ? AND every_s = ? AND points = ?", *row
        )

    def _points_id(self, points: Points) -> int:
        known = self._points.get(id(points))
        if known:
            return known[1]
        text = points_to_json(points).encode()
        digest = hashlib.sha256(text).digest()
        self._db.execute(
            "INSERT OR IGNORE INTO points (digest, body) VALUES (?, ?)",
            (digest, zlib.compress(text)),
        )
        found = self._one("SELECT id FROM points WHERE digest = ?", digest)
        if len(self._points) >= _DIGESTS_KEPT:
            self._points.clear()
        self._points[id(points)] = points, found  # holding `points` keeps its id() its own
        return found

    def _one(self, sql: str, *values: object) -> int:
        number: int = self._db.execute(sql, values).fetchone()[0]
        return number
