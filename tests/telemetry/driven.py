"""A clock that tests drive, small profiles, and a poller over replayed devices."""

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from telemetry.assignment import Assignment, DeviceHealth
from telemetry.connect import Wired
from telemetry.points import PollClass
from telemetry.poller import Poller, PollerOptions
from telemetry.profiles.loader import read
from telemetry.profiles.model import Profile
from telemetry.sample import Block
from telemetry.target import parse
from telemetry.transports.base import Transport
from telemetry.transports.recording import Recording
from telemetry.transports.replay import ReplayTransport

START_MS = 1_795_000_000_000

METER = """
profile: test-meter
protocol: modbus
kind: power_meter
vendor: Acme
family: Test
sources: [written for this test]
verified: documents
poll: {normal: 10, slow: 60}
identity: {serial: {point: ident.serial}, firmware: {point: ident.firmware}}
modbus: {max_gap: 0}
registers:
  - {id: total.active_power, label: Power, quantity: active_power, unit: W,
     fc: 3, address: 100, type: uint16}
  - {id: total.voltage, label: Voltage, quantity: voltage, unit: V,
     fc: 3, address: 101, type: uint16, scale: 0.1}
  - {id: total.frequency, label: Frequency, quantity: frequency, unit: Hz,
     fc: 3, address: 102, type: uint16, scale: 0.01}
  - {id: ident.serial, label: Serial, quantity: identity,
     fc: 3, address: 10, type: uint16, poll: slow}
  - {id: ident.firmware, label: Firmware, quantity: identity,
     fc: 3, address: 11, type: uint16, poll: slow}
"""

PDU = """
profile: test-pdu
protocol: snmp
kind: rack_pdu
vendor: Acme
family: Test
sources: [written for this test]
verified: documents
poll: {normal: 30, slow: 60}
identity: {serial: {point: ident.serial}}
recognise: {object_ids: [1.3.6.1.4.1.99999.7]}
scalars:
  - {id: ident.serial, label: Serial, oid: 1.3.6.1.4.1.99999.1.0, quantity: identity}
tables:
  - id: outlet
    label: Outlet {key}
    entry: 1.3.6.1.4.1.99999.2.1
    rows: .1
    columns:
      - {oid: .2, quantity: active_power, unit: W}
"""

METER_REGISTERS = {(3, 100): 412, (3, 101): 2305, (3, 102): 5001, (3, 10): 77, (3, 11): 3}
PDU_OBJECTS = {
    "1.3.6.1.2.1.1.3.0": 4711,
    "1.3.6.1.4.1.99999.1.0": b"ABC",
    "1.3.6.1.4.1.99999.2.1.1.1": 1,
    "1.3.6.1.4.1.99999.2.1.1.2": 2,
    "1.3.6.1.4.1.99999.2.1.2.1": 60,
    "1.3.6.1.4.1.99999.2.1.2.2": 61,
}


def meter() -> Profile:
    return read(METER, "meter.yaml")


def pdu() -> Profile:
    return read(PDU, "pdu.yaml")


class DrivenClock:
    """Stands still until `advance`."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = itertools.count()

    def mono_s(self) -> float:
        return self.now_s

    def utc_ms(self) -> int:
        return START_MS + round((self.now_s - 1000.0) * 1000)

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now_s + seconds, next(self._count), future))
        await future

    async def advance(self, seconds: float) -> None:
        """Lets time pass, waking sleepers in order."""
        end_s = self.now_s + seconds
        await settle()
        while self._sleepers and self._sleepers[0][0] <= end_s:
            at_s, _, future = heapq.heappop(self._sleepers)
            self.now_s = max(self.now_s, at_s)
            if not future.done():
                future.set_result(None)
                await settle()
        self.now_s = end_s


async def settle() -> None:
    """Lets everything that can run now run."""
    for _ in range(30):
        await asyncio.sleep(0)


@dataclass
class World:
    """A poller over replayed devices with a driven clock; `blocks` is what it emitted."""

    clock: DrivenClock = field(default_factory=DrivenClock)
    lines: dict[str, Transport] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    poller: Poller = field(init=False)

    def wire(self, assignment: Assignment) -> Wired:
        transport = self.lines[assignment.device]
        return Wired(transport, lambda: 1.0, lambda: False, lambda: None)

    def meter(
        self, name: str = "m1", registers: dict[tuple[int, int], int] | None = None
    ) -> Assignment:
        self.lines.setdefault(name, self._replay(Recording(registers=registers or METER_REGISTERS)))
        return Assignment(name, parse("modbus://127.0.0.1:5020"), meter())

    def pdu(self, name: str = "p1") -> Assignment:
        self.lines.setdefault(name, self._replay(Recording(varbinds=PDU_OBJECTS)))
        return Assignment(name, parse("snmp://public@127.0.0.1:16100"), pdu())

    def _replay(self, recording: Recording) -> ReplayTransport:
        return ReplayTransport(recording, self.clock.utc_ms)

    def line(self, name: str) -> ReplayTransport:
        found = self.lines[name]
        assert isinstance(found, ReplayTransport)
        return found

    def of(self, name: str, poll_class: PollClass = PollClass.NORMAL) -> list[Block]:
        return [
            block
            for block in self.blocks
            if block.layout.device == name and block.layout.poll_class is poll_class
        ]

    def health(self, name: str) -> DeviceHealth:
        (found,) = [each for each in self.poller.health() if each.device == name]
        return found


@asynccontextmanager
async def polling(
    world: World, assignments: Iterable[Assignment], options: PollerOptions | None = None
) -> AsyncIterator[World]:
    """The world with its poller running; afterwards nothing of it runs any more."""
    before = asyncio.all_tasks()
    world.poller = Poller(
        [], None, options or PollerOptions(), wire=world.wire, clock=world.clock, chance=lambda: 0.5
    )
    world.poller.tap(world.blocks.append)
    await world.poller.start()
    await world.poller.assign(assignments)
    try:
        yield world
    finally:
        await world.poller.stop()
        await settle()
        assert asyncio.all_tasks() == before, "a task was left behind"
