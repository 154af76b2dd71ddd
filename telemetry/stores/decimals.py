"""Columns of float64 as whole numbers, without loss, so that they pack into few bytes. Pure.

A device says decimals (0.1 V, 0.01 A): 412.3 is kept as 4123 and "divided by 10", which halves what
compression can do with the bits of the float. What is no decimal falls through a list of schemes,
each checked bit for bit, down to the bits of the float64 themselves.
"""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Numbers = NDArray[np.float64]


class Scheme(IntEnum):
    """How whole numbers become the column again. The number is what the file keeps."""

    EMPTY = 0  # nothing was read
    DIVIDED = 1  # k / 10**e
    MULTIPLIED = 2  # k * 10**-e, which is often another float than k / 10**e
    SINGLE = 3  # float32(k / 10**e): a decimal that came as a 32-bit float
    TABLE = 4  # the k-th of a table of distinct numbers
    BITS_32 = 5  # k is the bits of a float32
    BITS_64 = 6  # k is the bits of a float64


#: Decimal schemes in the order they are tried: what devices send first.
_DECIMAL = (
    *((Scheme.DIVIDED, e) for e in range(4)),
    *((Scheme.SINGLE, e) for e in range(1, 5)),
    *((Scheme.MULTIPLIED, e) for e in range(1, 4)),
    *((Scheme.DIVIDED, e) for e in range(4, 7)),
)
_GLANCE = 8
_LARGEST_TABLE = 65_535
_LARGEST = 2.0**62


def decimal_schemes(columns: Numbers) -> list[tuple[Scheme, int] | None]:
    """The decimal scheme and exponent of each row of `columns` (points x samples), or None.

    All rows are tried at once; a glance at the first samples spares most of the work.
    """
    found: list[tuple[Scheme, int] | None] = [None] * len(columns)
    left = np.arange(len(columns))
    for scheme, exponent in _DECIMAL:
        if not len(left):
            break
        glance = _fits(columns[left, :_GLANCE], scheme, exponent)
        fits = left[glance]
        fits = fits[_fits(columns[fits], scheme, exponent)]
        for row in fits.tolist():
            found[row] = scheme, exponent
        left = np.setdiff1d(left, fits)
    return found


def to_ints(column: Numbers, decimal: tuple[Scheme, int] | None) -> tuple[Scheme, Ints, Numbers]:
    """(scheme, whole numbers, table) of a column without gaps; the table is mostly empty."""
    no_table = column[:0]
    if not len(column):
        return Scheme.EMPTY, column.view(np.int64), no_table
    if decimal:
        return decimal[0], np.rint(column * 10.0 ** decimal[1]).astype(np.int64), no_table
    bits = column.view(np.int64)
    distinct, where = np.unique(bits, return_inverse=True)
    if len(distinct) <= min(len(bits) // 4, _LARGEST_TABLE):
        return _to_table(distinct, where)
    single = _to_single(column)
    if np.array_equal(single.astype(np.float64).view(np.int64), bits):
        return Scheme.BITS_32, single.view(np.int32).astype(np.int64), no_table
    return Scheme.BITS_64, bits, no_table


def to_numbers(scheme: Scheme, exponent: int, ints: Ints, table: Numbers) -> Numbers:
    """The column again, bit for bit."""
    if scheme is Scheme.TABLE:
        return table[ints]
    if scheme is Scheme.BITS_32:
        return ints.astype(np.int32).view(np.float32).astype(np.float64)
    if scheme is Scheme.BITS_64:
        return ints.view(np.float64)
    if scheme is Scheme.MULTIPLIED:
        return ints.astype(np.float64) * 10.0**-exponent
    if scheme is Scheme.SINGLE:
        return _to_single(ints / 10.0**exponent).astype(np.float64)
    return ints.astype(np.float64) / 10.0**exponent


def _to_table(distinct: Ints, where: NDArray[np.intp]) -> tuple[Scheme, Ints, Numbers]:
    """Numbers in order of size, so that neighbours in time are neighbours in the table."""
    numbers = distinct.view(np.float64)
    order = np.argsort(numbers, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return Scheme.TABLE, rank[where].astype(np.int64), numbers[order]


def _to_single(column: Numbers) -> NDArray[np.float32]:
    with np.errstate(over="ignore", under="ignore"):
        return column.astype(np.float32)


def _fits(columns: Numbers, scheme: Scheme, exponent: int) -> NDArray[np.bool_]:
    """Which rows the scheme gives back bit for bit (so -0.0, inf and NaN never fit)."""
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = np.rint(columns * 10.0**exponent)
        small = np.abs(scaled) < _LARGEST
    ints = np.where(small, scaled, 0.0).astype(np.int64)
    again = to_numbers(scheme, exponent, ints, columns[0, :0] if len(columns) else columns)
    same: NDArray[np.bool_] = (small & (again.view(np.int64) == columns.view(np.int64))).all(axis=1)
    return same
