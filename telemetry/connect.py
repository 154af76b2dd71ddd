"""From an assignment to a transport: the one place that knows which line needs which."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from telemetry.errors import ConfigError
from telemetry.profiles.model import ModbusRules, SnmpRules
from telemetry.target import Line, Target
from telemetry.transports.base import Transport
from telemetry.transports.counters import LineCounts
from telemetry.transports.modbus import Lines, ModbusTransport, direct, rtu_gateway
from telemetry.transports.modbus_settings import LineSettings
from telemetry.transports.snmp import SnmpTransport
from telemetry.transports.snmp_settings import SnmpSettings, SnmpUser

GATEWAY_TIMEOUT_S: Final = 3.0
"""At least the gateway's own time-out on the serial side, and a little (rule 11)."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets of an SNMPv3 user; they come from a credential, never from a URL."""

    auth: str = ""
    priv: str = ""

    def __repr__(self) -> str:
        return "Keys(***)"


@dataclass(frozen=True, slots=True)
class Wired:
    """A transport and how to use it. `timeout_s` for each request; `units_wait` is True while
    other units wait for the same line; `look` gives the line's counters."""

    transport: Transport
    timeout_s: Callable[[], float]
    units_wait: Callable[[], bool]
    look: Callable[[], LineCounts | None]
    window: int = 1


def connect(
    target: Target,
    modbus: ModbusRules,
    snmp: SnmpRules,
    lines: Lines,
    keys: Keys = Keys(),
) -> Wired:
    """The transport for a target, not yet open. Raises ConfigError for what cannot be reached."""
    if target.line in (Line.SNMP, Line.SNMP3):
        return _snmp(target, snmp, keys)
    if target.line is Line.MODBUS_SERIAL:
        problem = "serial lines are not read by this version; put a gateway before it (modbus+rtu)"
        raise ConfigError(problem, target.shown())
    return _modbus(target, modbus, lines)


def _snmp(target: Target, rules: SnmpRules, keys: Keys) -> Wired:
    user = None
    if target.version == 3:
        user = SnmpUser(target.user, target.auth, keys.auth, target.priv, keys.priv)
    settings = SnmpSettings(target.version, target.community, user, rules.max_oids)
    transport = SnmpTransport(target.host, target.port, settings)
    timeout_s = target.timeout_s or rules.timeout_s
    return Wired(transport, lambda: timeout_s, lambda: False, lambda: transport.counters)


def _modbus(target: Target, rules: ModbusRules, lines: Lines) -> Wired:
    rtu = target.line is Line.MODBUS_RTU_TCP
    transport = ModbusTransport(target.host, target.port, _line_settings(rules, rtu), lines)
    slow_s = max(rules.timeout_s, GATEWAY_TIMEOUT_S)

    def timeout_s() -> float:
        if target.timeout_s is not None:
            return target.timeout_s
        return slow_s if rtu or transport.shared else rules.timeout_s

    return Wired(
        transport, timeout_s, lambda: transport.shared, lambda: transport.counters, rules.window
    )


def _line_settings(rules: ModbusRules, rtu: bool) -> LineSettings:
    gap_s, settle_s = rules.min_gap_ms / 1000, rules.settle_ms / 1000
    if not rtu:
        return direct(window=rules.window, gap_s=gap_s, settle_s=settle_s)
    careful = rtu_gateway()
    return replace(
        careful,
        gap_s=max(careful.gap_s, gap_s),
        unit_gap_s=max(careful.unit_gap_s, gap_s),
        settle_s=settle_s,
    )
