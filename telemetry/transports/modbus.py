"""Modbus over TCP, and RTU frames over TCP, for many devices on few connections."""

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from telemetry.errors import ConfigError
from telemetry.transports.base import Answer, ModbusIdentity, ModbusRead, Request
from telemetry.transports.counters import LineCounts
from telemetry.transports.modbus_line import Line
from telemetry.transports.modbus_settings import Framing, LineSettings
from telemetry.transports.reconnect import ConnectGate

Key = tuple[str, int]

_NOT_OPEN: Final = "the transport is not open"


@dataclass(slots=True)
class _Shared:
    line: Line
    users: int = 1


class Lines:
    """The connections of this process, by host and port, reference counted (rule 5)."""

    def __init__(self, gate: ConnectGate | None = None) -> None:
        self._gate = gate or ConnectGate()
        self._lines: dict[Key, _Shared] = {}

    def join(self, host: str, port: int, settings: LineSettings) -> Line:
        """The line to host:port, made if new. ConfigError when its framing is another."""
        shared = self._lines.get((host, port))
        if shared is None:
            shared = _Shared(Line(host, port, settings, self._gate))
            self._lines[host, port] = shared
            return shared.line
        framing = shared.line.settings.framing
        if framing is not settings.framing:
            problem = f"is already read with framing {framing}, not {settings.framing}"
            raise ConfigError(f"{problem}; give all devices behind it one", f"{host}:{port}")
        shared.users += 1
        # Several devices behind one address are units of a gateway: one request at a time (rule 9).
        shared.line.adapt(replace(settings, window=1))
        return shared.line

    async def leave(self, line: Line) -> None:
        """One user less; the last one closes the connection."""
        shared = self._lines[line.host, line.port]
        shared.users -= 1
        if shared.users == 0:
            del self._lines[line.host, line.port]
            await line.close()

    def users(self, line: Line) -> int:
        """How many transports use the line now."""
        shared = self._lines.get((line.host, line.port))
        return 0 if shared is None else shared.users

    def look(self) -> MappingProxyType[str, LineCounts]:
        """The counters of every line, by host:port."""
        looks = {f"{h}:{p}": shared.line.look() for (h, p), shared in self._lines.items()}
        return MappingProxyType(looks)


class ModbusTransport:
    """One device, on a line that it may share. See Transport."""

    def __init__(
        self, host: str, port: int, settings: LineSettings | None = None, lines: Lines | None = None
    ) -> None:
        self._host, self._port = host, port
        self._settings = settings or LineSettings()
        self._lines = lines or Lines()
        self._line: Line | None = None

    async def open(self) -> None:
        """Joins the line; it connects when first asked. ConfigError on a conflict of framing."""
        if self._line is None:
            self._line = self._lines.join(self._host, self._port, self._settings)

    async def read(self, request: Request, timeout_s: float) -> Answer:
        """See Transport. Also raises LineDown (a NoAnswer) when there is no connection to be had,
        DeviceError for an answer to us that is not what was asked."""
        if self._line is None:
            raise ConfigError(_NOT_OPEN, f"{self._host}:{self._port}")
        if not isinstance(request, (ModbusRead, ModbusIdentity)):
            raise ConfigError(f"a Modbus line cannot ask {type(request).__name__}")
        return await self._line.ask(request, timeout_s)

    async def close(self) -> None:
        """See Transport."""
        line, self._line = self._line, None
        if line is not None:
            await self._lines.leave(line)

    @property
    def shared(self) -> bool:
        """True while other transports use the same line."""
        return self._line is not None and self._lines.users(self._line) > 1

    @property
    def counters(self) -> LineCounts | None:
        """The line's counters; None when not open."""
        return None if self._line is None else self._line.look()


def direct(*, window: int = 1, settle_s: float = 0.0, gap_s: float = 0.0) -> LineSettings:
    """Settings for a device with its own socket."""
    return LineSettings(window=window, settle_s=settle_s, gap_s=gap_s)


def rtu_gateway(*, gap_s: float = 0.005, unit_gap_s: float = 0.03) -> LineSettings:
    """Settings for RTU frames over TCP: one request at a time, a pause where the unit changes."""
    return LineSettings(Framing.RTU, gap_s=gap_s, unit_gap_s=unit_gap_s)
