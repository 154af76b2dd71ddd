"""An SNMP v1/v2c agent over UDP: one small object on the event loop, so hundreds fit a process.

`respond` is pure (bytes in, bytes or silence out); `SnmpAgent` adds the socket and the faults.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import cast

from telemetry.emulator import ber, snmp_pdu
from telemetry.emulator.ber import Malformed, Oid, Typed
from telemetry.emulator.faults import Faults
from telemetry.emulator.mib import MibView
from telemetry.emulator.snmp_pdu import Message

MAX_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """Who may ask, in which versions, and how large an answer may be (484 bytes at least)."""

    community: bytes = b"public"
    versions: frozenset[int] = frozenset({snmp_pdu.V1, snmp_pdu.V2C})
    max_bytes: int = 1472


def respond(data: bytes, mib: MibView, settings: AgentSettings) -> bytes | None:
    """The answer to one datagram, or None for silence: malformed, wrong version or community."""
    try:
        request = snmp_pdu.decode(data)
    except Malformed:
        return None
    if request.community != settings.community or request.version not in settings.versions:
        return None
    if request.pdu == snmp_pdu.GETBULK and request.version == snmp_pdu.V2C:
        return _bulk(request, mib, settings.max_bytes)
    if request.pdu in (snmp_pdu.GET, snmp_pdu.GETNEXT):
        return _get(request, mib, settings.max_bytes)
    if request.pdu == snmp_pdu.SET:
        v2 = request.version == snmp_pdu.V2C
        return _refuse(request, snmp_pdu.NOT_WRITABLE if v2 else snmp_pdu.NO_SUCH_NAME, 1)
    return None


def _refuse(request: Message, status: int, index: int) -> bytes:
    """An error answer: names and values as they came, as both versions ask."""
    return snmp_pdu.encode(
        replace(
            request, pdu=snmp_pdu.RESPONSE, status=status, index=min(index, len(request.varbinds))
        )
    )


def _too_big(request: Message) -> bytes:
    """v2c answers with no varbinds (RFC 3416 4.2.1), v1 with the request's own (RFC 1157 4.1.2)."""
    if request.version == snmp_pdu.V2C:
        return snmp_pdu.frame(request, snmp_pdu.TOO_BIG, 0, b"")
    return _refuse(request, snmp_pdu.TOO_BIG, 0)


def _get(request: Message, mib: MibView, max_bytes: int) -> bytes:
    v1 = request.version == snmp_pdu.V1
    look = _next_value if request.pdu == snmp_pdu.GETNEXT else _exact_value
    parts: list[bytes] = []
    for at, (oid, _) in enumerate(request.varbinds, start=1):
        name, value = look(mib, oid, v1)
        if v1 and value.tag in (ber.NO_SUCH_OBJECT, ber.NO_SUCH_INSTANCE, ber.END_OF_MIB):
            return _refuse(request, snmp_pdu.NO_SUCH_NAME, at)
        parts.append(snmp_pdu.encode_varbind(name, value))
    answer = snmp_pdu.frame(request, snmp_pdu.NO_ERROR, 0, b"".join(parts))
    return answer if len(answer) <= max_bytes else _too_big(request)


def _exact_value(mib: MibView, oid: Oid, v1: bool) -> tuple[Oid, Typed]:
    value = mib.get(oid)
    if value is None or (v1 and value.tag == ber.COUNTER64):
        known = mib.knows_object(oid)
        return oid, Typed(ber.NO_SUCH_INSTANCE if known else ber.NO_SUCH_OBJECT)
    return oid, value


def _next_value(mib: MibView, oid: Oid, v1: bool) -> tuple[Oid, Typed]:
    """v1 has no Counter64, so it steps over them (RFC 3584 4.2.2.1)."""
    found = mib.following(oid)
    while v1 and found is not None and found[1].tag == ber.COUNTER64:
        found = mib.following(found[0])
    return found if found is not None else (oid, Typed(ber.END_OF_MIB))


def _bulk(request: Message, mib: MibView, max_bytes: int) -> bytes:
    """GETBULK: the varbinds that fit; tooBig only where not even the first does."""
    room = max_bytes - len(snmp_pdu.frame(request, 0, 0, b"")) - 6
    parts: list[bytes] = []
    for oid, value in _bulk_varbinds(request, mib):
        part = snmp_pdu.encode_varbind(oid, value)
        room -= len(part)
        if room < 0:
            break
        parts.append(part)
    if request.varbinds and not parts and max(request.index, request.status) > 0:
        return _too_big(request)
    return snmp_pdu.frame(request, snmp_pdu.NO_ERROR, 0, b"".join(parts))


def _bulk_varbinds(request: Message, mib: MibView) -> Iterable[tuple[Oid, Typed]]:
    singles = min(max(request.status, 0), len(request.varbinds))
    for oid, _ in request.varbinds[:singles]:
        yield _next_value(mib, oid, False)
    columns = [oid for oid, _ in request.varbinds[singles:]]
    for _ in range(min(max(request.index, 0), MAX_ROUNDS)):
        row = [_next_value(mib, oid, False) for oid in columns]
        yield from row
        if all(value.tag == ber.END_OF_MIB for _, value in row):
            return
        columns = [oid for oid, _ in row]


class SnmpAgent(asyncio.DatagramProtocol):
    """One agent on one UDP port. Set `faults` at any time; `requests` counts what came in."""

    def __init__(
        self, mib: MibView, settings: AgentSettings | None = None, faults: Faults | None = None
    ) -> None:
        self.mib = mib
        self.settings = settings or AgentSettings()
        self.faults = faults or Faults()
        self.requests = 0
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.DatagramTransport | None = None
        self._gone = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the loop's signature
        """Called by the loop."""
        self._gone.set()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Called by the loop: answer now, later or never, as the faults say."""
        self.requests += 1
        faults = self.faults
        if faults.silent() or faults.booting(self._loop.time()):
            return
        answer = respond(data, self.mib, self.settings)
        if answer is None:
            return
        if faults.wrong_id or faults.short:
            answer = _spoil(answer, faults)
        wait_s = faults.wait_s()
        if wait_s > 0:
            self._loop.call_later(wait_s, self._send, answer, addr)
        else:
            self._send(answer, addr)

    def _send(self, answer: bytes, addr: tuple[str, int]) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(answer, addr)

    @property
    def port(self) -> int:
        """The UDP port it listens on."""
        return int(self._transport.get_extra_info("sockname")[1]) if self._transport else 0

    async def close(self) -> None:
        """Give back the socket and wait until it is gone; safe to call twice."""
        if self._transport is not None:
            self._transport.close()
            await self._gone.wait()


def _spoil(answer: bytes, faults: Faults) -> bytes:
    message = snmp_pdu.decode(answer)
    if faults.wrong_id:
        message = replace(message, request_id=message.request_id ^ 0x1555)
    if faults.short:
        message = replace(message, varbinds=message.varbinds[:-1])
    return snmp_pdu.encode(message)


async def serve_snmp(
    mib: MibView,
    host: str = "127.0.0.1",
    port: int = 0,
    settings: AgentSettings | None = None,
    faults: Faults | None = None,
) -> SnmpAgent:
    """Listen on UDP; port 0 takes any free one. Raises OSError where the port is taken."""
    loop = asyncio.get_running_loop()
    _, agent = await loop.create_datagram_endpoint(
        lambda: SnmpAgent(mib, settings, faults), local_addr=(host, port)
    )
    return agent
