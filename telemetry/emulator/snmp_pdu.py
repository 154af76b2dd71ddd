"""SNMP v1 and v2c messages (RFC 1157, RFC 3416): bytes <-> Message. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from telemetry.emulator import ber
from telemetry.emulator.ber import Malformed, Oid, Typed

V1, V2C = 0, 1
GET, GETNEXT, RESPONSE, SET, GETBULK = 0xA0, 0xA1, 0xA2, 0xA3, 0xA5
NO_ERROR, TOO_BIG, NO_SUCH_NAME, GEN_ERR, NOT_WRITABLE = 0, 1, 2, 5, 17

Varbinds = Sequence[tuple[Oid, Typed]]


@dataclass(frozen=True, slots=True)
class Message:
    """One datagram. For GETBULK `status` is non-repeaters and `index` max-repetitions."""

    version: int
    community: bytes
    pdu: int
    request_id: int
    varbinds: Varbinds
    status: int = 0
    index: int = 0


def encode_varbind(oid: Oid, value: Typed) -> bytes:
    """One name and value as a SEQUENCE."""
    return ber.tlv(ber.SEQUENCE, ber.tlv(ber.OID, ber.oid(oid)) + ber.typed(value))


def frame(request: Message, status: int, index: int, varbinds: bytes) -> bytes:
    """The response to `request` around an already encoded list of varbinds."""
    body = b"".join(
        ber.tlv(ber.INTEGER, ber.integer(n)) for n in (request.request_id, status, index)
    ) + ber.tlv(ber.SEQUENCE, varbinds)
    return _envelope(request.version, request.community, RESPONSE, body)


def encode(message: Message) -> bytes:
    """The whole datagram of any message."""
    numbers = (message.request_id, message.status, message.index)
    binds = b"".join(encode_varbind(oid, value) for oid, value in message.varbinds)
    body = b"".join(ber.tlv(ber.INTEGER, ber.integer(n)) for n in numbers)
    body += ber.tlv(ber.SEQUENCE, binds)
    return _envelope(message.version, message.community, message.pdu, body)


def _envelope(version: int, community: bytes, pdu: int, body: bytes) -> bytes:
    head = ber.tlv(ber.INTEGER, ber.integer(version)) + ber.tlv(ber.OCTETS, community)
    return ber.tlv(ber.SEQUENCE, head + ber.tlv(pdu, body))


def _take_integer(data: bytes, at: int, end: int) -> tuple[int, int]:
    start, stop = ber.expect(data, at, end, ber.INTEGER)
    return ber.read_integer(data, start, stop), stop


def _take_varbinds(data: bytes, at: int, end: int) -> list[tuple[Oid, Typed]]:
    at, end = ber.expect(data, at, end, ber.SEQUENCE)
    binds: list[tuple[Oid, Typed]] = []
    while at < end:
        inner, stop = ber.expect(data, at, end, ber.SEQUENCE)
        start, after = ber.expect(data, inner, stop, ber.OID)
        value, rest = ber.read_typed(data, after, stop)
        if rest != stop:
            raise Malformed("more than a name and a value in a varbind")
        binds.append((ber.read_oid(data[start:after]), value))
        at = stop
    return binds


def decode(data: bytes) -> Message:
    """The message in one datagram. Raises Malformed for anything else, v3 included."""
    at, end = ber.expect(data, 0, len(data), ber.SEQUENCE)
    version, at = _take_integer(data, at, end)
    if version not in (V1, V2C):
        raise Malformed(f"SNMP version number {version}")
    start, at = ber.expect(data, at, end, ber.OCTETS)
    community = data[start:at]
    pdu, at, end = ber.header(data, at, end)
    if pdu not in (GET, GETNEXT, RESPONSE, SET, GETBULK):
        raise Malformed(f"PDU type {pdu:#04x}")
    request_id, at = _take_integer(data, at, end)
    status, at = _take_integer(data, at, end)
    index, at = _take_integer(data, at, end)
    binds = _take_varbinds(data, at, end)
    return Message(version, community, pdu, request_id, binds, status, index)
