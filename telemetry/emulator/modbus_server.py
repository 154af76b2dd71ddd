"""A Modbus server on one TCP port: several units, Modbus TCP or RTU framing, pipelining, faults.

Requests of one connection are answered in turn unless a fault says otherwise. With
`gateway=True` the units share one slow line: a request waits for those before it, and above
`queue` waiting requests the answer is exception 6.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from telemetry.emulator.faults import Faults, LineFaults
from telemetry.emulator.modbus_connection import Connection
from telemetry.emulator.modbus_frames import (
    IDENTITY_FC,
    Ask,
    Framing,
    Mbap,
    Rtu,
    answer_pdu,
    identity_pdu,
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
        self._line_free_at_s = 0.0
        self._waiting = 0
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
        named = identity_pdu(ask, unit.identity) if ask.fc == IDENTITY_FC else None
        if named is not None:
            return named
        values = _read(unit, ask)
        if isinstance(values, int):
            return refusal_pdu(ask.fc, values)
        return answer_pdu(ask.fc, values[:-1] if faults.short else values)

    def _absent(self, ask: Ask) -> bytes | None:
        code = _UNKNOWN_CODE.get(self.settings.unknown_unit)
        return refusal_pdu(ask.fc, code) if code else None

    @property
    def line(self) -> LineFaults:
        """The faults of the stream."""
        return self.settings.line

    @property
    def checks(self) -> bool:
        """True where frames end in a checksum."""
        return self.settings.framing == "rtu"

    def faults_of(self, unit: int) -> Faults:
        """The faults of a unit, none for one that is not there."""
        return self.faults.get(unit) or Faults()

    def due_s(self, ask: Ask, now_s: float) -> float | None:
        """When the answer is due, on a gateway when the line is free; None above its queue."""
        self.requests += 1
        if self.settings.gateway and self._waiting >= self.settings.queue:
            return None
        self._waiting += 1
        absent = ask.unit not in self.units or self.faults[ask.unit].dead
        wait_s = self.settings.gateway_timeout_s if absent else self.faults[ask.unit].wait_s()
        if not self.settings.gateway:
            return now_s + wait_s
        self._line_free_at_s = max(self._line_free_at_s, now_s) + wait_s
        return self._line_free_at_s

    def refuse(self, ask: Ask) -> bytes:
        """The answer PDU to a request above the queue."""
        return refusal_pdu(ask.fc, BUSY)

    def answered(self) -> None:
        """A request that waited is done."""
        self._waiting -= 1

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
