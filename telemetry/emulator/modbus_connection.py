"""One client's stream on a Modbus server: requests cut, answers in turn, faults of the line."""

import asyncio
from dataclasses import replace
from typing import Protocol, cast

from telemetry.emulator.faults import Faults, LineFaults
from telemetry.emulator.modbus_frames import Ask, Framing, StreamLost

#: Answers of one connection never share a due time, so that they keep their turn.
TURN_S = 1e-6
#: Pause between the pieces of an answer that is sent in pieces.
PIECE_S = 0.001
#: A reset comes this long after the first half of an answer.
RESET_S = 0.01


class Host(Protocol):
    """What a connection needs of its server."""

    connections: "set[Connection]"

    @property
    def line(self) -> LineFaults:
        """The faults of the stream."""

    @property
    def checks(self) -> bool:
        """True where frames end in a checksum."""

    def framing(self) -> Framing:
        """How the stream is cut."""

    def faults_of(self, unit: int) -> Faults:
        """The faults of a unit, none for one that is not there."""

    def due_s(self, ask: Ask, now_s: float) -> float | None:
        """When the answer is due; None: too many wait, it is refused at once."""

    def judge(self, ask: Ask, now_s: float) -> bytes | None:
        """The answer PDU, or None for silence."""

    def refuse(self, ask: Ask) -> bytes:
        """The answer PDU to a request above the queue."""

    def answered(self) -> None:
        """A request that waited is done."""


class Connection(asyncio.Protocol):
    """One client's stream."""

    def __init__(self, host: Host) -> None:
        self.gone = asyncio.Event()
        self._host = host
        self._framing = host.framing()
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
        limit = self._host.line.max_connections
        self._host.connections.add(self)
        if limit and len(self._host.connections) > limit:
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the loop's signature
        """Called by the loop."""
        self._host.connections.discard(self)
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
            self._handle(ask)

    def _handle(self, ask: Ask) -> None:
        now_s = self._loop.time()
        due_s = self._host.due_s(ask, now_s)
        if due_s is None:
            self._out(self._framing.wrap(ask, self._host.refuse(ask)))
            return
        if self._pending and not self._host.line.out_of_order:
            due_s = max(due_s, self._due_s + TURN_S)
        self._due_s = due_s
        self._pending += 1
        if due_s <= now_s:
            self._answer(ask)
        else:
            self._loop.call_at(due_s, self._answer, ask)

    def _answer(self, ask: Ask) -> None:
        self._pending -= 1
        self._host.answered()
        pdu = self._host.judge(ask, self._loop.time())
        if pdu is None:
            return
        faults = self._host.faults_of(ask.unit)
        tid = ask.tid ^ 0x2A5A if faults.wrong_id else ask.tid
        unit = ask.unit ^ 0x5A if faults.wrong_unit else ask.unit
        frame = self._framing.wrap(replace(ask, tid=tid, unit=unit), pdu)
        if faults.crc_error and self._host.checks:
            frame = frame[:-1] + bytes((frame[-1] ^ 0xFF,))
        self._out(frame)

    def _out(self, frame: bytes) -> None:
        """Send now, or hold it until enough answers or enough time have come together."""
        line = self._host.line
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
        if self._host.line.out_of_order:
            held.reverse()
        if held:
            self._send(b"".join(held))

    def _send(self, data: bytes) -> None:
        line = self._host.line
        if self._transport is None:
            return
        if 0 <= line.reset_after <= self._sent:
            self._transport.write(data[: len(data) // 2])
            self._loop.call_later(RESET_S, self.abort)
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
