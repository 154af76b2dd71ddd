"""Only reads can be put into bytes, and what may be asked is bounded."""

import re
from pathlib import Path

import pytest

import telemetry
from telemetry.errors import ConfigError
from telemetry.transports.base import ModbusIdentity, ModbusRead
from telemetry.transports.modbus_frames import (
    WrongAnswer,
    crc16,
    identity_answer,
    request_pdu,
    rtu_frame,
    tcp_frame,
)


def test_the_crc_is_that_of_the_serial_line_guide() -> None:
    # "MODBUS over Serial Line V1.02", 6.2.2: 02 07 -> 41 12 as sent.
    assert rtu_frame(2, b"\7") == b"\2\7\x41\x12"
    assert crc16(b"123456789") == 0x4B37


def test_a_read_is_the_bytes_of_the_application_protocol_paper() -> None:
    # V1.1b3, 6.3: read holding registers 108..110.
    assert request_pdu(ModbusRead(1, 3, 107, 3)) == bytes.fromhex("03006B0003")
    assert tcp_frame(1, 17, b"\3\0\1\0\2") == bytes.fromhex("000100000006110300010002")
    assert request_pdu(ModbusIdentity(1)) == bytes.fromhex("2B0E0100")


@pytest.mark.parametrize("fc", [0, 5, 6, 15, 16, 22, 23, 43, 100])
def test_nothing_but_reads_can_be_asked(fc: int) -> None:
    with pytest.raises(ConfigError, match="only reads"):
        request_pdu(ModbusRead(1, fc, 0, 1))


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (ModbusRead(1, 3, 0, 0), r"count 0 is outside 1\.\.125"),
        (ModbusRead(1, 4, 0, 126), r"count 126 is outside 1\.\.125"),
        (ModbusRead(1, 1, 0, 2001), r"count 2001 is outside 1\.\.2000"),
        (ModbusRead(1, 3, 65535, 2), "pass 65535"),
        (ModbusRead(1, 3, -1, 2), "pass 65535"),
        (ModbusRead(256, 3, 0, 1), r"unit 256 is outside 0\.\.255"),
    ],
)
def test_a_request_beyond_the_limits_names_them(request_: ModbusRead, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        request_pdu(request_)


def test_the_last_register_can_be_read() -> None:
    assert request_pdu(ModbusRead(1, 3, 65535, 1)) == b"\3\xff\xff\0\1"


@pytest.mark.parametrize("pdu", ["2B0E010100000100", "2B0E01010000020002414201", "2B0E0101"])
def test_identification_that_is_cut_short_is_refused(pdu: str) -> None:
    with pytest.raises(WrongAnswer):
        identity_answer(bytes.fromhex(pdu))


def test_no_write_function_of_a_library_is_called_anywhere() -> None:
    root = Path(telemetry.__file__).parent
    for path in root.rglob("*.py"):
        if "emulator" not in path.parts:
            found = re.findall(r"\.write_(?:coils?|registers?)\b|mask_write", path.read_text())
            assert found == [], path
