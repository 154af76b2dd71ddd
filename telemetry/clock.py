"""The clocks of the poller, as a port, so that tests can drive a day in a second."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Monotonic seconds, UTC milliseconds, and sleep."""

    def mono_s(self) -> float:
        """Seconds that only rise."""

    def utc_ms(self) -> int:
        """UTC since the epoch, in milliseconds."""

    async def sleep(self, seconds: float) -> None:
        """Returns after so long; at once for 0 or less, but others get their turn."""


class SystemClock:
    """The machine's."""

    def mono_s(self) -> float:
        """See Clock."""
        return time.monotonic()

    def utc_ms(self) -> int:
        """See Clock."""
        return time.time_ns() // 1_000_000

    async def sleep(self, seconds: float) -> None:
        """See Clock."""
        await asyncio.sleep(max(seconds, 0.0))
