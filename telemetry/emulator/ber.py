"""BER as SNMP uses it (X.690 definite lengths, RFC 3416 section 3 types). Pure.

An OID is a tuple of ints. A decoded value is `Typed`: the tag and an int, bytes or OID.
Everything that is not well formed raises Malformed, whatever the bytes are.
"""

from dataclasses import dataclass
from functools import lru_cache

from telemetry.errors import TelemetryError

Oid = tuple[int, ...]

INTEGER, OCTETS, NULL, OID, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
IP_ADDRESS, COUNTER32, GAUGE32, TIMETICKS, OPAQUE, COUNTER64 = 0x40, 0x41, 0x42, 0x43, 0x44, 0x46
NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB = 0x80, 0x81, 0x82

UNSIGNED = frozenset({COUNTER32, GAUGE32, TIMETICKS, COUNTER64})
MAX_SUBIDS = 128
MAX_SUBID = 2**32 - 1


class Malformed(TelemetryError):
    """The bytes are not BER, or not what was expected at this place."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A value with its SNMP type: `value` is int, bytes, an OID, or None (NULL and exceptions)."""

    tag: int
    value: int | bytes | Oid | None = None


def tlv(tag: int, body: bytes) -> bytes:
    """Tag, definite length (short form below 128, else long), contents."""
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def header(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """(tag, start of contents, end of contents) of the TLV at `at`, which must end by `end`."""
    if at + 2 > end:
        raise Malformed(f"cut off at byte {at}")
    tag, size, start = data[at], data[at + 1], at + 2
    if tag & 0x1F == 0x1F:
        raise Malformed(f"a tag of several bytes at byte {at}")
    if size & 0x80:
        width = size & 0x7F
        if not 1 <= width <= 4 or start + width > end:
            raise Malformed(f"a length that SNMP does not use at byte {at + 1}")
        size = int.from_bytes(data[start : start + width], "big")
        start += width
    if start + size > end:
        raise Malformed(f"{size} bytes announced at byte {at}, {end - start} there")
    return tag, start, start + size


def expect(data: bytes, at: int, end: int, wanted: int) -> tuple[int, int]:
    """(start, end) of the contents at `at`, which must carry the tag `wanted`."""
    tag, start, stop = header(data, at, end)
    if tag != wanted:
        raise Malformed(f"tag {tag:#04x} at byte {at}, {wanted:#04x} expected")
    return start, stop


def integer(value: int) -> bytes:
    """Contents of a two's complement integer in the fewest bytes."""
    bits = (value if value >= 0 else value + 1).bit_length()
    return value.to_bytes(bits // 8 + 1, "big", signed=True)


def read_integer(data: bytes, start: int, stop: int) -> int:
    """The integer in data[start:stop]; at most 9 bytes (a Counter64 with its leading zero)."""
    if not 1 <= stop - start <= 9:
        raise Malformed(f"an integer of {stop - start} bytes")
    return int.from_bytes(data[start:stop], "big", signed=True)


def _subid(value: int) -> bytes:
    out = [value & 0x7F]
    while value := value >> 7:
        out.append(value & 0x7F | 0x80)
    return bytes(reversed(out))


@lru_cache(maxsize=65536)
def oid(value: Oid) -> bytes:
    """Contents of an OID of at least two sub-identifiers (the first two share one)."""
    if len(value) < 2 or value[0] > 2 or (value[0] < 2 and value[1] > 39):
        raise Malformed(f"not an OID: {value}")
    return b"".join(map(_subid, (value[0] * 40 + value[1], *value[2:])))


@lru_cache(maxsize=65536)
def read_oid(body: bytes) -> Oid:
    """The OID of these contents; sub-identifiers up to 2^32 - 1, 128 of them (RFC 3416 4.1)."""
    ids: list[int] = []
    value = 0
    for byte in body:
        value = value << 7 | byte & 0x7F
        if value > MAX_SUBID + 80:
            raise Malformed("a sub-identifier above 2^32 - 1")
        if not byte & 0x80:
            ids.append(value)
            value = 0
    if not ids or body[-1] & 0x80 or len(ids) >= MAX_SUBIDS:
        raise Malformed("an OID that is empty, cut off or too long")
    first = min(ids[0] // 40, 2)
    return (first, ids[0] - 40 * first, *ids[1:])


def typed(value: Typed) -> bytes:
    """The whole TLV of a value. Raises Malformed where tag and value do not go together."""
    content = value.value
    if isinstance(content, int):
        return tlv(value.tag, integer(content))
    if isinstance(content, bytes):
        return tlv(value.tag, content)
    if isinstance(content, tuple):
        return tlv(value.tag, oid(content))
    return tlv(value.tag, b"")


def read_typed(data: bytes, at: int, end: int) -> tuple[Typed, int]:
    """(the value at `at`, the byte after it). An unknown tag keeps its contents as bytes."""
    tag, start, stop = header(data, at, end)
    if tag == INTEGER or tag in UNSIGNED:
        return Typed(tag, read_integer(data, start, stop)), stop
    if tag == OID:
        return Typed(tag, read_oid(data[start:stop])), stop
    if tag in (NULL, NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB):
        return Typed(tag), stop
    return Typed(tag, data[start:stop]), stop


def dotted(value: Oid) -> str:
    """`1.3.6.1`, without a leading dot."""
    return ".".join(map(str, value))


def parse_dotted(text: str) -> Oid:
    """The OID of `1.3.6.1` or `.1.3.6.1`; raises Malformed."""
    parts = text.removeprefix(".").split(".")
    if len(parts) < 2 or not all(p.isascii() and p.isdigit() for p in parts):
        raise Malformed(f"not an OID: {text!r}")
    return tuple(map(int, parts))
