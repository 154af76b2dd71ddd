"""A recording answers as the device did."""

from pathlib import Path

import pytest

from telemetry.errors import ConfigError, NoAnswer, Refused
from telemetry.transports.base import ModbusIdentity, ModbusRead, SnmpGet, SnmpWalk
from telemetry.transports.recording import Recording, load, parse
from telemetry.transports.replay import ReplayTransport

LINES = [
    "# a small agent",
    "1.3.6.1.2.1.1.1.0|4|A device | with a bar",
    "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.318.1.3.4.6",
    "1.3.6.1.4.1.9.2.10|2|-10",
    "1.3.6.1.4.1.9.2.9|66|9",
    "1.3.6.1.4.1.9.20.1|70|18446744073709551615",
    ".1.3.6.1.4.1.9.3.0|4x|00FF41",
    "1.3.6.1.4.1.9.4.0|64x|7F000001",
    "1.3.6.1.4.1.9.5.0|5|",
    "1.3.6.1.4.1.9.6.0|2:numeric|rate=1",
    "",
    "3:100|0x1234",
    "3:101|7",
]


async def replaying(lines: list[str]) -> ReplayTransport:
    transport = ReplayTransport(parse(lines, "lines"), utc_ms=lambda: 1234)
    await transport.open()
    return transport


async def test_objects_come_with_their_types_and_missing_ones_are_left_out() -> None:
    transport = await replaying(LINES)
    oids = ("1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.2.0", "1.3.6.1.4.1.9.3.0", "1.3.6.1.4.1.9.4.0")
    answer = await transport.read(SnmpGet((*oids, "1.3.6.1.4.1.9.5.0", "1.3.6.1.4.1.9.6.0")), 1.0)
    assert list(answer.varbinds.values()) == [
        b"A device | with a bar",
        "1.3.6.1.4.1.318.1.3.4.6",
        b"\0\xffA",
        "127.0.0.1",
    ]
    assert answer.at_ms == 1234


async def test_a_walk_is_in_numeric_order_below_its_object_only_and_has_an_end() -> None:
    transport = await replaying(LINES)
    whole = await transport.read(SnmpWalk("1.3.6.1.4.1.9.2"), 1.0)
    assert dict(whole.varbinds) == {"1.3.6.1.4.1.9.2.9": 9, "1.3.6.1.4.1.9.2.10": -10}
    assert list(whole.varbinds) == ["1.3.6.1.4.1.9.2.9", "1.3.6.1.4.1.9.2.10"]
    one = await transport.read(SnmpWalk("1.3.6.1.4.1.9.2", limit=1), 1.0)
    assert list(one.varbinds) == ["1.3.6.1.4.1.9.2.9"]


async def test_registers_come_as_words_and_a_hole_is_exception_2() -> None:
    transport = await replaying(LINES)
    assert (await transport.read(ModbusRead(1, 3, 100, 2), 1.0)).words == (0x1234, 7)
    for request in (ModbusRead(1, 3, 101, 2), ModbusRead(1, 4, 100, 1)):
        with pytest.raises(Refused) as refused:
            await transport.read(request, 1.0)
        assert refused.value.code == 2
    with pytest.raises(Refused):
        await transport.read(ModbusIdentity(1), 1.0)


async def test_a_silent_or_closed_device_does_not_answer() -> None:
    transport = await replaying(LINES)
    transport.silent = True
    with pytest.raises(NoAnswer):
        await transport.read(ModbusRead(1, 3, 100, 1), 1.0)
    transport.silent = False
    await transport.close()
    with pytest.raises(NoAnswer):
        await transport.read(ModbusRead(1, 3, 100, 1), 1.0)
    assert len(transport.requests) == 2


@pytest.mark.parametrize("line", ["1.3.6|2|x", "1.3.6|99|1", "1.3.6", "3:x|1", "3:1|y", "1.3|4x|0"])
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(ConfigError, match="rec:2: expected"):
        parse(["# head", line], "rec")


def test_a_file_is_read_and_a_missing_one_named(tmp_path: Path) -> None:
    path = tmp_path / "device.snmprec"
    path.write_text("\n".join(LINES))
    assert load(path) == parse(LINES, "x")
    assert isinstance(load(path), Recording)
    with pytest.raises(ConfigError, match=r"other\.snmprec"):
        load(tmp_path / "other.snmprec")
