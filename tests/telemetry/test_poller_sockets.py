"""The poller on real sockets: dead, late and lying devices among live ones; start and stop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from telemetry.assignment import Assignment, DeviceHealth
from telemetry.emulator.device import DeviceSpec, build
from telemetry.emulator.faults import Faults
from telemetry.emulator.modbus_server import ModbusServer, serve_modbus
from telemetry.emulator.snmp_agent import SnmpAgent, serve_snmp
from telemetry.health import State
from telemetry.points import PollClass
from telemetry.poller import Poller, PollerOptions
from telemetry.sample import Block, Quality
from telemetry.settings import TelemetrySettings
from telemetry.stores.memory import MemoryStore
from telemetry.target import parse
from tests.telemetry.driven import meter, pdu

EVERY_S = 0.25
QUICK = {PollClass.NORMAL: EVERY_S, PollClass.SLOW: 1.0}
OPTIONS = PollerOptions(TelemetrySettings(write_every_s=0.05, connects_per_s=500), 10_000, 0.1)


@dataclass
class Site:
    agents: list[SnmpAgent] = field(default_factory=list)
    servers: list[ModbusServer] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)

    async def add_pdu(self, name: str, faults: Faults | None = None) -> SnmpAgent:
        mib = build(DeviceSpec(pdu(), name)).mib
        assert mib is not None
        agent = await serve_snmp(mib, faults=faults)
        self.agents.append(agent)
        target = parse(f"snmp://public@127.0.0.1:{agent.port}?timeout=0.1")
        self.assignments.append(Assignment(name, target, pdu(), QUICK))
        return agent

    async def add_gateway(self, units: range, dead: set[int]) -> ModbusServer:
        images = {}
        for unit in units:
            image = build(DeviceSpec(meter(), f"unit-{unit}")).image
            assert image is not None
            images[unit] = image
        server = await serve_modbus(images, faults={unit: Faults(dead=True) for unit in dead})
        self.servers.append(server)
        for unit in units:
            target = parse(f"modbus://127.0.0.1:{server.port}?unit={unit}&timeout=0.1")
            self.assignments.append(Assignment(f"unit-{unit}", target, meter(), QUICK))
        return server

    async def close(self) -> None:
        for served in (*self.agents, *self.servers):
            await served.close()


@asynccontextmanager
async def site() -> AsyncIterator[Site]:
    found = Site()
    try:
        yield found
    finally:
        await found.close()


async def polled(poller: Poller, site: Site, seconds: float) -> None:
    await poller.start()
    await poller.assign(site.assignments)
    await asyncio.sleep(seconds)


def open_files() -> int:
    return sum(1 for _ in Path("/dev/fd").iterdir())


def good_times(blocks: list[Block], device: str) -> list[int]:
    return [
        block.at_ms
        for block in blocks
        if block.layout.device == device
        and block.layout.poll_class is PollClass.NORMAL
        and not any(block.quality)
    ]


async def test_live_devices_keep_their_interval_beside_dead_and_late_ones() -> None:
    blocks: list[Block] = []
    async with site() as there:
        for n in range(6):
            await there.add_pdu(f"pdu-{n}")
        await there.add_pdu("dead", Faults(dead=True))
        await there.add_pdu("late", Faults(late_s=0.2))
        await there.add_pdu("lying", Faults(wrong_id=True))
        await there.add_gateway(range(1, 9), dead={3, 6})
        poller = Poller([blocks.extend], options=OPTIONS)
        await polled(poller, there, 4.0)
        health = {each.device: each for each in poller.health()}
        await poller.stop()
    for device in [f"pdu-{n}" for n in range(6)] + [f"unit-{n}" for n in (1, 2, 4, 5, 7, 8)]:
        times = good_times(blocks, device)
        gaps = sorted(b - a for a, b in pairwise(times[2:]))
        assert len(times) >= 8, device
        assert gaps[len(gaps) // 2] in range(200, 300), device
        assert health[device].state is State.HEALTHY
    for device in ("dead", "late", "lying", "unit-3", "unit-6"):
        assert good_times(blocks, device) == [], device
        assert health[device].state is State.QUARANTINED, device
        assert health[device].last_good_at_ms is None
    assert health["unit-1"].line is not None and health["unit-1"].line.connects == 1
    silent = [b for b in blocks if b.layout.device == "unit-3"]
    assert silent and all(q == Quality.BAD for b in silent for q in b.quality)


async def test_blocks_reach_a_store_and_health_its_listener() -> None:
    store, told = MemoryStore(), []

    async def on_health(health: list[DeviceHealth]) -> None:
        told.append(health)

    async with site() as there:
        await there.add_pdu("pdu-1")
        await there.add_gateway(range(1, 3), dead=set())
        poller = Poller([store.write], on_health, OPTIONS)
        await polled(poller, there, 1.0)
        await poller.stop()
    latest = store.latest()
    assert {each.block.layout.device for each in latest} == {"pdu-1", "unit-1", "unit-2"}
    assert len(latest) == 6, "two classes of each"
    assert [each.device for each in told[-1]] == ["pdu-1", "unit-1", "unit-2"]
    assert poller.sinks()[0].delivered >= 9
    assert poller.sinks()[0].lost == 0


async def test_a_device_that_comes_back_is_read_again_soon() -> None:
    blocks: list[Block] = []
    async with site() as there:
        agent = await there.add_pdu("pdu-1")
        poller = Poller([blocks.extend], options=OPTIONS)
        await polled(poller, there, 0.6)
        agent.faults.dead = True
        await asyncio.sleep(1.5)
        (health,) = poller.health()
        assert health.state is State.QUARANTINED
        agent.faults.dead = False
        blocks.clear()
        async with asyncio.timeout(10):
            while not good_times(blocks, "pdu-1"):
                await asyncio.sleep(0.05)
        await poller.stop()
        assert any(Quality.STALE in block.quality for block in blocks)


async def test_stopping_and_reassigning_leave_no_task_socket_or_reader_behind() -> None:
    async with site() as there:
        await there.add_pdu("pdu-1")
        await there.add_pdu("dead", Faults(dead=True))
        await there.add_gateway(range(1, 5), dead={2})
        await asyncio.sleep(0.05)
        tasks, files = asyncio.all_tasks(), open_files()
        for _ in range(3):
            poller = Poller([lambda _: None], options=OPTIONS)
            await polled(poller, there, 0.4)
            await poller.assign(there.assignments[:2])
            await poller.assign(there.assignments)
            await asyncio.sleep(0.1)
            async with asyncio.timeout(1.0):
                await poller.stop()
            await asyncio.sleep(0.05)
            assert asyncio.all_tasks() == tasks
        assert open_files() <= files
