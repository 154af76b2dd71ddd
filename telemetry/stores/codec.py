"""The chunk: hours or a day of one device and poll class in one layout, as few bytes. Pure.

    header   version, CRC-32 of all that follows it, points, samples, size of the head, groups
    sizes    of the groups, uint32 each
    head     deflate: a COLUMN record per point (byte planes side by side), then the times
    groups   deflate, each: the planes of some columns, about GROUP_BYTES before compression

One column is read by inflating the head and one group. Columns are whole numbers (decimals.py),
as differences, zigzag, in the narrowest width, byte planes apart. A gap (NaN) costs a bit, a
quality that never changes costs nothing. Everything is little-endian.
"""

import struct
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telemetry.errors import StoreError
from telemetry.stores.buckets import Codes, Flags, Numbers, Times
from telemetry.stores.decimals import Ints, Scheme, decimal_schemes, to_ints, to_numbers

VERSION = 1
GROUP_BYTES = 8192
MIXED = 255

_HEADER = struct.Struct("<BIHIIH")
_CRC_TO = 5
_TIMES = struct.Struct("<qqB")
_COLUMN = np.dtype(
    [
        ("scheme", "u1"),
        ("exponent", "u1"),
        ("width", "u1"),
        ("quality", "u1"),  # the code of every cell, or MIXED: a plane of codes follows
        ("gaps", "u1"),  # 1: a bit plane of what is there comes first
        ("table", "<u2"),  # numbers in the table of Scheme.TABLE
        ("group", "<u2"),
        ("offset", "<u4"),
        ("base", "<i8"),
    ]
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows in order of time: `at_ms` (samples), `numbers` and `quality` (samples x points)."""

    at_ms: Times
    numbers: Numbers
    quality: Codes


def encode(chunk: Chunk) -> bytes:
    """The chunk as bytes. Times must rise; at most 65,535 points."""
    samples, points = chunk.numbers.shape
    records = np.zeros(points, dtype=_COLUMN)
    columns = np.ascontiguousarray(chunk.numbers.T)
    codes = np.ascontiguousarray(chunk.quality.T)
    there = ~np.isnan(columns)
    decimals = decimal_schemes(np.where(there, columns, 0.0))
    groups = [bytearray()]
    for row in range(points):
        if len(groups[-1]) >= GROUP_BYTES:
            groups.append(bytearray())
        records[row]["group"], records[row]["offset"] = len(groups) - 1, len(groups[-1])
        groups[-1] += _plane(records[row], columns[row], codes[row], there[row], decimals[row])
    head = _deflate(_shuffle(records.view(np.uint8).reshape(points, -1)) + _pack_times(chunk.at_ms))
    packed = [_deflate(group) for group in groups]
    header = _HEADER.pack(VERSION, 0, points, samples, len(head), len(packed))
    sizes = np.array([len(group) for group in packed], dtype="<u4").tobytes()
    body = b"".join((header[_CRC_TO:], sizes, head, *packed))
    return struct.pack("<BI", VERSION, zlib.crc32(body)) + body


def decode(blob: bytes) -> Chunk:
    """The chunk again, bit for bit (NaN as the usual NaN). Raises StoreError if damaged."""
    reader = _Reader(blob)
    cells = [reader.column(index) for index in range(len(reader.records))]
    shape = len(reader.at_ms), len(cells)
    numbers, quality = np.empty(shape), np.empty(shape, dtype=np.uint8)
    for index, (column, codes) in enumerate(cells):
        numbers[:, index], quality[:, index] = column, codes
    return Chunk(reader.at_ms, numbers, quality)


def decode_column(blob: bytes, index: int) -> tuple[Times, Numbers, Codes]:
    """(times, numbers, quality) of one point. Raises StoreError if damaged."""
    reader = _Reader(blob)
    return reader.at_ms, *reader.column(index)


class _Reader:
    """A chunk with its head inflated; groups are inflated when they are needed, once."""

    def __init__(self, blob: bytes) -> None:
        if len(blob) < _HEADER.size or blob[0] != VERSION:
            raise StoreError(f"not a chunk of version {VERSION}, which this program reads")
        _, crc, points, samples, head, groups = _HEADER.unpack_from(blob)
        if zlib.crc32(memoryview(blob)[_CRC_TO:]) != crc:
            raise StoreError("a damaged chunk: its checksum does not match")
        start = _HEADER.size + 4 * groups
        plain = _inflate(blob[start : start + head])
        size = points * _COLUMN.itemsize
        self._blob, self._start = blob, start + head
        self._sizes = np.frombuffer(blob, "<u4", groups, _HEADER.size).tolist()
        self.records = _unshuffle(plain[:size], points).view(_COLUMN).reshape(points)
        self.at_ms = _unpack_times(plain[size:], samples)
        self._groups: dict[int, bytes] = {}

    def column(self, index: int) -> tuple[Numbers, Codes]:
        record = self.records[index].item()
        return _unplane(dict(zip(_COLUMN.names or (), record, strict=True)), self)

    @property
    def samples(self) -> int:
        return len(self.at_ms)

    def group(self, index: int) -> bytes:
        if index not in self._groups:
            start = self._start + sum(self._sizes[:index])
            self._groups[index] = _inflate(self._blob[start : start + self._sizes[index]])
        return self._groups[index]


def _plane(
    record: np.void,
    column: Numbers,
    codes: Codes,
    there: Flags,
    decimal: tuple[Scheme, int] | None,
) -> bytes:
    """The bytes of one column; what reading it needs goes into the record."""
    gaps = not there.all()
    mixed = bool((codes != codes[0]).any())
    scheme, ints, table = to_ints(column[there] if gaps else column, decimal)
    base, width, packed = _pack_ints(ints)
    record["scheme"], record["exponent"] = scheme, decimal[1] if decimal else 0
    record["base"], record["width"], record["table"] = base, width, len(table)
    record["gaps"], record["quality"] = gaps, MIXED if mixed else codes[0]
    bits = np.packbits(there).tobytes() if gaps else b""
    return b"".join((bits, codes.tobytes() if mixed else b"", table.tobytes(), packed))


def _unplane(record: dict[str, int], chunk: _Reader) -> tuple[Numbers, Codes]:
    samples, offset = chunk.samples, record["offset"]
    plane = chunk.group(record["group"])
    there = None
    if record["gaps"]:
        bits = np.frombuffer(plane, np.uint8, (samples + 7) // 8, offset)
        there = np.unpackbits(bits, count=samples).view(np.bool_)
        offset += len(bits)
    codes = np.full(samples, record["quality"], dtype=np.uint8)
    if record["quality"] == MIXED:
        codes = np.frombuffer(plane, np.uint8, samples, offset)
        offset += samples
    table = np.frombuffer(plane, "<f8", record["table"], offset)
    count = samples if there is None else int(there.sum())
    ints = _unpack_ints(plane, offset + table.nbytes, count, record["base"], record["width"])
    numbers = to_numbers(Scheme(record["scheme"]), record["exponent"], ints, table)
    if there is None:
        return numbers, codes
    full = np.full(samples, np.nan)
    full[there] = numbers
    return full, codes


def _pack_ints(ints: Ints) -> tuple[int, int, bytes]:
    """(first, width in bytes, planes) of whole numbers as zigzag differences."""
    if not len(ints):
        return 0, 0, b""
    steps = np.diff(ints)
    zigzag = ((steps << 1) ^ (steps >> 63)).view(np.uint64)
    largest = int(zigzag.max(initial=0))
    width = next(w for w in (0, 1, 2, 4, 8) if largest < 1 << 8 * w)
    if not width:
        return int(ints[0]), 0, b""
    narrow = zigzag.astype(f"<u{width}")
    return int(ints[0]), width, _shuffle(narrow.view(np.uint8).reshape(-1, width))


def _unpack_ints(plane: bytes, offset: int, count: int, base: int, width: int) -> Ints:
    ints = np.full(count, base, dtype=np.int64)
    if count > 1 and width:
        part = plane[offset : offset + (count - 1) * width]
        zigzag = _unshuffle(part, count - 1).view(f"<u{width}").reshape(-1).astype(np.uint64)
        steps = (zigzag >> 1).view(np.int64) ^ -(zigzag & 1).view(np.int64)
        ints[1:] += np.cumsum(steps)
    return ints


def _pack_times(at_ms: Times) -> bytes:
    """Times as differences from the usual step."""
    steps = np.diff(at_ms)
    usual = int(np.median(steps)) if len(steps) else 0
    _, width, planes = _pack_ints(np.concatenate(([0], np.cumsum(steps - usual))))
    return _TIMES.pack(int(at_ms[0]), usual, width) + planes


def _unpack_times(plain: bytes, samples: int) -> Times:
    first, usual, width = _TIMES.unpack_from(plain)
    drift = _unpack_ints(plain, _TIMES.size, samples, 0, width)
    return np.asarray(first + usual * np.arange(samples, dtype=np.int64) + drift, dtype=np.int64)


def _shuffle(rows: NDArray[np.uint8]) -> bytes:
    """Byte planes side by side: (rows x width) to width runs."""
    return np.ascontiguousarray(rows.T).tobytes()


def _unshuffle(planes: bytes, rows: int) -> NDArray[np.uint8]:
    return np.ascontiguousarray(np.frombuffer(planes, np.uint8).reshape(-1, rows).T)


def _deflate(plain: bytes | bytearray) -> bytes:
    return zlib.compress(plain, 6, -15)


def _inflate(packed: bytes) -> bytes:
    return zlib.decompress(packed, -15)
