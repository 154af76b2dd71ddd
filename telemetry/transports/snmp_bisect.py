"""What an agent's empty answers teach: objects it lacks (v1), and how much fits into one message.

One empty answer has three reasons that look the same from here: SNMP v1 with one object missing
(RFC 1157 4.1.2), a message too big for the agent, and nothing there at all. Halving tells them
apart; what it found is remembered for an hour, so that plain GETs are the rule.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from telemetry.transports.base import Varbind
from telemetry.transports.snmp_session import TooBig

RETEST_S: Final = 3600.0
MOST_EXTRA: Final = 64

Get = Callable[[Sequence[str]], Awaitable[dict[str, Varbind]]]


class Bisect:
    """The memory of one device."""

    def __init__(self, max_oids: int) -> None:
        self._max_oids = max_oids
        self._limit = max_oids
        self._missing: dict[str, float] = {}
        self._hollow: dict[tuple[str, ...], float] = {}

    @property
    def limit(self) -> int:
        """Objects that fit into one GET, as far as is known."""
        return self._limit

    def forget(self) -> None:
        """The device may be another now."""
        self.__init__(self._max_oids)  # type: ignore[misc]

    def is_plain(self, oids: Sequence[str]) -> bool:
        """True when one GET of just these is what to ask."""
        return not self._missing and len(oids) <= self._limit

    async def gather(self, get: Get, oids: Sequence[str], now_s: float) -> dict[str, Varbind]:
        """The objects that exist, by as few GETs as is known to work. Raises what `get` raises."""
        wanted = [oid for oid in oids if self._missing.get(oid, 0.0) <= now_s]
        found: dict[str, Varbind] = {}
        for start in range(0, len(wanted), self._limit):
            part = wanted[start : start + self._limit]
            found |= await _try(get, part) or await self.search(get, part, now_s)
        return found

    async def search(self, get: Get, part: Sequence[str], now_s: float) -> dict[str, Varbind]:
        """After a GET of `part` came back empty or did not fit: what is there all the same."""
        if len(part) < 2 or self._hollow.get(tuple(part), 0.0) > now_s:
            return {}
        search = _Search(get)
        found = await search.halves(part)
        if not found:
            # Nothing at all: asked in a bad moment, or the wrong device. Nothing to learn from.
            self._hollow[tuple(part)] = now_s + RETEST_S
        elif search.missing:
            for oid in search.missing:
                self._missing[oid] = now_s + RETEST_S
        else:
            self._limit = max(1, search.largest)
        return found


class _Search:
    """One halving, with a bound on what it may cost."""

    def __init__(self, get: Get) -> None:
        self._get = get
        self._left = MOST_EXTRA
        self.missing: list[str] = []
        self.largest = 0

    async def halves(self, part: Sequence[str]) -> dict[str, Varbind]:
        middle = (len(part) + 1) // 2
        return await self._half(part[:middle]) | await self._half(part[middle:])

    async def _half(self, part: Sequence[str]) -> dict[str, Varbind]:
        if not part or self._left <= 0:
            return {}
        self._left -= 1
        found = await _try(self._get, part)
        if found:
            self.largest = max(self.largest, len(part))
            return found
        if len(part) == 1:
            self.missing.append(part[0])
            return {}
        return await self.halves(part)


async def _try(get: Get, part: Sequence[str]) -> dict[str, Varbind]:
    try:
        return await get(part)
    except TooBig:
        if len(part) == 1:
            raise
        return {}
