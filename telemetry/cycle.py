"""One cycle: everything a plan asks, with the retries, pauses and halvings of rules 14 to 16."""

import asyncio
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from telemetry.clock import Clock
from telemetry.connect import Wired
from telemetry.errors import DeviceError, NoAnswer, Refused
from telemetry.health import BUSY_PAUSES_S, Failure, failure_of, may_retry
from telemetry.plan import Plan, split
from telemetry.reads import Read
from telemetry.refusals import line_up, worth_splitting
from telemetry.transports.base import Request
from telemetry.transports.modbus_settings import LineDown

_REMEMBERED = 32


@dataclass(slots=True)
class Cycle:
    """What a cycle asked and what came: `good` when anything at all was answered, `error` is the
    last thing that went wrong."""

    reads: list[Read] = field(default_factory=list)
    good: bool = False
    error: DeviceError | None = None


@dataclass(slots=True)
class Tally:
    """What reading one device has cost so far (rule 29)."""

    failures: Counter[str] = field(default_factory=Counter)
    refusals: Counter[int] = field(default_factory=Counter)
    splits: int = 0
    latencies_s: deque[float] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))


class Asker:
    """Asks one device."""

    def __init__(self, wired: Wired, clock: Clock, max_extra_reads: int) -> None:
        self._wired = wired
        self._clock = clock
        self._max_extra = max_extra_reads
        self.tally = Tally()
        self.units_wait = wired.units_wait

    async def ask_all(self, plan: Plan, cycle: Cycle, *, retry: bool) -> None:
        """Fills `cycle`, so that a deadline around this keeps what had come by then.

        Silence ends the cycle: who did not answer one read, and its repetition, is not asked the
        next. `retry` False forgoes the repetition.
        """
        first = await self._at_once(plan.requests, retry) if self._wired.window > 1 else {}
        todo = deque(plan.requests)
        extra = self._max_extra
        while todo:
            request = todo.popleft()
            if first and request in first:
                read, error = first.pop(request)
            else:
                read, error = await self._ask(request, retry)
            cycle.reads.append(read)
            if error is None:
                cycle.good = True
                continue
            cycle.error = error
            if is_silence(error):
                return
            if extra >= 2 and read.code is not None and worth_splitting(request, read.code):
                halves = split(plan, request)
                if halves is not None:
                    line_up(todo, halves)
                    extra -= 2
                    self.tally.splits += 1

    async def _at_once(
        self, requests: Sequence[Request], retry: bool
    ) -> dict[Request, tuple[Read, DeviceError | None]]:
        """All at once, on a line that takes several; how many, is the line's to say."""
        results = await asyncio.gather(*(self._ask(request, retry) for request in requests))
        return dict(zip(requests, results, strict=True))

    async def _ask(self, request: Request, retry: bool) -> tuple[Read, DeviceError | None]:
        tried = 0
        while True:
            tried += 1
            try:
                return await self.ask_once(request), None
            except DeviceError as error:
                again = retry and not isinstance(error, LineDown)
                if not again or not may_retry(error, tried, units_wait=self.units_wait()):
                    return Read(
                        request, code=error.code if isinstance(error, Refused) else None
                    ), error
                if failure_of(error) is Failure.BUSY:
                    await self._clock.sleep(BUSY_PAUSES_S[tried - 1])

    async def ask_once(self, request: Request) -> Read:
        """One request, counted and timed. Raises DeviceError."""
        began_s = self._clock.mono_s()
        try:
            answer = await self._wired.transport.read(request, self._wired.timeout_s())
        except DeviceError as error:
            self.tally.failures[failure_of(error).value] += 1
            if isinstance(error, Refused):
                self.tally.refusals[error.code] += 1
            raise
        self.tally.latencies_s.append(self._clock.mono_s() - began_s)
        return Read(request, answer)


def is_silence(error: DeviceError) -> bool:
    """True when the device did not answer, or its gateway says so: it need not be asked more."""
    return isinstance(error, NoAnswer) or failure_of(error) is Failure.PATH
