"""When a line may be opened again: back-off per line, and one gate for the whole process (13)."""

import asyncio
import random
from collections.abc import Callable

from telemetry.health import reconnect_delay_s


class Backoff:
    """1 s, doubled to 60 s, each with full jitter. Only a good answer clears it: a device that
    accepts connections and drops them is not a device that works."""

    def __init__(self, draw: Callable[[], float] = random.random) -> None:
        self._draw = draw
        self._failures = 0
        self._broke = False
        self.not_before = 0.0

    def failed(self, now: float) -> None:
        """Another failure at `now` (monotonic seconds)."""
        self.not_before = now + reconnect_delay_s(self._failures, self._draw)
        self._failures += 1

    def broke(self, now: float) -> None:
        """An open line broke. Noise on a bus and sockets closed for age are common: the first
        break since the last good answer is free."""
        if self._broke:
            self.failed(now)
        self._broke = True

    def worked(self) -> None:
        """The line gave a good answer."""
        self._failures = 0
        self._broke = False
        self.not_before = 0.0


class ConnectGate:
    """At most `per_s` connects a second, so that a power blip does not end in 2,000 SYNs."""

    def __init__(self, per_s: float = 100.0) -> None:
        self._step_s = 1.0 / per_s
        self._next_at = 0.0

    async def turn(self) -> None:
        """Returns when this caller may connect; callers are served in order."""
        now = asyncio.get_running_loop().time()
        at = max(now, self._next_at)
        self._next_at = at + self._step_s
        if at > now:
            await asyncio.sleep(at - now)
