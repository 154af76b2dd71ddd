"""Answers from a recording: for tests, and to run a device's file through everything above."""

import time
from collections.abc import Callable

from telemetry.errors import NoAnswer, Refused
from telemetry.transports.base import Answer, ModbusRead, Request, SnmpGet, SnmpWalk, Varbind
from telemetry.transports.recording import Recording

_ILLEGAL_FUNCTION = 1
_ILLEGAL_ADDRESS = 2


def _utc_ms() -> int:
    return time.time_ns() // 1_000_000


class ReplayTransport:
    """See Transport. `recording` may be exchanged at any time; `silent` makes it not answer;
    `requests` holds what was asked, in order."""

    def __init__(self, recording: Recording, utc_ms: Callable[[], int] = _utc_ms) -> None:
        self.recording = recording
        self.silent = False
        self.requests: list[Request] = []
        self.is_open = False
        self._utc_ms = utc_ms
        self._order: list[str] = []
        self._ordered: Recording | None = None

    async def open(self) -> None:
        """See Transport."""
        self.is_open = True

    async def close(self) -> None:
        """See Transport."""
        self.is_open = False

    async def read(self, request: Request, timeout_s: float) -> Answer:
        """See Transport. What the recording lacks is missing (SNMP) or exception 2 (Modbus)."""
        self.requests.append(request)
        if self.silent or not self.is_open:
            raise NoAnswer(f"no answer within {timeout_s:g} s")
        varbinds = self.recording.varbinds
        if isinstance(request, SnmpGet):
            found = {oid: value for oid in request.oids if (value := varbinds.get(oid)) is not None}
            return Answer(self._utc_ms(), varbinds=found)
        if isinstance(request, SnmpWalk):
            return Answer(self._utc_ms(), varbinds=self._below(request))
        if isinstance(request, ModbusRead):
            return Answer(self._utc_ms(), words=self._words(request))
        raise Refused("device identification is not recorded", _ILLEGAL_FUNCTION)

    def _below(self, request: SnmpWalk) -> dict[str, Varbind]:
        if self._ordered is not self.recording:
            self._order = sorted(self.recording.varbinds, key=_numbers)
            self._ordered = self.recording
        below = [oid for oid in self._order if oid.startswith(f"{request.oid}.")]
        return {oid: self.recording.varbinds[oid] for oid in below[: request.limit]}

    def _words(self, request: ModbusRead) -> tuple[int, ...]:
        registers = self.recording.registers
        places = range(request.address, request.address + request.count)
        try:
            return tuple(registers[request.fc, address] for address in places)
        except KeyError as missing:
            raise Refused(f"exception 2: nothing at {missing}", _ILLEGAL_ADDRESS) from missing


def _numbers(oid: str) -> tuple[int, ...]:
    return tuple(int(part) for part in oid.split("."))
