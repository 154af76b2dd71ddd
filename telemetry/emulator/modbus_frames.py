"""Modbus frames as a server sees them: streams cut into requests, answers built. Pure.

MBAP (Modbus TCP) and RTU framing, fc 1-4 and 43/14; every other function becomes exception 1.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from telemetry.emulator.registers import BIT_FUNCTIONS, FUNCTIONS
from telemetry.errors import TelemetryError

IDENTITY_FC, IDENTITY_MEI, ONE_OBJECT = 43, 14, 4
LONGEST_TEXT, LONGEST_BODY = 240, 245


class StreamLost(TelemetryError):
    """The bytes cannot be cut into frames any more; the connection must be closed."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. `tid` is 0 in RTU framing. `count` 0 means the request itself is malformed.
    `data` is what follows a function other than 1-4."""

    tid: int
    unit: int
    fc: int
    address: int = 0
    count: int = 0
    data: bytes = b""


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


def identity_pdu(ask: Ask, objects: Mapping[int, str]) -> bytes | None:
    """The answer to function 43/14 from the object asked for on; None where it is another request
    or the object is not there. One object may be asked for by itself (code 4)."""
    if len(ask.data) != 3 or ask.data[0] != IDENTITY_MEI or not 1 <= ask.data[1] <= 4:
        return None
    code, first = ask.data[1], ask.data[2]
    texts = {n: text.encode()[:LONGEST_TEXT] for n, text in sorted(objects.items()) if n >= first}
    if first not in objects:
        return None
    if code == ONE_OBJECT:
        texts = {first: texts[first]}
    body, more, following = b"", 0, 0
    for number, text in texts.items():
        if len(body) + len(text) + 2 > LONGEST_BODY:
            more, following = 0xFF, number
            break
        body += bytes((number, len(text))) + text
    count = sum(1 for n in texts if not more or n < following)
    return bytes((IDENTITY_FC, IDENTITY_MEI, code, 0x81, more, following, count)) + body


def _ask(tid: int, unit: int, pdu: bytes) -> Ask:
    fc = pdu[0]
    if fc not in FUNCTIONS or len(pdu) != 5:
        return Ask(tid, unit, fc, data=pdu[1:])
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
    """RTU framing over a stream: eight bytes with a checksum for fc 1-4 (seven for 43/14), no
    transaction id."""

    def take(self, buffer: bytearray) -> list[Ask]:
        """Whole requests. Bytes whose checksum does not fit are thrown away, as a device does."""
        asks: list[Ask] = []
        while len(buffer) >= 2 and len(buffer) >= (size := 7 if buffer[1] == IDENTITY_FC else 8):
            frame = bytes(buffer[:size])
            if crc16(frame[:-2]) != frame[-2:]:
                buffer.clear()
                break
            asks.append(_ask(0, frame[0], frame[1:-2]))
            del buffer[:size]
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
