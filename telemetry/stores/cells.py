"""The small blobs of the embedded store: one block's cells, its raw values, last usable numbers.

All little-endian, n being the points of the layout:
    cells   n quality codes, then n float64
    raw     b"q" and n int64, or b"d" and n float64, or b"j" and a JSON list
    last    n float64, then n int64 times in ms; absent where the block itself is all usable
"""

import json
import math
import struct
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from telemetry.errors import StoreError
from telemetry.sample import Quality, Raw
from telemetry.stores.buckets import Codes, Numbers, usable

Unpacker = Callable[[bytes, bytes], tuple[tuple[float, ...], bytes, tuple[Raw, ...]]]

_LONGS = ord("q")
_UNUSABLE = bytes(code for code in Quality if not code.usable)
_NO_UNUSABLE = bytes.maketrans(_UNUSABLE, b"\xff" * len(_UNUSABLE))


def pack_cells(values: tuple[float, ...], quality: bytes) -> bytes:
    """Quality codes and values of one block."""
    return quality + _doubles(len(values)).pack(*values)


def unpack_cells(blob: bytes, points: int) -> tuple[tuple[float, ...], bytes]:
    """(values, quality) of one block."""
    return _doubles(points).unpack_from(blob, points), blob[:points]


def unpack_rows(blobs: list[bytes], points: int) -> tuple[Numbers, Codes]:
    """(values, quality) of many blocks, each rows x points; views, not copies."""
    cells = np.dtype([("quality", "u1", (points,)), ("values", "<f8", (points,))])
    rows = np.frombuffer(b"".join(blobs), dtype=cells)
    return rows["values"], rows["quality"]


def pack_raw(raw: tuple[Raw, ...]) -> bytes:
    """Raw values; whole numbers, the usual case, take the short way."""
    try:
        return b"q" + _longs(len(raw)).pack(*raw)
    except struct.error:
        pass
    if all(type(item) is float for item in raw):
        return b"d" + _doubles(len(raw)).pack(*raw)
    return b"j" + json.dumps(raw, ensure_ascii=False, separators=(",", ":")).encode()


def unpack_raw(blob: bytes, points: int) -> tuple[Raw, ...]:
    """Raw values with their types. Raises StoreError on another version's form."""
    form = blob[:1]
    if form == b"q":
        return _longs(points).unpack_from(blob, 1)
    if form == b"d":
        return _doubles(points).unpack_from(blob, 1)
    if form == b"j":
        return tuple(json.loads(blob[1:]))
    raise StoreError(f"raw values in a form this program does not know: {form!r}")


def pack_last(values: tuple[float, ...], at_ms: tuple[int, ...]) -> bytes:
    """Last usable numbers and their times."""
    return _doubles(len(values)).pack(*values) + _longs(len(at_ms)).pack(*at_ms)


def unpack_last(blob: bytes, points: int) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """(numbers, times in ms)."""
    return _doubles(points).unpack_from(blob), _longs(points).unpack_from(blob, 8 * points)


def all_usable(values: tuple[float, ...], quality: bytes) -> bool:
    """True where every cell is usable. A finite sum proves that every addend is finite."""
    return 255 not in quality.translate(_NO_UNUSABLE) and math.isfinite(sum(values))


def usable_cells(values: tuple[float, ...], quality: bytes) -> list[bool]:
    """Which cells are usable, along the points."""
    flags = usable(np.array(values, dtype=np.float64), np.frombuffer(quality, np.uint8))
    return [bool(flag) for flag in flags]


def unpacker(points: int) -> Unpacker:
    """The inverse of pack_cells and pack_raw for one number of points, with nothing to look up.

    Reading the newest of thousands of devices is spent here.
    """
    doubles, longs = _doubles(points).unpack_from, _longs(points).unpack_from

    def unpack(cells: bytes, raw: bytes) -> tuple[tuple[float, ...], bytes, tuple[Raw, ...]]:
        raws = longs(raw, 1) if raw[0] == _LONGS else unpack_raw(raw, points)
        return doubles(cells, points), cells[:points], raws

    return unpack


@lru_cache(maxsize=1024)
def _doubles(count: int) -> struct.Struct:
    return struct.Struct(f"<{count}d")


@lru_cache(maxsize=1024)
def _longs(count: int) -> struct.Struct:
    return struct.Struct(f"<{count}q")
