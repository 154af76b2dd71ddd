"""The life of one polled device: learn what it has, read it on time, back off, come back.

Everything here concerns one device only; nothing it does, or fails to do, can hold up another.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace

from telemetry.assignment import Assignment, DeviceHealth, Phase
from telemetry.binding import Bound, identity
from telemetry.clock import Clock
from telemetry.connect import Wired
from telemetry.cycle import Asker, Cycle, is_silence
from telemetry.decode import without_answer
from telemetry.errors import ConfigError, DeviceError, NoAnswer, Refused, TelemetryError
from telemetry.health import Action, Chance, Health, State, action, failed, succeeded
from telemetry.learn import NOTHING
from telemetry.learning import learn
from telemetry.plan import plan
from telemetry.points import PollClass
from telemetry.profiles.model import Protocol
from telemetry.refusals import Lesson, forget_bad, study
from telemetry.sample import Block, Quality
from telemetry.schedule import Job, make_job, spread
from telemetry.settings import TelemetrySettings
from telemetry.transports.base import ModbusRead, Request, SnmpGet
from telemetry.transports.counters import quantiles_ms
from telemetry.transports.modbus_settings import LineDown

_SYS_UPTIME = "1.3.6.1.2.1.1.3.0"
_FIRST_WITHIN_S = 10.0
"""After a start the first reading comes within this time, however slow the class."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a device gets from its poller."""

    wire: Callable[[Assignment], Wired]
    emit: Callable[[Block], None]
    slots: AbstractAsyncContextManager[object]
    settings: TelemetrySettings
    clock: Clock
    chance: Chance


class PolledDevice:
    """See the module. `run` until cancelled; `look` at any time."""

    def __init__(self, assignment: Assignment, around: Surroundings) -> None:
        self.assignment = assignment
        self._around = around
        self._clock = around.clock
        self._wired: Wired | None = None
        self._asker: Asker | None = None
        self._health = Health()
        self._phase = Phase.WAITING
        self._bound: Bound | None = None
        self._jobs: dict[PollClass, Job] = {}
        self._learned = NOTHING
        self._learned_why = ""
        self._learn_again_s = 0.0
        self._identity: dict[str, str | None] = {}
        self._last_good_at_ms: int | None = None
        self._polls = self._good = self._missed = 0
        self._next_s: float | None = None
        self._looked: DeviceHealth | None = None

    async def run(self) -> None:
        """Polls until cancelled, then gives the line back."""
        fastest_s = min(self._intervals())
        try:
            await self._wait_until(
                self._clock.mono_s()
                + spread(self.assignment.device) * min(fastest_s, _FIRST_WITHIN_S)
            )
            while True:
                async with self._around.slots:
                    await self._turn_guarded()
                await self._wait_until(self._let_pass())
        finally:
            if self._wired is not None:
                await self._wired.transport.close()

    async def _wait_until(self, at_s: float) -> None:
        self._next_s = at_s
        self._looked = None
        await self._clock.sleep(at_s - self._clock.mono_s())

    def _intervals(self) -> list[float]:
        profile = self.assignment.profile
        return [self.assignment.seconds(poll_class) for poll_class in profile.poll_s] or [60.0]

    async def _turn_guarded(self) -> None:
        """A turn that ends well, whatever happens in it."""
        try:
            await self._turn()
        except TelemetryError as error:
            self._failed(error)
        except Exception as error:  # noqa: BLE001 - a bug that one device brings out stays with it
            _log.exception("polling %s failed in a way it should not", self.assignment.device)
            self._failed(TelemetryError(f"{type(error).__name__}: {error}"))

    async def _turn(self) -> None:
        todo = action(self._health, self._clock.mono_s())
        if todo is Action.WAIT:
            return
        asker = await self._asker_ready()
        probing = todo is Action.PROBE and self._bound is not None
        if probing and not await self._probe(asker):
            return
        await self._learn_if_due(asker)
        for poll_class in list(self._jobs):
            job = self._jobs.get(poll_class)
            if job is None or not (probing or job.is_due(self._clock.mono_s())):
                continue
            if not await self._poll(asker, job):
                return

    # -- the line

    async def _asker_ready(self) -> Asker:
        if self._asker is None:
            wired = self._around.wire(self.assignment)
            await wired.transport.open()
            self._wired = wired
            self._asker = Asker(wired, self._clock, self._around.settings.max_extra_reads)
        return self._asker

    async def _probe(self, asker: Asker) -> bool:
        """One cheap question to a device in quarantine (rule 17)."""
        try:
            async with asyncio.timeout(max(self._intervals())):
                await asker.ask_once(self._probe_request())
        except TimeoutError:
            self._failed(NoAnswer("no turn on the line"))
        except DeviceError as error:
            known = self._learned_why if isinstance(error, Refused) else ""
            self._failed(DeviceError(known) if known else error)
        else:
            self._health = succeeded(self._health)
            return True
        return False

    def _probe_request(self) -> Request:
        reads = [r for job in self._jobs.values() for r in job.plan.requests]
        blocks = [read for read in reads if isinstance(read, ModbusRead)]
        return min(blocks, key=lambda read: read.count) if blocks else SnmpGet((_SYS_UPTIME,))

    # -- learning

    async def _learn_if_due(self, asker: Asker) -> None:
        """Binds the profile to what the device has; again daily and when it is another."""
        first = self._bound is None
        if not first and self._clock.mono_s() < self._learn_again_s:
            return
        self._phase = Phase.LEARNING
        self._looked = None
        retry = self._health.state is State.HEALTHY
        self._bound = await learn(asker, self.assignment, retry=retry)
        self._learned = forget_bad(self._learned)
        settings = self._around.settings
        modbus = self.assignment.profile.protocol is Protocol.MODBUS
        every_s = settings.retest_bad_every_s if modbus else settings.rediscover_every_s
        self._learn_again_s = self._clock.mono_s() + every_s * (0.9 + 0.1 * self._around.chance())
        self._make_jobs(self._bound, due_now=first)
        self._phase = Phase.POLLING

    def _make_jobs(self, bound: Bound, *, due_now: bool) -> None:
        now_s, jobs = self._clock.mono_s(), {}
        for poll_class in bound.poll_classes:
            made = plan(bound, poll_class, self._learned, self.assignment.seconds(poll_class))
            old = self._jobs.get(poll_class)
            jobs[poll_class] = make_job(made, now_s if due_now or old is None else old.due_s)
        self._jobs = jobs

    # -- polling

    async def _poll(self, asker: Asker, due: Job) -> bool:
        """One cycle of one class. False: the device is silent, so the other classes can wait."""
        cycle = Cycle()
        self._polls += 1
        if not due.plan.requests:
            # The device refuses every point of this class; the others go on.
            self._around.emit(due.decoder.block([], self._clock.utc_ms()))
            return True
        await self._ask_in_time(asker, due, cycle)
        if not cycle.good:
            self._failed(self._reason(due, cycle))
            return cycle.error is not None and not is_silence(cycle.error)
        self._missed += due.done(self._clock.mono_s())
        self._good += 1
        self._health = succeeded(self._health)
        block = due.decoder.block(cycle.reads, self._clock.utc_ms())
        self._last_good_at_ms = block.at_ms
        self._around.emit(block)
        if cycle.error is not None:
            self._study(due, cycle)
        if due.identity:
            self._watch_identity(due, block)
        return True

    async def _ask_in_time(self, asker: Asker, due: Job, cycle: Cycle) -> None:
        """A cycle ends within its interval. One read on a line of its own ends by itself."""
        retry = self._health.state is State.HEALTHY
        if len(due.plan.requests) == 1 and not asker.units_wait():
            await asker.ask_all(due.plan, cycle, retry=retry)
            return
        try:
            async with asyncio.timeout(due.every_s):
                await asker.ask_all(due.plan, cycle, retry=retry)
        except TimeoutError:
            cycle.error = NoAnswer(f"the cycle took longer than its {due.every_s:g} s")

    def _reason(self, due: Job, cycle: Cycle) -> DeviceError:
        lesson = self._study(due, cycle)
        if lesson.nothing_fits:
            return DeviceError(lesson.why)
        return cycle.error or NoAnswer("there is nothing left to ask")

    def _study(self, due: Job, cycle: Cycle) -> Lesson:
        lesson = study(due.plan, cycle.reads, self._learned, answers=self._good > 0)
        self._learned_why = lesson.why or self._learned_why
        if lesson.learned != self._learned and self._bound is not None:
            self._learned = lesson.learned
            self._make_jobs(self._bound, due_now=False)
        return lesson

    def _watch_identity(self, due: Job, block: Block) -> None:
        """Another serial number or firmware is another device: learn it anew."""
        raws = {id_: block.raw[n] for n, id_ in due.identity if block.raw[n] is not None}
        told = identity(self.assignment.profile, raws)
        known = {part: text for part, text in told.items() if text is not None}
        changed = any(self._identity.get(part, text) != text for part, text in known.items())
        self._identity |= known
        if changed:
            _log.info("%s is another device or firmware now; learning it anew", block.layout.device)
            self._learn_again_s = 0.0

    # -- failing

    def _failed(self, error: TelemetryError) -> None:
        now_s, every_s = self._clock.mono_s(), min(self._intervals())
        health = failed(self._health, now_s, every_s, str(error), self._around.chance)
        if isinstance(error, LineDown):
            # The line backs off by itself and costs nothing meanwhile: be there when it returns.
            health = replace(health, retry_at_s=now_s + every_s)
        self._health = health
        if isinstance(error, ConfigError):
            self._phase = Phase.WAITING

    def _let_pass(self) -> float:
        """When the next turn is. Turns that are due still, because the device is silent or in
        quarantine, pass by; one in quarantine says so with a block without values, so that alarms
        can fire (rule 17)."""
        now_s = self._clock.mono_s()
        next_s = float("inf")
        for due in self._jobs.values():
            if due.is_due(now_s):
                if self._health.state is State.QUARANTINED:
                    self._say_silent(due)
                self._missed += due.done(now_s)
            next_s = min(next_s, due.due_s)
        if self._health.state is State.QUARANTINED or not self._jobs:
            next_s = min(next_s, self._health.retry_at_s)
        return next_s

    def _say_silent(self, due: Job) -> None:
        quality = Quality.BAD if self._last_good_at_ms is None else Quality.STALE
        self._around.emit(without_answer(due.plan.layout, self._clock.utc_ms(), quality))

    # -- being looked at

    def look(self) -> DeviceHealth:
        """How the device is doing; made anew only when there was a turn since the last look."""
        if self._looked is None:
            self._looked = self._make_look()
        return self._looked

    def _make_look(self) -> DeviceHealth:
        tally = self._asker.tally if self._asker is not None else None
        p50_ms, p95_ms = quantiles_ms(tally.latencies_s if tally else ())
        plans = [job.plan for job in self._jobs.values()]
        return DeviceHealth(
            self.assignment.device,
            self._phase,
            self._health.state,
            self._health.why,
            self._last_good_at_ms,
            self._next_at_ms(),
            self._polls,
            self._good,
            self._missed,
            tally.splits if tally else 0,
            dict(tally.failures) if tally else {},
            dict(tally.refusals) if tally else {},
            p50_ms,
            p95_ms,
            sum(len(made.points) for made in plans),
            sum(len(made.requests) for made in plans),
            self._learned_why,
            dict(self._identity),
            self._wired.look() if self._wired is not None else None,
        )

    def _next_at_ms(self) -> int | None:
        if self._next_s is None:
            return None
        return self._clock.utc_ms() + max(0, round((self._next_s - self._clock.mono_s()) * 1000))
