"""Asks the store for the newest blocks of a device at most once a second, for all pages."""

import threading
import time
from collections.abc import Collection

from telemetry.stores.base import Latest, Store


class LatestCache:
    """`store.latest` with a short memory by device. Safe in threads."""

    def __init__(self, store: Store, keep_s: float) -> None:
        self._store = store
        self._keep_s = keep_s
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, list[Latest]]] = {}

    def latest(self, devices: Collection[str]) -> list[Latest]:
        """The newest blocks of these devices, at most `keep_s` old. One call of the store at most.

        Raises StoreError as the store does; nothing is answered from memory then.
        """
        if not devices:
            return []
        at_s = time.monotonic()
        with self._lock:
            fresh = {
                device: self._known[device][1]
                for device in devices
                if device in self._known and at_s - self._known[device][0] < self._keep_s
            }
        missing = set(devices) - fresh.keys()
        if missing:
            asked: dict[str, list[Latest]] = {device: [] for device in missing}
            for latest in self._store.latest(missing):
                asked[latest.block.layout.device].append(latest)
            self._keep(asked, at_s)
            fresh.update(asked)
        return [latest for device in sorted(fresh) for latest in fresh[device]]

    def _keep(self, asked: dict[str, list[Latest]], at_s: float) -> None:
        with self._lock:
            oldest_s = at_s - self._keep_s
            self._known = {d: kept for d, kept in self._known.items() if kept[0] > oldest_s}
            self._known.update({device: (at_s, found) for device, found in asked.items()})
