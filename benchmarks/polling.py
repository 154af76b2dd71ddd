"""CPU of polling end to end: asked, answered, decoded, kept in the embedded store.

200 canned devices of each protocol answer on loopback in a process of their own; 50 polls each.
Each device is polled 20 times a second, which keeps one core nearly busy, as thousands of devices
would. The peer is a bare loop that asks as fast as it can and throws the answers away.
"""

import asyncio
import json
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from benchmarks.table import Row, show
from telemetry.assignment import Assignment
from telemetry.emulator import ber
from telemetry.emulator.ber import Typed
from telemetry.emulator.mib import Mib, fixed
from telemetry.emulator.modbus_server import serve_modbus
from telemetry.emulator.registers import RegisterImage, WordSlot
from telemetry.emulator.snmp_agent import serve_snmp
from telemetry.loop import run
from telemetry.points import PollClass
from telemetry.poller import Poller, PollerOptions
from telemetry.profiles.loader import read
from telemetry.profiles.model import Profile
from telemetry.sample import Block
from telemetry.settings import TelemetrySettings
from telemetry.stores.embedded import EmbeddedStore
from telemetry.target import parse
from telemetry.transports.snmp_session import Session
from telemetry.transports.snmp_settings import SnmpSettings

DEVICES, POLLS, OIDS, REGISTERS = 200, 50, 20, 60
EVERY_S = 0.05
TARGET_CPU_S = 0.8
BASE = (1, 3, 6, 1, 4, 1, 99999)
NAMES = [f"1.3.6.1.4.1.99999.{n}.0" for n in range(OIDS)]


def snmp_profile() -> Profile:
    """20 scalars in one GET."""
    rows = "".join(
        f"  - {{id: o{n}.current, oid: {oid}, quantity: current, unit: A, scale: 0.1}}\n"
        for n, oid in enumerate(NAMES)
    )
    head = "profile: bench\nprotocol: snmp\nkind: rack_pdu\nvendor: x\nfamily: x\nsources: [x]\n"
    return read(f"{head}verified: documents\nidentity: {{}}\nscalars:\n{rows}", "bench")


def modbus_profile() -> Profile:
    """60 registers in one block."""
    rows = "".join(
        f"  - {{id: r{n}.temperature, fc: 3, address: {n}, type: int16, quantity: temperature,"
        f" unit: degC, scale: 0.1, not_available: [0x8000]}}\n"
        for n in range(REGISTERS)
    )
    head = "profile: bench\nprotocol: modbus\nkind: crac\nvendor: x\nfamily: x\nsources: [x]\n"
    return read(f"{head}verified: documents\nidentity: {{}}\nregisters:\n{rows}", "bench")


# -- the devices, in a process of their own


async def serve(devices: int) -> None:
    """Answers until its input is closed.

    It never sleeps: in a virtual machine waking an idle core costs the one who sends more than all
    that is measured here, and a network card needs no waking.
    """
    loop = asyncio.get_running_loop()

    def stay_awake() -> None:
        loop.call_soon(stay_awake)

    stay_awake()
    mib = Mib({(*BASE, n, 0): fixed(Typed(ber.INTEGER, 100 + n)) for n in range(OIDS)})
    image = RegisterImage([WordSlot(3, 0, REGISTERS, lambda: range(200, 200 + REGISTERS))])
    agents = [await serve_snmp(mib) for _ in range(devices)]
    servers = [await serve_modbus({1: image}) for _ in range(devices)]
    ports = {"snmp": [a.port for a in agents], "modbus": [s.port for s in servers]}
    print(json.dumps(ports), flush=True)
    await asyncio.to_thread(sys.stdin.read)


# -- the bare loops


async def bare_snmp(ports: list[int], polls: int) -> None:
    """GETs by the same library and nothing else."""

    async def device(port: int) -> None:
        session = Session("127.0.0.1", port, SnmpSettings())
        for _ in range(polls):
            await session.get(NAMES, 2.0)
        session.close()

    await asyncio.gather(*(device(port) for port in ports))


class BareModbus(asyncio.Protocol):
    """Asks for the same block again as soon as it is there."""

    def __init__(self, polls: int) -> None:
        self.left = polls
        self.done = asyncio.get_running_loop().create_future()
        self.request = struct.pack(">HHHBBHH", 1, 0, 6, 1, 3, 0, REGISTERS)
        self.answer = struct.Struct(f">{REGISTERS}H")
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        self._ask()

    def _ask(self) -> None:
        if self.transport is not None:
            self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.answer.unpack_from(data, 9)
        self.left -= 1
        if self.left:
            self._ask()
        elif self.transport is not None:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.done.set_result(exc)


async def bare_modbus(ports: list[int], polls: int) -> None:
    """Raw asyncio."""
    loop = asyncio.get_running_loop()
    wires = [
        (await loop.create_connection(lambda: BareModbus(polls), "127.0.0.1", port))[1]
        for port in ports
    ]
    await asyncio.gather(*(wire.done for wire in wires))


# -- the poller


async def polled(
    assignments: list[Assignment], sinks: list[Callable[[list[Block]], None]]
) -> float:
    """CPU seconds per 10,000 polls from the time that every device was read once."""
    poller = Poller(sinks, options=PollerOptions(TelemetrySettings(connects_per_s=1000)))
    await poller.start()
    await poller.assign(assignments)
    while any(each.good == 0 for each in poller.health()):
        await asyncio.sleep(0.2)
    began_s, began = time.process_time(), totals(poller)
    await asyncio.sleep(POLLS * EVERY_S)
    cpu_s, ended = time.process_time() - began_s, totals(poller)
    await poller.stop()
    polls, failed, missed = (b - a for a, b in zip(began, ended, strict=True))
    print(f"  {polls} polls, {failed} reads failed, {missed} turns missed")
    return cpu_s / polls * 10_000


def totals(poller: Poller) -> tuple[int, int, int]:
    """Good polls, failed reads, turns missed, of all devices so far."""
    health = poller.health()
    failed = sum(sum(each.failures.values()) for each in health)
    return sum(each.good for each in health), failed, sum(each.missed for each in health)


async def per_10_000(work: Callable[[], Awaitable[None]], polls: int) -> float:
    """CPU seconds of a bare loop, per 10,000 polls."""
    began = time.process_time()
    await work()
    return (time.process_time() - began) / polls * 10_000


async def measure(ports: dict[str, list[int]], folder: Path) -> list[Row]:
    """Both protocols, each with its peer."""
    rows: list[Row] = []
    every_s = {PollClass.NORMAL: EVERY_S}
    cases = {
        "snmp": ("GET of 20 OIDs", snmp_profile(), "snmp://public@127.0.0.1:{}", bare_snmp),
        "modbus": ("read of 60 registers", modbus_profile(), "modbus://127.0.0.1:{}", bare_modbus),
    }
    for kind, (name, profile, url, bare) in cases.items():
        store = EmbeddedStore(folder / kind)
        assignments = [
            Assignment(f"{kind}-{port}", parse(url.format(port)), profile, every_s)
            for port in ports[kind]
        ]
        peer = await per_10_000(lambda: bare(ports[kind], POLLS), DEVICES * POLLS)  # noqa: B023
        unstored = await polled(assignments, [])
        cpu_s = await polled(assignments, [store.write])
        store.close()
        rows += [
            Row(f"10,000 x {name}: bare loop", peer, "CPU-s"),
            Row(f"10,000 x {name}: polled, decoded", unstored, "CPU-s", peer, "bare loop"),
            Row(f"10,000 x {name}: polled, decoded, stored", cpu_s, "CPU-s", TARGET_CPU_S),
        ]
    return rows


def main() -> None:
    """Print the table."""
    command = [sys.executable, "-m", "benchmarks.polling", "serve"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as devices:
        if devices.stdin is None or devices.stdout is None:
            raise SystemExit("the devices could not be started")
        try:
            ports = json.loads(devices.stdout.readline())
            with tempfile.TemporaryDirectory() as folder:
                rows = run(measure(ports, Path(folder)))
        finally:
            devices.stdin.close()
    show(f"Polling: {DEVICES} devices, {POLLS} polls each", rows)


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        run(serve(DEVICES))
    else:
        main()
