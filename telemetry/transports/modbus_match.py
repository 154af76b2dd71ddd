"""Which answer belongs to which request. No socket here, so every lie can be tested exactly.

Rules 6-8 and 10: an answer is accepted only if transaction, unit, function and byte count all
match. Anything else is counted, and is never taken for the answer to another request.
"""

import asyncio
import random
from dataclasses import dataclass
from typing import Final, Protocol

from telemetry.errors import DeviceError, Refused
from telemetry.transports.base import Answer, ModbusIdentity, ModbusRead
from telemetry.transports.counters import LineCounters
from telemetry.transports.modbus_frames import (
    StreamLost,
    WrongAnswer,
    identity_answer,
    open_rtu,
    read_answer,
    rtu_frame,
    rtu_length,
    split_tcp,
    tcp_frame,
    whole_tcp,
)

_TIDS: Final = 65535
_LATE_REACH: Final = 1024
"""How many transactions back an id still counts as ours, and so as late, not as foreign."""


@dataclass(slots=True, eq=False)
class Ask:
    """One request on its way: queued, then sent, then done (its future says how)."""

    request: ModbusRead | ModbusIdentity
    pdu: bytes
    timeout_s: float
    future: asyncio.Future[Answer]
    tid: int = 0
    sent_at: float = 0.0
    overlapped: bool = False
    timer: asyncio.TimerHandle | None = None

    def give(self, result: Answer | DeviceError) -> None:
        """Ends it, unless whoever asked has gone away."""
        if self.timer is not None:
            self.timer.cancel()
        if self.future.done():
            return
        if isinstance(result, Answer):
            self.future.set_result(result)
        else:
            self.future.set_exception(result)

    def differs_from(self, other: "Ask") -> bool:
        """Whether the answer of one could never pass for that of the other, by their sizes."""
        fc = self.pdu[0]
        return fc != other.pdu[0] or (fc in (3, 4) and self.pdu[3:] != other.pdu[3:])


Outcome = tuple[Ask, Answer | DeviceError]


class Matcher(Protocol):
    """One connection's view of what was asked and what came."""

    def encode(self, ask: Ask, now: float) -> bytes:
        """The bytes to send; from now on its answer is waited for."""

    def feed(self, data: bytes, at_ms: int) -> list[Outcome]:
        """The requests that these bytes settle. Raises StreamLost: drop the connection."""

    def expire(self, ask: Ask, now: float) -> bool:
        """Stop waiting for it. True: the connection cannot be trusted any more, drop it."""

    def outstanding(self) -> list[Ask]:
        """What was sent and is not settled."""

    def __len__(self) -> int:
        """How many of them."""


def _settle(ask: Ask, pdu: bytes, at_ms: int, counters: LineCounters) -> Answer | DeviceError:
    try:
        if isinstance(ask.request, ModbusIdentity):
            page = identity_answer(pdu)
            texts = {str(number): text for number, text in page.objects.items()}
            return Answer(at_ms, varbinds=texts)
        return Answer(at_ms, words=read_answer(ask.request, pdu))
    except Refused as refused:
        counters.exceptions[refused.code] += 1
        return refused
    except WrongAnswer as wrong:
        counters.short += 1
        return wrong


class TcpMatcher:
    """Modbus TCP: by transaction id, several requests at a time."""

    def __init__(self, counters: LineCounters, *, any_unit: bool = False) -> None:
        self._counters = counters
        self._other_units = (0, 255) if any_unit else ()
        self._buffer = bytearray()
        self._pending: dict[int, Ask] = {}
        self._expired: dict[int, float] = {}
        self._tid = random.randrange(_TIDS)  # noqa: S311
        self._sent = 0

    def encode(self, ask: Ask, now: float) -> bytes:
        """See Matcher. Ids that could still be answered late are passed over (rule 7)."""
        tid = self._tid % _TIDS + 1
        while tid in self._pending or self._expired.get(tid, 0.0) > now:
            tid = tid % _TIDS + 1
        self._expired.pop(tid, None)
        self._tid = ask.tid = tid
        self._sent += 1
        self._pending[tid] = ask
        return tcp_frame(tid, ask.request.unit, ask.pdu)

    def feed(self, data: bytes, at_ms: int) -> list[Outcome]:
        """See Matcher."""
        frames = None if self._buffer else whole_tcp(data)
        if frames is None:
            self._buffer += data
            frames = split_tcp(self._buffer)
        outcomes: list[Outcome] = []
        for tid, unit, pdu in frames:
            ask = self._pending.pop(tid, None)
            if ask is None:
                self._count_stray(tid)
            elif unit != ask.request.unit and unit not in self._other_units:
                self._counters.foreign += 1
                problem = f"asked unit {ask.request.unit}, unit {unit} answered"
                outcomes.append((ask, WrongAnswer(problem)))
            else:
                outcomes.append((ask, _settle(ask, pdu, at_ms, self._counters)))
        return outcomes

    def _count_stray(self, tid: int) -> None:
        if (self._tid - tid) % _TIDS < min(self._sent, _LATE_REACH):
            self._counters.late += 1
        else:
            self._counters.foreign += 1

    def expire(self, ask: Ask, now: float) -> bool:
        """See Matcher. A half-received frame would swallow the front of the next one: drop."""
        self._pending.pop(ask.tid, None)
        if len(self._expired) > _LATE_REACH:
            self._expired = {tid: until for tid, until in self._expired.items() if until > now}
        self._expired[ask.tid] = now + 2 * ask.timeout_s
        return bool(self._buffer)

    def outstanding(self) -> list[Ask]:
        """See Matcher."""
        return list(self._pending.values())

    def __len__(self) -> int:
        return len(self._pending)


class RtuMatcher:
    """RTU frames over TCP: nothing tells two answers apart, so one request at a time, and after
    any doubt the connection goes (rule 10: the late answer of A looks like the answer of B)."""

    def __init__(self, counters: LineCounters) -> None:
        self._counters = counters
        self._buffer = bytearray()
        self._ask: Ask | None = None

    def encode(self, ask: Ask, now: float) -> bytes:  # noqa: ARG002
        """See Matcher."""
        self._ask = ask
        return rtu_frame(ask.request.unit, ask.pdu)

    def feed(self, data: bytes, at_ms: int) -> list[Outcome]:
        """See Matcher."""
        ask = self._ask
        if ask is None:
            self._counters.foreign += 1
            raise StreamLost("bytes that nobody asked for")
        self._buffer += data
        length = rtu_length(ask.request, self._buffer)
        if length is None or len(self._buffer) < length:
            return []
        unit, pdu = open_rtu(bytes(self._buffer[:length]))
        if unit != ask.request.unit or len(self._buffer) > length:
            self._counters.foreign += 1
            raise StreamLost(f"unit {unit}, {len(self._buffer)} bytes where {length} were due")
        settled = _settle(ask, pdu, at_ms, self._counters)
        if isinstance(settled, WrongAnswer):
            raise StreamLost(str(settled))
        self._buffer.clear()
        self._ask = None
        return [(ask, settled)]

    def expire(self, ask: Ask, now: float) -> bool:  # noqa: ARG002
        """See Matcher. Always True: its late answer must not find us listening."""
        return True

    def outstanding(self) -> list[Ask]:
        """See Matcher."""
        return [] if self._ask is None else [self._ask]

    def __len__(self) -> int:
        return 0 if self._ask is None else 1
