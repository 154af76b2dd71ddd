"""A Modbus server that tells the truth, or any lie a test wants, in the framing of choice.

Register `a` of unit `u` holds (7 a + 1000 u) mod 65536 and bit `a` holds a mod 3 == 0, so an answer
that went to the wrong request never has the right values.
"""

import asyncio
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import TracebackType

from telemetry.transports.modbus_frames import crc16

Step = bytes | float | None
"""What a lie does in turn: send these bytes, sleep so long, or (None) reset the connection."""


def register(unit: int, address: int) -> int:
    return (7 * address + 1000 * unit) % 65536


def truth(unit: int, fc: int, address: int, count: int) -> tuple[int, ...]:
    if fc in (3, 4):
        return tuple(register(unit, a) for a in range(address, address + count))
    return tuple(int(a % 3 == 0) for a in range(address, address + count))


@dataclass(frozen=True)
class Asked:
    """A request as the server saw it, and ways to answer it."""

    tid: int
    unit: int
    fc: int
    address: int
    count: int
    rtu: bool
    number: int

    def answer(
        self, *, tid: int | None = None, unit: int | None = None, fc: int | None = None
    ) -> bytes:
        return self.wrap(self._pdu(self.count, fc), tid=tid, unit=unit)

    def short(self, by: int = 1) -> bytes:
        return self.wrap(self._pdu(self.count - by, None))

    def other(self, address: int) -> bytes:
        """A well-formed answer with the registers of another address."""
        values = truth(self.unit, self.fc, address, self.count)
        return self.wrap(bytes((self.fc, 2 * self.count)) + struct.pack(f">{self.count}H", *values))

    def exception(self, code: int) -> bytes:
        return self.wrap(bytes((self.fc | 0x80, code)))

    def _pdu(self, count: int, fc: int | None) -> bytes:
        values = truth(self.unit, self.fc, self.address, count)
        if self.fc in (3, 4):
            data = struct.pack(f">{count}H", *values)
        else:
            number = sum(bit << n for n, bit in enumerate(values))
            data = number.to_bytes((count + 7) // 8, "little")
        return bytes((self.fc if fc is None else fc, len(data))) + data

    def wrap(self, pdu: bytes, *, tid: int | None = None, unit: int | None = None) -> bytes:
        unit = self.unit if unit is None else unit
        if self.rtu:
            body = bytes((unit,)) + pdu
            return body + struct.pack("<H", crc16(body))
        tid = self.tid if tid is None else tid
        return struct.pack(">HHHB", tid & 0xFFFF, 0, len(pdu) + 1, unit) + pdu


Lie = Callable[[Asked], Iterable[Step]]


def honest(asked: Asked) -> Iterable[Step]:
    return [asked.answer()]


class LyingServer:
    """Use with `async with`; `port` is then open on loopback."""

    def __init__(self, lie: Lie = honest, *, rtu: bool = False) -> None:
        self.lie = lie
        self.rtu = rtu
        self.asked: list[Asked] = []
        self.connections = 0
        self.under_way = 0
        self.most_under_way = 0
        self.port = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> "LyingServer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        for writer in list(self._writers):
            writer.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        try:
            while True:
                asked = await (self._read_rtu(reader) if self.rtu else self._read_tcp(reader))
                self.asked.append(asked)
                task = asyncio.get_running_loop().create_task(self._tell(asked, writer))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.transport.abort()
        finally:
            self._writers.discard(writer)

    async def _read_tcp(self, reader: asyncio.StreamReader) -> Asked:
        head = await reader.readexactly(12)
        tid, _, _, unit, fc, address, count = struct.unpack(">HHHBBHH", head)
        return Asked(tid, unit, fc, address, count, False, len(self.asked))

    async def _read_rtu(self, reader: asyncio.StreamReader) -> Asked:
        unit, fc, address, count, _ = struct.unpack(">BBHHH", await reader.readexactly(8))
        return Asked(0, unit, fc, address, count, True, len(self.asked))

    async def _tell(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            for step in self.lie(asked):
                if step is None:
                    writer.transport.abort()
                elif isinstance(step, float):
                    await asyncio.sleep(step)
                elif not writer.is_closing():
                    writer.write(step)
                    await asyncio.sleep(0)
        finally:
            self.under_way -= 1


def in_pieces(data: bytes, size: int = 1, pause_s: float = 0.0) -> Iterable[Step]:
    for at in range(0, len(data), size):
        yield data[at : at + size]
        yield pause_s
