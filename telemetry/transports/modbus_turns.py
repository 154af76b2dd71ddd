"""Whose turn it is on a shared line: round-robin over units, and silent units pay for themselves.

Rules 11 and 18: after a time-out the unit that was silent waits three time-outs before the line is
spent on it again, while units known to answer go first. So dead units, however many, hold at most
a quarter of the line, and a live one waits for at most one time-out.
"""

from collections import deque

from telemetry.transports.modbus_match import Ask

_HOLD_TIMEOUTS = 3.0


class Turns:
    """The queue of one line."""

    def __init__(self) -> None:
        self._waiting: dict[int, deque[Ask]] = {}
        self._live: set[int] = set()
        self._silent: set[int] = set()
        self._hold_until = 0.0

    def __len__(self) -> int:
        return sum(len(asks) for asks in self._waiting.values())

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def push(self, ask: Ask) -> None:
        """Queues a request behind those of its own unit."""
        unit = ask.request.unit
        asks = self._waiting.get(unit)
        if asks is None:
            self._waiting[unit] = deque((ask,))
        else:
            asks.append(ask)

    def holds(self, ask: Ask, now: float) -> bool:
        """True when its unit was silent and has to wait for others still."""
        return (
            ask.request.unit in self._silent
            and now < self._hold_until
            and len(self._live | self._silent) > 1
        )

    def pop(self, now: float) -> Ask | None:
        """The next request, None when none may go now. Cancelled ones are dropped on the way."""
        while (unit := self._next_unit(now)) is not None:
            asks = self._waiting.pop(unit)
            ask = asks.popleft()
            if asks:
                self._waiting[unit] = asks
            if not ask.future.done():
                return ask
        return None

    def _next_unit(self, now: float) -> int | None:
        if now >= self._hold_until or len(self._live | self._silent) < 2:
            return next(iter(self._waiting), None)
        unknown: int | None = None
        for unit in self._waiting:
            if unit in self._live:
                return unit
            if unknown is None and unit not in self._silent:
                unknown = unit
        return unknown

    def held_until(self, now: float) -> float | None:
        """When a queue that gives nothing now is worth asking again; None when it is empty."""
        return max(now, self._hold_until) if self._waiting else None

    def answered(self, unit: int) -> None:
        """The unit gave some answer, were it an exception of its own."""
        if unit not in self._live:
            self._live.add(unit)
            self._silent.discard(unit)

    def silent(self, unit: int, now: float, timeout_s: float) -> None:
        """The unit did not answer in its time."""
        self._live.discard(unit)
        self._silent.add(unit)
        self._hold_until = now + _HOLD_TIMEOUTS * timeout_s

    def drain(self) -> list[Ask]:
        """Everything that waits, and forgets it."""
        asks = [ask for queue in self._waiting.values() for ask in queue]
        self._waiting.clear()
        return asks
