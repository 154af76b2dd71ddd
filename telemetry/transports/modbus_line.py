"""One TCP connection to a Modbus device or gateway, opened when needed and shared by its users.

Rules 5-13: one queue, a window, gaps, back-off. Nothing runs while nobody asks: no task per line.
"""

import asyncio
import contextlib
import time
from typing import Final

from telemetry.errors import DeviceError, NoAnswer, Refused
from telemetry.transports.base import Answer, ModbusIdentity, ModbusRead
from telemetry.transports.counters import LineCounters, LineCounts
from telemetry.transports.modbus_dial import Dialer
from telemetry.transports.modbus_frames import StreamLost, request_pdu
from telemetry.transports.modbus_match import Ask
from telemetry.transports.modbus_settings import Framing, LineDown, LineSettings
from telemetry.transports.modbus_turns import Turns
from telemetry.transports.modbus_window import Window
from telemetry.transports.modbus_wire import Wire
from telemetry.transports.reconnect import ConnectGate

_BUSY: Final = 6
_PATH_CODES: Final = frozenset({0x0A, 0x0B})


class Line:
    """See the module. Not thread-safe: belongs to the loop it is first used on."""

    def __init__(self, host: str, port: int, settings: LineSettings, gate: ConnectGate) -> None:
        self.host, self.port, self.settings = host, port, settings
        self.counters = LineCounters()
        self._dialer = Dialer(host, port, gate, self.counters)
        self._backoff = self._dialer.backoff
        self._turns = Turns()
        self._window = Window(settings.window if settings.framing is Framing.TCP else 1)
        self._wire: Wire | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._next: Ask | None = None
        self._last_unit = -1
        self._last_io = 0.0
        self._pump_timer: asyncio.TimerHandle | None = None
        self._idle_timer: asyncio.TimerHandle | None = None
        self._closed = False

    def adapt(self, settings: LineSettings) -> None:
        """Another user joined: be as careful as the more careful of the two."""
        self.settings = self.settings.and_as_careful_as(settings)
        self._window.narrow(self.settings.window)

    def look(self) -> LineCounts:
        """The counters as they are now."""
        return self.counters.look(window=self._window.size, waiting=len(self._turns))

    async def ask(self, request: ModbusRead | ModbusIdentity, timeout_s: float) -> Answer:
        """Queue, send, await. Raises LineDown, NoAnswer, Refused, DeviceError, ConfigError."""
        loop = asyncio.get_running_loop()
        if self._closed:
            raise LineDown(f"{self._dialer.name} was closed")
        if self._wire is None and (wait_s := self._dialer.wait_s(loop.time())) > timeout_s:
            raise LineDown(f"{self._dialer.name} is down, next try in {wait_s:.0f} s")
        ask = Ask(request, request_pdu(request), timeout_s, loop.create_future())
        if self._is_free(ask, loop):
            self._send(ask, [], loop.time(), loop)
        else:
            self._turns.push(ask)
            self._pump(loop)
        return await ask.future

    def _is_free(self, ask: Ask, loop: asyncio.AbstractEventLoop) -> bool:
        """True when nothing is under way and nothing waits: then there is no need to queue."""
        wire = self._wire
        if wire is None or not wire.settled or len(wire.matcher) or self._turns or self._next:
            return False
        now, earliest = loop.time(), self._earliest(ask, [])
        return earliest is not None and earliest <= now and not self._turns.holds(ask, now)

    async def close(self) -> None:
        """Ends the connection; whoever still waits is told so."""
        self._closed = True
        for timer in (self._pump_timer, self._idle_timer):
            if timer is not None:
                timer.cancel()
        if self._connecting is not None:
            self._connecting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._connecting
        wire = self._wire
        self._let_go("the line was closed")
        self._fail_waiting("the line was closed")
        if wire is not None:
            await asyncio.sleep(0)

    # -- sending

    def _pump(self, loop: asyncio.AbstractEventLoop) -> None:
        """Sends what the window, the gaps and the turns allow now."""
        if self._wire is None or not self._wire.settled:
            if self._connecting is None and not self._closed and (self._turns or self._next):
                self._connecting = loop.create_task(self._connect(loop))
            return
        while True:
            if len(self._wire.matcher) >= self._window.size:
                return
            under_way = self._wire.matcher.outstanding()
            now = loop.time()
            if self._next is None or self._next.future.done():
                self._next = self._turns.pop(now)
            if self._next is None:
                self._wake(loop, self._turns.held_until(now))
                return
            earliest = self._earliest(self._next, under_way)
            if earliest is None or earliest > now:
                self._wake(loop, earliest)
                return
            self._send(self._next, under_way, now, loop)
            self._next = None

    def _earliest(self, ask: Ask, under_way: list[Ask]) -> float | None:
        """When it may go by the gaps; None: not before what is under way has come back."""
        if under_way and not self._window.proven and not ask.differs_from(under_way[0]):
            return None
        changes = ask.request.unit != self._last_unit
        settings = self.settings
        extra_s = settings.unit_gap_s if changes else 0.0
        return self._last_io + max(settings.gap_s, extra_s)

    def _wake(self, loop: asyncio.AbstractEventLoop, at: float | None) -> None:
        if self._pump_timer is not None:
            self._pump_timer.cancel()
            self._pump_timer = None
        if at is not None:
            self._pump_timer = loop.call_at(at, self._pump, loop)

    def _send(
        self, ask: Ask, under_way: list[Ask], now: float, loop: asyncio.AbstractEventLoop
    ) -> None:
        wire = self._wire
        if wire is None:
            return
        if self._idle_timer is not None:
            self._idle_timer.cancel()
            self._idle_timer = None
        ask.sent_at = self._last_io = now
        self._last_unit = ask.request.unit
        for other in under_way:
            ask.overlapped = other.overlapped = True
        self.counters.requests += 1
        wire.send(wire.matcher.encode(ask, now))
        ask.timer = loop.call_later(ask.timeout_s, self._expired, ask, wire, loop)

    # -- receiving

    def received(self, wire: Wire, data: bytes) -> None:
        """Bytes came in on `wire`."""
        if wire is not self._wire:
            return
        loop = asyncio.get_running_loop()
        now = self._last_io = loop.time()
        late = self.counters.late
        try:
            outcomes = wire.matcher.feed(data, time.time_ns() // 1_000_000)
        except StreamLost as broken:
            self.counters.lost += 1
            self._backoff.broke(now)
            self._let_go(f"the stream broke: {broken}")
        else:
            if self.counters.late > late:
                self._window.trouble()
            for ask, result in outcomes:
                wire.useful = True
                self._settled(ask, result, now)
            if not self._turns:
                if outcomes and self.settings.idle_close_s is not None:
                    self._start_idle(loop, self.settings.idle_close_s)
                if self._next is None:
                    return
        self._pump(loop)

    def _settled(self, ask: Ask, result: Answer | DeviceError, now: float) -> None:
        unit, elapsed_s = ask.request.unit, now - ask.sent_at
        self.counters.latencies_s.append(elapsed_s)
        if isinstance(result, Answer):
            self.counters.ok += 1
            self._backoff.worked()
            self._turns.answered(unit)
            if ask.overlapped:
                self._window.good(overlapped=True)
        elif isinstance(result, Refused):
            self._refused(unit, result.code, now, elapsed_s)
        else:
            self._window.trouble()
        ask.give(result)

    def _refused(self, unit: int, code: int, now: float, elapsed_s: float) -> None:
        self._backoff.worked()
        if code in _PATH_CODES:
            self._turns.silent(unit, now, elapsed_s)
        else:
            self._turns.answered(unit)
        if code == _BUSY:
            self._window.trouble()

    def _expired(self, ask: Ask, wire: Wire, loop: asyncio.AbstractEventLoop) -> None:
        if wire is not self._wire:
            return
        now = loop.time()
        self.counters.timeouts += 1
        self._turns.silent(ask.request.unit, now, ask.timeout_s)
        if ask.overlapped:
            self._window.trouble()
        drop = wire.matcher.expire(ask, now)
        problem = f"unit {ask.request.unit} did not answer within {ask.timeout_s:g} s"
        ask.give(NoAnswer(problem))
        if drop:
            self._let_go(problem)
        self._pump(loop)

    # -- the connection

    async def _connect(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            wait_s = self._dialer.wait_s(loop.time())
            self._fail_waiting(f"{self._dialer.name} is down, next try in {wait_s:.0f} s", wait_s)
            if self._turns:
                await self._dialer.dial(self, self.settings, self._opened)
        except LineDown as down:
            self._fail_waiting(str(down))
        finally:
            self._connecting = None
        self._pump(loop)

    def _opened(self, wire: Wire) -> None:
        self._wire = wire

    def lost(self, wire: Wire, reason: str) -> None:
        """The other side closed `wire`, or it broke. An unused one that had worked was just old."""
        if wire is not self._wire:
            return
        loop = asyncio.get_running_loop()
        if len(wire.matcher) or not wire.useful:
            self._window.trouble()
            self._backoff.broke(loop.time())
        self._let_go(reason)
        self._pump(loop)

    def _let_go(self, reason: str) -> None:
        """Drops the connection and tells those who had been sent; the queue waits for the next."""
        wire, self._wire = self._wire, None
        if wire is None:
            return
        wire.drop()
        for ask in wire.matcher.outstanding():
            ask.give(NoAnswer(reason))

    def _fail_waiting(self, reason: str, patience_s: float = float("inf")) -> None:
        """Tells those who wait, and would wait for less than `patience_s`, that it is no use."""
        waiting = self._turns.drain()
        if self._next is not None:
            waiting.insert(0, self._next)
            self._next = None
        for ask in waiting:
            if ask.timeout_s >= patience_s:
                self._turns.push(ask)
            else:
                ask.give(LineDown(reason))

    def _start_idle(self, loop: asyncio.AbstractEventLoop, after_s: float) -> None:
        if self._idle_timer is None:
            self._idle_timer = loop.call_later(after_s, self._idle)

    def _idle(self) -> None:
        self._idle_timer = None
        if self._wire is not None and not len(self._wire.matcher):
            self._let_go("idle")
