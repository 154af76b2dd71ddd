"""The socket of a line: opened, settled, told on. Knows bytes and nothing of their meaning."""

import asyncio
import contextlib
import socket
from typing import Final, Protocol, cast

from telemetry.transports.modbus_match import Matcher
from telemetry.transports.modbus_settings import Framing, LineSettings

_DRAIN_ROUNDS: Final = 20
_DRAIN_S: Final = 0.01


class Listener(Protocol):
    """Who is told what happens on a wire."""

    def received(self, wire: "Wire", data: bytes) -> None:
        """Bytes came in."""

    def lost(self, wire: "Wire", reason: str) -> None:
        """The other side closed it, or it broke."""


class Wire(asyncio.Protocol):
    """One connection. What comes before it has settled is thrown away and counted."""

    def __init__(self, listener: Listener, matcher: Matcher) -> None:
        self._listener = listener
        self.matcher = matcher
        self.transport: asyncio.Transport | None = None
        self.settled = False
        self.useful = False
        self.gone = False
        self.discarded = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self.transport = cast(asyncio.Transport, transport)
        sock = transport.get_extra_info("socket")
        if sock is not None:
            with contextlib.suppress(OSError):  # it may be gone already; connection_lost follows
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        if self.settled:
            self._listener.received(self, data)
        else:
            self.discarded += len(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the loop."""
        self.gone = True
        self._listener.lost(self, f"connection closed by the device{f': {exc}' if exc else ''}")

    def drop(self) -> None:
        """Close now; what is still buffered is of no use to anyone."""
        if self.transport is not None:
            self.transport.abort()

    def send(self, data: bytes) -> None:
        """Write, unless it is gone (then `lost` was told, or will be)."""
        if self.transport is not None:
            self.transport.write(data)

    async def settle(self, settings: LineSettings) -> None:
        """Waits as told, and on RTU until the line is silent: no old bytes may pass for answers."""
        if settings.settle_s > 0:
            await asyncio.sleep(settings.settle_s)
        if settings.framing is Framing.RTU:
            for _ in range(_DRAIN_ROUNDS):
                before = self.discarded
                await asyncio.sleep(max(settings.gap_s, _DRAIN_S))
                if self.discarded == before:
                    break
        self.settled = True
