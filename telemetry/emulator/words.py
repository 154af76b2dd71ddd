"""From raw values to registers: `telemetry.wire`, backwards. Pure."""

import math
import struct

from telemetry.emulator.encode import Raw, Wire
from telemetry.profiles.model import Cell, WireType
from telemetry.wire import bytes_of, code_of

_RANGES = {
    WireType.BIT: (0, 1),
    WireType.UINT16: (0, 2**16 - 1),
    WireType.INT16: (-(2**15), 2**15 - 1),
    WireType.UINT32: (0, 2**32 - 1),
    WireType.INT32: (-(2**31), 2**31 - 1),
    WireType.UINT64: (0, 2**64 - 1),
    WireType.INT64: (-(2**63), 2**63 - 1),
    WireType.BCD16: (0, 9_999),
    WireType.BCD32: (0, 99_999_999),
}
_FLOATS = {WireType.FLOAT32: 3.0e38, WireType.FLOAT64: 1.0e300}


def wire_of(cell: Cell) -> Wire:
    """What a cell can carry."""
    if cell.type in _FLOATS:
        largest = _FLOATS[cell.type]
        return Wire(-largest, largest, whole=False)
    if cell.type is WireType.STRING:
        return Wire(0, 0, text=True)
    if cell.type is WireType.MOD10:
        return Wire(0, 10 ** (cell.digits * cell.count) - 1)
    if cell.mask is not None:
        return Wire(0, cell.mask // (cell.mask & -cell.mask))
    low, high = _RANGES[cell.type]
    return Wire(low, high)


def words_of(cell: Cell, raw: Raw) -> tuple[int, ...]:
    """`cell.count` registers in the order of the device; masked values come in their place, with
    zeros around them."""
    octets = _octets(cell, raw)
    placed = bytearray(len(octets))
    for octet, place in zip(octets, bytes_of(cell, 0), strict=True):
        placed[place] = octet
    return struct.unpack(f">{cell.count}H", placed)


def silent_words(cell: Cell) -> tuple[int, ...]:
    """What stands where a device has no way to say "no value": the lowest of a signed type, all
    ones of another, no bit of a mask. It is out of every range, so nobody takes it for a value."""
    if cell.type is WireType.BIT or cell.mask is not None:
        return (0,) * cell.count
    if cell.type in (WireType.INT16, WireType.INT32, WireType.INT64):
        return words_of(cell, _RANGES[cell.type][0])
    return (0xFFFF,) * cell.count


def _octets(cell: Cell, raw: Raw) -> bytes:
    """The bytes of a value, most significant first."""
    if cell.type is WireType.STRING:
        return _text(cell, raw if isinstance(raw, bytes) else str(raw).encode())
    if cell.type in _FLOATS:
        return struct.pack(f">{code_of(cell)}", float(raw))
    number = 0 if isinstance(raw, float) and math.isnan(raw) else int(raw)
    if cell.type is WireType.MOD10:
        limit = 10**cell.digits
        parts = [number // limit**n % limit for n in reversed(range(cell.count))]
        return struct.pack(f">{cell.count}H", *parts)
    if cell.type in (WireType.BCD16, WireType.BCD32):
        number = int(str(number), 16)
    if cell.mask is not None:
        number = number * (cell.mask & -cell.mask) & cell.mask
        return number.to_bytes(cell.count * 2, "big")
    return struct.pack(f">{code_of(cell)}", number)


def _text(cell: Cell, octets: bytes) -> bytes:
    if cell.wide:
        octets = b"".join(bytes((0, octet)) for octet in octets)
    octets = octets[: cell.count * 2].ljust(cell.count * 2, b"\0")
    if cell.swapped:
        pairs = zip(octets[::2], octets[1::2], strict=True)
        octets = bytes(octet for high, low in pairs for octet in (low, high))
    return octets
