"""Polls many devices, each by itself, and hands what they said to the sinks.

One task per device on one event loop; none can delay another: each has its own line or its turn on
a shared one, its own time-outs, back-off and quarantine. Sinks are fed from queues (`sinks.py`).
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from telemetry.assignment import Assignment, DeviceHealth
from telemetry.clock import Clock, SystemClock
from telemetry.connect import Keys, Wired, connect
from telemetry.health import Chance
from telemetry.polled import PolledDevice, Surroundings
from telemetry.sample import Block
from telemetry.settings import TelemetrySettings
from telemetry.sinks import Hand, Outbox, Receiver, Sink, SinkCounts
from telemetry.transports.modbus import Lines
from telemetry.transports.reconnect import ConnectGate

HealthReceiver = Receiver[list[DeviceHealth]]

_FINISH_S = 5.0
_LOOKS_AT_ONCE = 100
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PollerOptions:
    """`backlog` blocks are kept at most for a sink that is away; `health_every_s` is how often the
    health of all devices is told."""

    settings: TelemetrySettings = field(default_factory=TelemetrySettings)
    backlog: int = 200_000
    health_every_s: float = 5.0


class Poller:
    """Start it, give it assignments at any time, stop it.

    `wire` makes the transport of an assignment (default: by its target), `clock` and `chance` are
    for tests. `on_health` gets the health of every device every few seconds; like a sink it may be
    a plain function, called in a thread, or async.
    """

    def __init__(
        self,
        sinks: Sequence[Sink],
        on_health: HealthReceiver | None = None,
        options: PollerOptions = PollerOptions(),
        *,
        wire: Callable[[Assignment], Wired] | None = None,
        clock: Clock | None = None,
        chance: Chance = random.random,
    ) -> None:
        settings = options.settings
        self._options = options
        self._on_health = on_health
        self._lines = Lines(ConnectGate(settings.connects_per_s))
        self._outboxes = [
            Outbox(
                sink,
                every_s=settings.write_every_s,
                batch=settings.write_batch,
                most=options.backlog,
            )
            for sink in sinks
        ]
        self._around = Surroundings(
            wire or self._wire,
            self._emit,
            asyncio.Semaphore(settings.max_concurrent),
            settings,
            clock or SystemClock(),
            chance,
        )
        self._devices: dict[str, tuple[PolledDevice, asyncio.Task[None]]] = {}
        self._workers: list[asyncio.Task[None]] = []
        self._taps: list[Callable[[Block], None]] = []

    async def start(self) -> None:
        """Begin to deliver; devices are polled as soon as they are assigned."""
        loop = asyncio.get_running_loop()
        self._workers = [loop.create_task(outbox.run()) for outbox in self._outboxes]
        if self._on_health is not None:
            self._workers.append(loop.create_task(self._tell_health(self._on_health)))

    async def assign(self, assignments: Iterable[Assignment]) -> None:
        """Poll exactly these from now on: new ones begin, others end, equal ones go on untouched.

        A changed assignment ends the old polling before the new begins. Ends within a time-out.
        """
        wanted = {assignment.device: assignment for assignment in assignments}
        gone = [
            name
            for name, (device, _) in self._devices.items()
            if wanted.get(name) != device.assignment
        ]
        await self._end(gone)
        loop = asyncio.get_running_loop()
        for name, assignment in wanted.items():
            if name not in self._devices:
                device = PolledDevice(assignment, self._around)
                task = loop.create_task(device.run(), name=f"poll {name}")
                self._devices[name] = (device, task)

    async def stop(self) -> None:
        """Ends all polling, delivers what waits (5 s at most), gives everything back."""
        await self._end(list(self._devices))
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        self._workers = []
        await asyncio.gather(*(outbox.finish(_FINISH_S) for outbox in self._outboxes))

    async def _end(self, names: Sequence[str]) -> None:
        tasks = [self._devices.pop(name)[1] for name in names]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def health(self) -> list[DeviceHealth]:
        """One look at every device, by name."""
        return [device.look() for _, (device, _) in sorted(self._devices.items())]

    async def _health_by_and_by(self) -> list[DeviceHealth]:
        """As `health`, with room for others between: thousands of looks take a while."""
        looks = []
        for n, (_, (device, _)) in enumerate(sorted(self._devices.items())):
            looks.append(device.look())
            if n % _LOOKS_AT_ONCE == 0:
                await asyncio.sleep(0)
        return looks

    def sinks(self) -> list[SinkCounts]:
        """One look at every sink, in the order given."""
        return [outbox.look() for outbox in self._outboxes]

    def _wire(self, assignment: Assignment) -> Wired:
        profile = assignment.profile
        keys = Keys(assignment.auth_key, assignment.priv_key)
        return connect(assignment.target, profile.modbus, profile.snmp, self._lines, keys)

    def tap(self, listener: Callable[[Block], None]) -> None:
        """Also hand each block at once, on the loop, to something quick (a live view, a test)."""
        self._taps.append(listener)

    def _emit(self, block: Block) -> None:
        for outbox in self._outboxes:
            outbox.put(block)
        for listener in self._taps:
            listener(block)

    async def _tell_health(self, receiver: HealthReceiver) -> None:
        hand = Hand("telemetry-health")
        with contextlib.closing(hand):
            while True:
                await asyncio.sleep(self._options.health_every_s)
                try:
                    await hand.give(receiver, await self._health_by_and_by())
                except Exception:  # noqa: BLE001 - the receiver is not ours
                    _log.exception("the health of the devices could not be told")
