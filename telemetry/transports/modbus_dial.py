"""Opening the connection of a line: back-off, the process's gate, time-out, settling (12, 13)."""

import asyncio
from collections.abc import Callable

from telemetry.transports.counters import LineCounters
from telemetry.transports.modbus_match import RtuMatcher, TcpMatcher
from telemetry.transports.modbus_settings import Framing, LineDown, LineSettings
from telemetry.transports.modbus_wire import Listener, Wire
from telemetry.transports.reconnect import Backoff, ConnectGate


class Dialer:
    """Knows how to reach one host and port, and when it may be tried again."""

    def __init__(self, host: str, port: int, gate: ConnectGate, counters: LineCounters) -> None:
        self._host, self._port = host, port
        self._gate = gate
        self._counters = counters
        self.backoff = Backoff()
        self.name = f"{host}:{port}"

    def wait_s(self, now: float) -> float:
        """Seconds until it may be tried again; 0 or less: now."""
        return self.backoff.not_before - now

    async def dial(
        self, listener: Listener, settings: LineSettings, opened: Callable[[Wire], None]
    ) -> None:
        """Calls `opened` with the connection, then settles it. Raises LineDown."""
        loop = asyncio.get_running_loop()
        try:
            await asyncio.sleep(max(0.0, self.wait_s(loop.time())))
            await self._gate.turn()
            self._counters.connects += 1
            async with asyncio.timeout(settings.connect_timeout_s):
                _, wire = await loop.create_connection(
                    lambda: self._wire(listener, settings), self._host, self._port
                )
            if wire.gone:
                raise ConnectionResetError("closed as soon as it was open")
        except (OSError, TimeoutError) as error:
            self._counters.connect_failures += 1
            self.backoff.failed(loop.time())
            why = "no answer in time" if isinstance(error, TimeoutError) else str(error)
            raise LineDown(f"cannot connect to {self.name}: {why}") from error
        opened(wire)
        await wire.settle(settings)

    def _wire(self, listener: Listener, settings: LineSettings) -> Wire:
        if settings.framing is Framing.RTU:
            return Wire(listener, RtuMatcher(self._counters))
        return Wire(listener, TcpMatcher(self._counters, any_unit=settings.any_unit))
