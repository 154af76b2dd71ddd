"""SNMP v1, v2c and v3: one session and one lock per device. Reads only: there is no SET here."""

import asyncio
import contextlib
import socket
import time
from collections.abc import Sequence
from typing import Final

from telemetry.errors import ConfigError, DeviceError, NoAnswer
from telemetry.transports.base import Answer, Request, SnmpGet, SnmpWalk, Varbind
from telemetry.transports.counters import LineCounters, LineCounts
from telemetry.transports.snmp_bisect import Bisect
from telemetry.transports.snmp_session import Session, TooBig
from telemetry.transports.snmp_settings import SnmpSettings

_REFRESH_AFTER_S: Final = 120.0
"""SNMPv3 takes requests for 150 s around the agent's clock (RFC 3414 2.2.3)."""


class SnmpTransport:
    """One agent. See Transport.

    A GET that the agent answers empty is halved to learn which objects it lacks or how many fit;
    back-off after failures is the caller's.
    """

    def __init__(self, host: str, port: int = 161, settings: SnmpSettings | None = None) -> None:
        self._host, self._port = host, port
        self._settings = settings or SnmpSettings()
        self._counters = LineCounters()
        self._bisect = Bisect(self._settings.max_oids)
        self._lock = asyncio.Lock()
        self._session: Session | None = None
        self._address = ""
        self._fresh_until_s = 0.0

    async def open(self) -> None:
        """Resolves the name. Raises NoAnswer when there is no such host."""
        if self._address:
            return
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(self._host, self._port, type=socket.SOCK_DGRAM)
        except OSError as error:
            raise NoAnswer(f"{self._host}: {error}") from error
        self._address = str(found[0][4][0])
        self._session = Session(self._address, self._port, self._settings)

    async def close(self) -> None:
        """See Transport. Also forgets what was learned of the device."""
        self._end_session()
        self._address = ""
        self._bisect.forget()

    def _end_session(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()

    @property
    def counters(self) -> LineCounts:
        """What this device's line has seen."""
        return self._counters.look()

    async def read(self, request: Request, timeout_s: float) -> Answer:
        """See Transport. The time-out holds for each message. Also raises DeviceError for what
        cannot be read, AuthFailed when the agent does not take the v3 user."""
        if not isinstance(request, (SnmpGet, SnmpWalk)):
            raise ConfigError(f"an SNMP line cannot ask {type(request).__name__}")
        async with self._lock:
            exchange = self._exchange(timeout_s)
            try:
                if self._settings.version == 3:
                    await self._keep_fresh(exchange)
                if isinstance(request, SnmpWalk):
                    return await exchange.walk(request)
                found = await self._get(exchange, request.oids)
            except DeviceError:
                self._after_failure()
                raise
        if None in found.values():
            found = {oid: value for oid, value in found.items() if value is not None}
        return Answer(exchange.first_at_ms, found)

    async def _get(self, exchange: "_Exchange", oids: Sequence[str]) -> dict[str, Varbind]:
        now_s = time.monotonic()
        if not self._bisect.is_plain(oids):
            return await self._bisect.gather(exchange.get, oids, now_s)
        try:
            found = await exchange.get(oids)
        except TooBig:
            found = {}
        return found or await self._bisect.search(exchange.get, oids, now_s)

    def _exchange(self, timeout_s: float) -> "_Exchange":
        if not self._address:
            raise ConfigError("the transport is not open", f"{self._host}:{self._port}")
        if self._session is None:
            self._session = Session(self._address, self._port, self._settings)
        return _Exchange(self._session, timeout_s, self._counters)

    async def _keep_fresh(self, exchange: "_Exchange") -> None:
        now_s = time.monotonic()
        if now_s >= self._fresh_until_s:
            await exchange.refresh()
        self._fresh_until_s = now_s + _REFRESH_AFTER_S

    def _after_failure(self) -> None:
        """A v3 agent that restarted has another clock: begin anew. Otherwise the session is good,
        and drops a late answer by its request id."""
        if self._settings.version == 3:
            self._end_session()
            self._fresh_until_s = 0.0


class _Exchange:
    """One request of ours, which may be several messages; remembers when the first came back."""

    def __init__(self, session: Session, timeout_s: float, counters: LineCounters) -> None:
        self._session = session
        self._timeout_s = timeout_s
        self._counters = counters
        self.first_at_ms = 0

    async def refresh(self) -> None:
        """v3 engine and clock."""
        try:
            await self._session.refresh(self._timeout_s)
        except NoAnswer:
            self._counters.timeouts += 1
            raise

    async def get(self, oids: Sequence[str]) -> dict[str, Varbind]:
        """One GET message, timed."""
        counters = self._counters
        counters.requests += 1
        began_s = time.monotonic()
        try:
            found = await self._session.get(oids, self._timeout_s)
        except NoAnswer:
            counters.timeouts += 1
            raise
        counters.ok += 1
        counters.latencies_s.append(time.monotonic() - began_s)
        if not self.first_at_ms:
            self.first_at_ms = time.time_ns() // 1_000_000
        return found

    async def walk(self, request: SnmpWalk) -> Answer:
        """All below one object, until it ends, turns back, or reaches the limit."""
        found: dict[str, Varbind] = {}
        self._counters.requests += 1
        try:
            async with contextlib.aclosing(
                self._session.below(request.oid, self._timeout_s)
            ) as rows:
                async for oid, value in rows:
                    if oid in found or not oid.startswith(request.oid + "."):
                        break
                    self.first_at_ms = self.first_at_ms or time.time_ns() // 1_000_000
                    found[oid] = value
                    if len(found) >= request.limit:
                        break
        except NoAnswer:
            self._counters.timeouts += 1
            raise
        self._counters.ok += 1
        return Answer(self.first_at_ms or time.time_ns() // 1_000_000, varbinds=found)
