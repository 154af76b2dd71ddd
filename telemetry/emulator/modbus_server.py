"""A Modbus server on one TCP port: several units, Modbus TCP or RTU framing, pipelining, faults.

Requests of one connection are answered in turn unless a fault says otherwise. With
`gateway=True` the units share one slow line: a request waits for those before it, and above
`queue` waiting requests the answer is exception 6.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from telemetry.emulator.faults import Faults, LineFaults
from telemetry.emulator.modbus_frames import (
    Ask,
    Framing,
    Mbap,
    Rtu,
    StreamLost,
    answer_pdu,
    refusal_pdu,
)
from telemetry.emulator.registers import (
    BUSY,
    FUNCTIONS,
    ILLEGAL_ADDRESS,
    ILLEGAL_FUNCTION,
    ILLEGAL_VALUE,
    NO_TARGET_ANSWER,
    PATH_UNAVAILABLE,
    ModbusError,
    Unit,
)

#: Answers of one connection never share a due time, so that they keep their turn.
TURN_S = 1e-6
#: Pause between the pieces of an answer that is sent in pieces.
PIECE_S = 0.001

UnknownUnit = Literal["no_answer", "no_path", "silence"]
_UNKNOWN_CODE = {"no_answer": NO_TARGET_ANSWER, "no_path": PATH_UNAVAILABLE}


@dataclass
class ServerSettings:
    """Framing and gateway manners. A dead unit behind a gateway is exception 0x0B after
    `gateway_timeout_s`, or silence where `unknown_unit` says so."""

    framing: Literal["tcp", "rtu"] = "tcp"
    unknown_unit: UnknownUnit = "no_answer"
    gateway: bool = False
    gateway_timeout_s: float = 0.0
    queue: int = 32
    line: LineFaults = field(default_factory=LineFaults)


class ModbusServer:
    """Units behind one port. `faults[unit]` may be set at any time; `requests` counts."""

    def __init__(
        self,
        units: Mapping[int, Unit],
        settings: ServerSettings | None = None,
        faults: Mapping[int, Faults] | None = None,
    ) -> None:
        self.units = dict(units)
        self.settings = settings or ServerSettings()
        self.faults = {unit: Faults() for unit in units} | dict(faults or {})
        self.requests = 0
        self.connections: set[Connection] = set()
        self.line_free_at_s = 0.0
        self.waiting = 0
        self._server: asyncio.Server | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes any free one. Raises OSError where the port is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(self), host, port)

    @property
    def port(self) -> int:
        """The TCP port it listens on; 0 before the start."""
        return int(self._server.sockets[0].getsockname()[1]) if self._server else 0

    def framing(self) -> Framing:
        """How this server's streams are cut."""
        return Rtu() if self.settings.framing == "rtu" else Mbap()

    def judge(self, ask: Ask, now_s: float) -> bytes | None:
        """The answer PDU to one request, or None for silence."""
        faults = self.faults.get(ask.unit)
        unit = self.units.get(ask.unit)
        if unit is None or faults is None:
            return self._absent(ask)
        if faults.silent():
            return self._absent(ask) if self.settings.gateway else None
        if faults.exception:
            return refusal_pdu(ask.fc, faults.exception)
        if faults.booting(now_s):
            return refusal_pdu(ask.fc, ILLEGAL_ADDRESS)
        values = _read(unit, ask)
        if isinstance(values, int):
            return refusal_pdu(ask.fc, values)
        return answer_pdu(ask.fc, values[:-1] if faults.short else values)

    def _absent(self, ask: Ask) -> bytes | None:
        code = _UNKNOWN_CODE.get(self.settings.unknown_unit)
        return refusal_pdu(ask.fc, code) if code else None

    def delay_s(self, ask: Ask, now_s: float) -> float:
        """How long this answer waits; on a gateway also for the line to be free."""
        faults = self.faults.get(ask.unit)
        absent = faults is None or faults.dead
        wait_s = self.settings.gateway_timeout_s if absent else 0.0
        if faults is not None and not absent:
            wait_s += faults.wait_s()
        if not self.settings.gateway:
            return wait_s
        self.line_free_at_s = max(self.line_free_at_s, now_s) + wait_s
        return self.line_free_at_s - now_s

    async def close(self) -> None:
        """Stop listening and drop every connection; safe to call twice."""
        if self._server is None:
            return
        self._server.close()
        for connection in list(self.connections):
            connection.abort()
        await asyncio.gather(*(connection.gone.wait() for connection in list(self.connections)))
        await self._server.wait_closed()
        self._server = None


def _read(unit: Unit, ask: Ask) -> list[int] | int:
    """Values, or the exception code."""
    if ask.fc not in FUNCTIONS:
        return ILLEGAL_FUNCTION
    if not 1 <= ask.count <= (2000 if ask.fc < 3 else 125):
        return ILLEGAL_VALUE
    try:
        return unit.read(ask.fc, ask.address, ask.count)
    except ModbusError as refusal:
        return refusal.code


class Connection(asyncio.Protocol):
    """One client's stream."""

    def __init__(self, server: ModbusServer) -> None:
        self.gone = asyncio.Event()
        self._server = server
        self._framing = server.framing()
        self._buffer = bytearray()
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._held: list[bytes] = []
        self._outgoing = bytearray()
        self._sent = 0
        self._pending = 0
        self._due_s = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = cast(asyncio.Transport, transport)
        limit = self._server.settings.line.max_connections
        self._server.connections.add(self)
        if limit and len(self._server.connections) > limit:
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the loop's signature
        """Called by the loop."""
        self._server.connections.discard(self)
        self._transport = None
        self.gone.set()

    def abort(self) -> None:
        """Close hard: the client sees a reset or the end of the stream."""
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Called by the loop: several requests a segment and parts of requests are both fine."""
        self._buffer += data
        try:
            asks = self._framing.take(self._buffer)
        except StreamLost:
            self.abort()
            return
        for ask in asks:
            self._server.requests += 1
            self._handle(ask)

    def _handle(self, ask: Ask) -> None:
        server, now_s = self._server, self._loop.time()
        if server.settings.gateway and server.waiting >= server.settings.queue:
            self._out(self._framing.wrap(ask, refusal_pdu(ask.fc, BUSY)))
            return
        due_s = now_s + server.delay_s(ask, now_s)
        in_turn = not server.settings.line.out_of_order
        if in_turn and self._pending:
            due_s = max(due_s, self._due_s + TURN_S)
        if due_s <= now_s:
            self._answer(ask)
            return
        self._due_s = due_s
        self._pending += 1
        server.waiting += 1
        self._loop.call_at(due_s, self._answer_later, ask)

    def _answer_later(self, ask: Ask) -> None:
        self._pending -= 1
        self._server.waiting -= 1
        self._answer(ask)

    def _answer(self, ask: Ask) -> None:
        pdu = self._server.judge(ask, self._loop.time())
        if pdu is None:
            return
        faults = self._server.faults.get(ask.unit, Faults())
        tid = ask.tid ^ 0x2A5A if faults.wrong_id else ask.tid
        unit = ask.unit ^ 0x5A if faults.wrong_unit else ask.unit
        frame = self._framing.wrap(Ask(tid, unit, ask.fc), pdu)
        if faults.crc_error and self._server.settings.framing == "rtu":
            frame = frame[:-1] + bytes((frame[-1] ^ 0xFF,))
        self._out(frame)

    def _out(self, frame: bytes) -> None:
        """Send now, or hold it until enough answers or enough time have come together."""
        line = self._server.settings.line
        if line.hold <= 1:
            self._send(frame)
            return
        self._held.append(frame)
        if len(self._held) >= line.hold:
            self._release()
        elif len(self._held) == 1:
            self._loop.call_later(line.hold_s, self._release)

    def _release(self) -> None:
        held, self._held = self._held, []
        if self._server.settings.line.out_of_order:
            held.reverse()
        if held:
            self._send(b"".join(held))

    def _send(self, data: bytes) -> None:
        line = self._server.settings.line
        if self._transport is None:
            return
        if 0 <= line.reset_after <= self._sent:
            self._transport.write(data[: len(data) // 2])
            self._loop.call_later(0.01, self.abort)
            return
        self._sent += 1
        if not line.piece_bytes:
            self._transport.write(data)
            return
        idle = not self._outgoing
        self._outgoing += data
        if idle:
            self._piece(line.piece_bytes)

    def _piece(self, size: int) -> None:
        """Send `size` bytes as a segment of their own and come back for the rest."""
        if self._transport is None or not self._outgoing:
            return
        self._transport.write(bytes(self._outgoing[:size]))
        del self._outgoing[:size]
        self._loop.call_later(PIECE_S, self._piece, size)


async def serve_modbus(
    units: Mapping[int, Unit],
    host: str = "127.0.0.1",
    port: int = 0,
    settings: ServerSettings | None = None,
    faults: Mapping[int, Faults] | None = None,
) -> ModbusServer:
    """A started server; port 0 takes any free one."""
    server = ModbusServer(units, settings, faults)
    await server.start(host, port)
    return server
