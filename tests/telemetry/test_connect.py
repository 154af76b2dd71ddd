"""From targets to transports: time-outs, windows, gaps, and what is refused."""

import pytest

from telemetry.connect import GATEWAY_TIMEOUT_S, Keys, connect
from telemetry.errors import ConfigError
from telemetry.profiles.model import ModbusRules, SnmpRules
from telemetry.target import parse
from telemetry.transports.modbus import Lines, ModbusTransport
from telemetry.transports.modbus_settings import Framing
from telemetry.transports.snmp import SnmpTransport

RULES = ModbusRules(timeout_s=1.0, window=4, min_gap_ms=50, settle_ms=1000)


async def test_a_direct_device_has_its_profiles_time_out_and_a_shared_line_a_gateways() -> None:
    lines = Lines()
    one = connect(parse("modbus://h:502?unit=1"), RULES, SnmpRules(), lines)
    two = connect(parse("modbus://h:502?unit=2"), RULES, SnmpRules(), lines)
    await one.transport.open()
    assert (one.timeout_s(), one.units_wait()) == (1.0, False)
    await two.transport.open()
    assert (one.timeout_s(), one.units_wait()) == (GATEWAY_TIMEOUT_S, True)
    assert isinstance(one.transport, ModbusTransport) and one.transport.counters is not None
    assert one.transport.counters.window == 1, "behind a gateway one request at a time"
    await two.transport.close()
    assert one.timeout_s() == 1.0
    await one.transport.close()


async def test_rtu_over_tcp_is_a_gateway_with_pauses() -> None:
    lines = Lines()
    wired = connect(parse("modbus+rtu://h?unit=3"), RULES, SnmpRules(), lines)
    assert wired.timeout_s() == GATEWAY_TIMEOUT_S
    await wired.transport.open()
    settings = lines.join("h", 502, wired.transport._settings).settings  # type: ignore[attr-defined]
    assert settings.framing is Framing.RTU
    assert (settings.gap_s, settings.unit_gap_s, settings.settle_s) == (0.05, 0.05, 1.0)


def test_the_urls_time_out_wins() -> None:
    for url in ("modbus://h?timeout=0.7", "modbus+rtu://h?timeout=0.7", "snmp://c@h?timeout=0.7"):
        assert connect(parse(url), RULES, SnmpRules(), Lines()).timeout_s() == 0.7


def test_snmp_versions_and_keys_are_passed_on_and_never_shown() -> None:
    keys = Keys("secret of auth", "secret of priv")
    assert "secret" not in repr(keys)
    target = parse("snmp3://me@h?auth=sha256&priv=aes256c")
    wired = connect(target, RULES, SnmpRules(), Lines(), keys)
    assert isinstance(wired.transport, SnmpTransport)
    with pytest.raises(ConfigError, match="fewer than 8"):
        connect(target, RULES, SnmpRules(), Lines(), Keys("short", "secret of priv"))


def test_a_serial_line_is_refused_with_a_way_out() -> None:
    target = parse("modbus+serial:///dev/ttyUSB0?unit=3")
    with pytest.raises(ConfigError, match="put a gateway before it"):
        connect(target, RULES, SnmpRules(), Lines())
