"""How values lie in registers: one struct field a value, then what struct cannot do (rule 23).

Bytes inside a register come high byte first; the order of a value is put right before unpacking.
"""

from collections.abc import Callable
from functools import partial

from telemetry.profiles.model import Cell, WireType, WordOrder
from telemetry.texts import text_of_registers

#: What a finished raw value can be; None: the registers hold nothing that the type allows.
Finished = int | float | str | None
Finish = Callable[[object], Finished]

_CODES = {
    WireType.BIT: "H",
    WireType.UINT16: "H",
    WireType.INT16: "h",
    WireType.BCD16: "H",
    WireType.UINT32: "I",
    WireType.INT32: "i",
    WireType.BCD32: "I",
    WireType.UINT64: "Q",
    WireType.INT64: "q",
    WireType.FLOAT32: "f",
    WireType.FLOAT64: "d",
}


def code_of(cell: Cell) -> str:
    """The struct field (big endian) of a cell."""
    return _CODES.get(cell.type) or f"{cell.count * 2}s"


def bytes_of(cell: Cell, start: int) -> list[int]:
    """Where the bytes of a cell are, most significant first, if it begins at byte `start`."""
    words = range(cell.count)
    if cell.type is WireType.STRING:
        return [start + n for n in range(cell.count * 2)]
    if cell.order in (WordOrder.CDAB, WordOrder.DCBA):
        words = words[::-1]
    pair = (1, 0) if cell.order in (WordOrder.BADC, WordOrder.DCBA) else (0, 1)
    return [start + 2 * word + octet for word in words for octet in pair]


def finish_of(cell: Cell) -> Finish | None:
    """What is left to do after unpacking, or None."""
    if cell.type is WireType.STRING:
        return partial(_text, swapped=cell.swapped, wide=cell.wide)
    if cell.type is WireType.MOD10:
        return partial(_mod10, digits=cell.digits)
    if cell.type in (WireType.BCD16, WireType.BCD32):
        return _bcd
    if cell.mask is not None:
        shift = (cell.mask & -cell.mask).bit_length() - 1
        return partial(_masked, mask=cell.mask, shift=shift)
    return None


def _masked(raw: object, mask: int, shift: int) -> Finished:
    return (raw & mask) >> shift if isinstance(raw, int) else None


def _bcd(raw: object) -> Finished:
    """0x1234 is 1234; a nibble above 9 is no digit, so there is no value."""
    digits = f"{raw:x}" if isinstance(raw, int) else ""
    return int(digits) if digits.isdecimal() else None


def _mod10(raw: object, digits: int) -> Finished:
    """Registers of `digits` decimal digits each, most significant first."""
    if not isinstance(raw, bytes):
        return None
    limit, value = 10**digits, 0
    for n in range(0, len(raw), 2):
        part = int.from_bytes(raw[n : n + 2], "big")
        if part >= limit:
            return None
        value = value * limit + part
    return value


def _text(raw: object, *, swapped: bool, wide: bool) -> Finished:
    return text_of_registers(raw, swapped=swapped, wide=wide) if isinstance(raw, bytes) else None
