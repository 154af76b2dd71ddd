"""Reads a device as the product does: real transport, discovery, binding, plan, decode."""

from pathlib import Path

from telemetry.binding import Bound, bind, discovery
from telemetry.decode import Decoder
from telemetry.errors import Refused
from telemetry.plan import plan, split
from telemetry.profiles import loader
from telemetry.profiles.model import Profile, Protocol
from telemetry.reads import Read
from telemetry.sample import Sample
from telemetry.transports.base import Answer, ModbusRead, Request, SnmpGet, Transport
from telemetry.transports.modbus import ModbusTransport
from telemetry.transports.snmp import SnmpTransport
from telemetry.transports.snmp_settings import SnmpSettings

TIMEOUT_S = 2.0
FOLDER = Path(__file__).parent / "profiles"


def every_profile() -> dict[str, Profile]:
    """The shipped profiles and the odd ones of these tests."""
    odd = [loader.load(path) for path in sorted(FOLDER.glob("*.yaml"))]
    return {p.name: p for p in (*map(loader.shipped, loader.names()), *odd)}


def transport_to(url: str) -> Transport:
    """A line to `snmp://public@127.0.0.1:PORT[?version=1]` or `modbus://127.0.0.1:PORT`."""
    port = int(url.rpartition(":")[2].partition("?")[0])
    if url.startswith("snmp"):
        version = 1 if "version=1" in url else 2
        return SnmpTransport("127.0.0.1", port, SnmpSettings(version=version))
    return ModbusTransport("127.0.0.1", port)


async def find(transport: Transport, profile: Profile, *, unit: int = 1) -> Bound:
    """Discovery and binding."""
    answers: list[Answer | None] = []
    for request in discovery(profile):
        answers.append(await transport.read(request, TIMEOUT_S))
    return bind(profile, "device", answers, unit=unit)


async def read_all(transport: Transport, bound: Bound) -> dict[str, Sample]:
    """One cycle of every poll class, refused reads in halves, by point id."""
    out: dict[str, Sample] = {}
    for poll_class in bound.poll_classes:
        planned = plan(bound, poll_class)
        reads: list[Read] = []
        waiting: list[Request] = list(planned.requests)
        while waiting:
            request = waiting.pop(0)
            try:
                reads.append(Read(request, await transport.read(request, TIMEOUT_S)))
            except Refused as refusal:
                halves = split(planned, request)
                waiting[:0] = halves or ()
                if halves is None:
                    reads.append(Read(request, code=refusal.code))
        block = Decoder(planned).block(reads, 0)
        out |= {sample.point.id: sample for sample in block.samples()}
    return out


async def read_device(url: str, profile: Profile, *, unit: int = 1) -> dict[str, Sample]:
    """Everything a device says, by point id."""
    transport = transport_to(url)
    await transport.open()
    try:
        return await read_all(transport, await find(transport, profile, unit=unit))
    finally:
        await transport.close()


def smallest(profile: Profile, unit: int) -> Request:
    """One object or one value of a profile."""
    if profile.protocol is Protocol.SNMP:
        return SnmpGet(("1.3.6.1.2.1.1.3.0",))
    cell = profile.registers[0].cell
    return ModbusRead(unit, cell.fc, cell.address, cell.count)
