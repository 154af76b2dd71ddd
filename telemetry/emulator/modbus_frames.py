"""Modbus frames as a server sees them: streams cut into requests, answers built. Pure.

MBAP (Modbus TCP) and RTU framing, fc 1-4; every other function becomes exception 1.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from telemetry.emulator.registers import BIT_FUNCTIONS, FUNCTIONS
from telemetry.errors import TelemetryError


class StreamLost(TelemetryError):
    """The bytes cannot be cut into frames any more; the connection must be closed."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. `tid` is 0 in RTU framing. `count` 0 means the request itself is malformed."""

    tid: int
    unit: int
    fc: int
    address: int = 0
    count: int = 0


class Framing(Protocol):
    """Cuts requests from a stream and wraps answers."""

    def take(self, buffer: bytearray) -> list[Ask]:
        """Requests that are whole, removed from the buffer; raises StreamLost."""

    def wrap(self, ask: Ask, pdu: bytes) -> bytes:
        """The bytes on the wire around an answer PDU."""


def answer_pdu(fc: int, values: Sequence[int]) -> bytes:
    """A good answer: byte count and registers, or bits from the lowest up."""
    if fc in BIT_FUNCTIONS:
        packed = bytearray((len(values) + 7) // 8)
        for at, bit in enumerate(values):
            packed[at // 8] |= bool(bit) << at % 8
        return bytes((fc, len(packed))) + packed
    return struct.pack(f">BB{len(values)}H", fc, (2 * len(values)) & 0xFF, *values)


def refusal_pdu(fc: int, code: int) -> bytes:
    """An exception answer."""
    return bytes((fc | 0x80, code))


def _ask(tid: int, unit: int, pdu: bytes) -> Ask:
    fc = pdu[0]
    if fc not in FUNCTIONS or len(pdu) != 5:
        return Ask(tid, unit, fc)
    address, count = struct.unpack(">HH", pdu[1:])
    return Ask(tid, unit, fc, address, count)


class Mbap:
    """Modbus TCP: the seven byte header carries transaction, length and unit."""

    def take(self, buffer: bytearray) -> list[Ask]:
        """Whole requests; a protocol id other than 0 or a length outside 2..254 is StreamLost."""
        asks: list[Ask] = []
        while len(buffer) >= 8:
            tid, protocol, length, unit = struct.unpack(">HHHB", buffer[:7])
            if protocol != 0 or not 2 <= length <= 254:
                raise StreamLost(f"not Modbus TCP: protocol {protocol}, length {length}")
            if len(buffer) < 6 + length:
                break
            asks.append(_ask(tid, unit, bytes(buffer[7 : 6 + length])))
            del buffer[: 6 + length]
        return asks

    def wrap(self, ask: Ask, pdu: bytes) -> bytes:
        """Header and PDU."""
        return struct.pack(">HHHB", ask.tid, 0, len(pdu) + 1, ask.unit) + pdu


class Rtu:
    """RTU framing over a stream: eight bytes with a checksum for fc 1-4, no transaction id."""

    def take(self, buffer: bytearray) -> list[Ask]:
        """Whole requests. Bytes whose checksum does not fit are thrown away, as a device does."""
        asks: list[Ask] = []
        while len(buffer) >= 8:
            frame = bytes(buffer[:8])
            if crc16(frame[:6]) != frame[6:]:
                buffer.clear()
                break
            asks.append(_ask(0, frame[0], frame[1:6]))
            del buffer[:8]
        return asks

    def wrap(self, ask: Ask, pdu: bytes) -> bytes:
        """Unit, PDU, checksum."""
        frame = bytes((ask.unit,)) + pdu
        return frame + crc16(frame)


def _crc_of_byte(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value


_CRC_TABLE = tuple(_crc_of_byte(value) for value in range(256))


def crc16(data: bytes) -> bytes:
    """The two checksum bytes in wire order (Modbus over serial line 1.02, section 6.2.2)."""
    crc = 0xFFFF
    for byte in data:
        crc = crc >> 8 ^ _CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc.to_bytes(2, "little")
