"""Modbus on the wire: requests to bytes, bytes to answers. Pure, and read-only by construction.

Layouts are those of "MODBUS Application Protocol Specification V1.1b3" (PDU), "MODBUS Messaging on
TCP/IP Implementation Guide V1.0b" (MBAP header) and "MODBUS over Serial Line V1.02" (RTU, CRC-16).
Functions 1-4 and 43/14 exist here and nothing else, so nothing can be written (rule 31).
"""

import struct
from dataclasses import dataclass
from typing import Final

from telemetry.errors import ConfigError, DeviceError, Refused
from telemetry.transports.base import ModbusIdentity, ModbusRead

MAX_REGISTERS: Final = 125
MAX_BITS: Final = 2000
MBAP: Final = struct.Struct(">HHHB")
HEADER_BYTES: Final = 6
"""Of the MBAP header, those before what its length field counts (which begins with the unit)."""

_READ: Final = struct.Struct(">BHH")
_IDENTITY_FC: Final = 43
_IDENTITY_MEI: Final = 14
_WORDS: Final = tuple(struct.Struct(f">{n}H") for n in range(MAX_REGISTERS + 1))

CODES: Final = {
    1: "illegal function",
    2: "illegal address",
    3: "illegal value",
    4: "device failure",
    5: "acknowledged, still working",
    6: "busy",
    8: "memory parity error",
    10: "gateway: no path to the unit",
    11: "gateway: the unit did not answer",
}


class WrongAnswer(DeviceError):
    """An answer to our request that is not what was asked for: cut short, another function."""


class StreamLost(DeviceError):
    """The byte stream is no longer at a frame's start; only a new connection helps (rule 7)."""


def request_pdu(request: ModbusRead | ModbusIdentity) -> bytes:
    """The PDU of a request. Raises ConfigError naming the field and its limit."""
    if not 0 <= request.unit <= 255:
        raise ConfigError(f"unit {request.unit} is outside 0..255")
    if isinstance(request, ModbusIdentity):
        return bytes((_IDENTITY_FC, _IDENTITY_MEI, 1, request.first))
    limit = {1: MAX_BITS, 2: MAX_BITS, 3: MAX_REGISTERS, 4: MAX_REGISTERS}.get(request.fc)
    if limit is None:
        raise ConfigError(f"function {request.fc} cannot be asked: only reads (1, 2, 3, 4)")
    if not 1 <= request.count <= limit:
        raise ConfigError(f"count {request.count} is outside 1..{limit} of function {request.fc}")
    if not 0 <= request.address <= 65536 - request.count:
        raise ConfigError(f"{request.count} from address {request.address} pass 65535")
    return _READ.pack(request.fc, request.address, request.count)


def tcp_frame(tid: int, unit: int, pdu: bytes) -> bytes:
    """The ADU of Modbus TCP."""
    return MBAP.pack(tid, 0, len(pdu) + 1, unit) + pdu


def whole_tcp(data: bytes) -> list[tuple[int, int, bytes]] | None:
    """The frame of a segment that is exactly one, as nearly all are; None for any other."""
    if len(data) > HEADER_BYTES:
        tid, protocol, length, unit = MBAP.unpack_from(data)
        if protocol == 0 and 3 <= length <= 254 and HEADER_BYTES + length == len(data):
            return [(tid, unit, data[7:])]
    return None


def split_tcp(buffer: bytearray) -> list[tuple[int, int, bytes]]:
    """Takes every whole ADU off the front of `buffer`: (tid, unit, pdu), in order (rule 8).

    Raises StreamLost for a header that cannot be (rule 7). The frames before it are then not
    given out either: they may have been made whole from the bytes of another.
    """
    frames: list[tuple[int, int, bytes]] = []
    at, end = 0, len(buffer)
    while end - at > HEADER_BYTES:
        tid, protocol, length, unit = MBAP.unpack_from(buffer, at)
        if protocol != 0 or not 3 <= length <= 254:
            raise StreamLost(f"header with protocol {protocol}, length {length}")
        stop = at + HEADER_BYTES + length
        if stop > end:
            break
        frames.append((tid, unit, bytes(buffer[at + 7 : stop])))
        at = stop
    if at:
        del buffer[:at]
    return frames


def read_answer(request: ModbusRead, pdu: bytes) -> tuple[int, ...]:
    """Registers, or bits as 0 and 1, of an answer. Raises Refused, WrongAnswer (rule 6)."""
    _raise_refusal(request.fc, pdu)
    fc, count = request.fc, request.count
    size = count * 2 if fc >= 3 else (count + 7) // 8
    if len(pdu) != size + 2 or pdu[0] != fc or pdu[1] != size:
        raise WrongAnswer(f"asked fc {fc} for {size} bytes, got fc {pdu[0]} with {len(pdu) - 2}")
    if fc >= 3:
        return _WORDS[count].unpack_from(pdu, 2)
    return tuple(pdu[2 + n // 8] >> n % 8 & 1 for n in range(count))


@dataclass(frozen=True, slots=True)
class IdentityPage:
    """One answer of function 43/14: objects by id, and where to go on (None: that was all)."""

    objects: dict[int, bytes]
    next_id: int | None


def identity_answer(pdu: bytes) -> IdentityPage:
    """Decodes function 43/14. Raises Refused, WrongAnswer."""
    _raise_refusal(_IDENTITY_FC, pdu)
    if len(pdu) < 7 or pdu[0] != _IDENTITY_FC or pdu[1] != _IDENTITY_MEI:
        raise WrongAnswer("not an answer to read device identification")
    more, next_id, count = pdu[4], pdu[5], pdu[6]
    objects: dict[int, bytes] = {}
    at = 7
    for _ in range(count):
        if at + 2 > len(pdu) or at + 2 + pdu[at + 1] > len(pdu):
            raise WrongAnswer("device identification is cut short")
        objects[pdu[at]] = pdu[at + 2 : at + 2 + pdu[at + 1]]
        at += 2 + pdu[at + 1]
    return IdentityPage(objects, next_id if more == 0xFF and next_id > 0 else None)


def _raise_refusal(fc: int, pdu: bytes) -> None:
    if len(pdu) == 2 and pdu[0] == fc | 0x80:
        code = pdu[1]
        raise Refused(f"exception {code} ({CODES.get(code, 'unknown code')})", code)


def crc16(data: bytes) -> int:
    """CRC of Modbus RTU: reflected 0xA001, start 0xFFFF."""
    crc = 0xFFFF
    for byte in data:
        crc = crc >> 8 ^ _CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc


def _crc_entry(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ 0xA001 if byte & 1 else byte >> 1
    return byte


_CRC_TABLE: Final = tuple(_crc_entry(byte) for byte in range(256))


def rtu_frame(unit: int, pdu: bytes) -> bytes:
    """The frame of Modbus RTU: unit, PDU, CRC with its low byte first."""
    body = bytes((unit,)) + pdu
    return body + crc16(body).to_bytes(2, "little")


def rtu_length(request: ModbusRead | ModbusIdentity, buffer: bytearray) -> int | None:
    """How long the answer to `request` at the front of `buffer` is, None when not yet known."""
    if len(buffer) < 2:
        return None
    if buffer[1] & 0x80:
        return 5
    if isinstance(request, ModbusIdentity):
        return _identity_length(buffer)
    return 5 + (request.count * 2 if request.fc >= 3 else (request.count + 7) // 8)


def _identity_length(buffer: bytearray) -> int | None:
    at = 8
    for _ in range(buffer[7] if len(buffer) >= at else 0):
        if len(buffer) < at + 2:
            return None
        at += 2 + buffer[at + 1]
    return at + 2 if len(buffer) >= 8 else None


def open_rtu(frame: bytes) -> tuple[int, bytes]:
    """Unit and PDU of a whole RTU frame. Raises StreamLost on a wrong CRC (rule 10)."""
    if int.from_bytes(frame[-2:], "little") != crc16(frame[:-2]):
        raise StreamLost("wrong CRC")
    return frame[0], frame[1:-2]
