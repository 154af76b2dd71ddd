"""CPU of decode alone: µs a block, for the polls that design section 7 counts.

Run: make bench BENCH=decode
"""

import struct
import time

from benchmarks.table import Row, show
from telemetry.binding import bind, discovery
from telemetry.decode import Decoder, Read
from telemetry.plan import plan
from telemetry.points import PollClass
from telemetry.profiles.loader import read, shipped
from telemetry.transports.base import Answer, ModbusRead

ROUNDS = 20_000


def us_per_block(decoder: Decoder, reads: list[Read]) -> float:
    """Best of five: µs of CPU for one block."""
    best = float("inf")
    for _ in range(5):
        start = time.process_time()
        for now in range(ROUNDS // 5):
            decoder.block(reads, now)
        best = min(best, (time.process_time() - start) / (ROUNDS // 5))
    return best * 1e6


def floats() -> tuple[Decoder, list[Read]]:
    """A power meter: every block full of float32."""
    made = plan(bind(shipped("schneider-pm5000"), "meter"), PollClass.NORMAL)
    reads = []
    for request in made.requests:
        if not isinstance(request, ModbusRead):
            continue
        words = struct.unpack(">2H", struct.pack(">f", 0.87)) * request.count
        reads.append(Read(request, Answer(1, words=words[: request.count])))
    return Decoder(made), reads


def registers(count: int = 60) -> tuple[Decoder, list[Read]]:
    """One block of 60 int16 registers, each a point with scale and sentinel."""
    lines = "".join(
        f"  - {{id: r{n}.temperature, fc: 3, address: {n}, type: int16, quantity: temperature,"
        f" unit: degC, scale: 0.1, not_available: [0x8000]}}\n"
        for n in range(count)
    )
    head = "{profile: bench, protocol: modbus, kind: crac, vendor: x, family: x, sources: [x]"
    text = head.replace("{", "").replace(", ", "\n") + "\nverified: documents\nidentity: {}\n"
    made = plan(bind(read(f"{text}registers:\n{lines}", "bench"), "crac"), PollClass.NORMAL)
    (request,) = made.requests
    return Decoder(made), [Read(request, Answer(1, words=tuple(range(200, 200 + count))))]


def objects(count: int = 20) -> tuple[Decoder, list[Read]]:
    """One GET of 20 objects."""
    rows = "".join(
        f"  - {{id: o{n}.current, oid: 1.3.6.1.4.1.9999.{n}.0, quantity: current, unit: A,"
        f" scale: 0.1}}\n"
        for n in range(count)
    )
    head = "profile: bench\nprotocol: snmp\nkind: rack_pdu\nvendor: x\nfamily: x\nsources: [x]\n"
    profile = read(f"{head}verified: documents\nidentity: {{}}\nscalars:\n{rows}", "bench")
    varbinds = {f"1.3.6.1.4.1.9999.{n}.0": 100 + n for n in range(count)}
    answers = [Answer(1, varbinds=varbinds) for _ in discovery(profile)]
    made = plan(bind(profile, "pdu", answers), PollClass.NORMAL)
    (request,) = made.requests
    return Decoder(made), [Read(request, Answer(1, varbinds=varbinds))]


def main() -> None:
    """Print the table."""
    cases = {
        "GET of 20 OIDs": objects(),
        "read of 60 registers, int16 with sentinel": registers(),
        "PM5000, float32, all its blocks": floats(),
    }
    rows = [
        Row(
            f"{name} ({len(decoder.plan.points)} points)",
            us_per_block(decoder, reads) / 100,
            "CPU-s/10,000",
            0.8,
            "the end-to-end target",
        )
        for name, (decoder, reads) in cases.items()
    ]
    show("Decode alone, without transport and store", rows)


if __name__ == "__main__":
    main()
