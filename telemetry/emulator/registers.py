"""The register image of one Modbus unit: cells with live words, and what happens in the holes."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from telemetry.errors import TelemetryError

ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE = 1, 2, 3
BUSY, PATH_UNAVAILABLE, NO_TARGET_ANSWER = 6, 10, 11
BIT_FUNCTIONS = frozenset({1, 2})
FUNCTIONS = frozenset({1, 2, 3, 4})

Words = Callable[[], Sequence[int]]


class ModbusError(TelemetryError):
    """The unit refuses; `code` is the Modbus exception code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"Modbus exception {code}")
        self.code = code


class Unit(Protocol):
    """What answers for one unit id."""

    def read(self, fc: int, address: int, count: int) -> list[int]:
        """`count` words (fc 3, 4) or bits as 0 or 1 (fc 1, 2); raises ModbusError."""

    @property
    def identity(self) -> Mapping[int, str]:
        """Texts of function 43/14 by object; empty where the unit does not know the function."""


@dataclass(frozen=True, slots=True)
class WordSlot:
    """A value at fc and address, `width` registers wide; `words` gives exactly so many."""

    fc: int
    address: int
    width: int
    words: Words


@dataclass(frozen=True, slots=True)
class Manners:
    """How a device treats reads that do not fit its map (telemetry.md sections 2 and 5).

    holes       "error": any undefined register refuses the read; "zeros": it reads 0 inside a
                block, but a block may not start on it
    max_words, max_bits, over_limit   longest read, and the exception code above it
    cut_values  "serve" or "refuse" a read that starts or ends inside a value
    """

    holes: Literal["error", "zeros"] = "error"
    max_words: int = 125
    max_bits: int = 2000
    over_limit: int = ILLEGAL_VALUE
    cut_values: Literal["serve", "refuse"] = "serve"


class RegisterImage:
    """A Unit over cells that do not overlap. Cells of one function are kept in order."""

    def __init__(
        self,
        cells: Iterable[WordSlot],
        manners: Manners | None = None,
        identity: Mapping[int, str] | None = None,
    ) -> None:
        self.manners = manners or Manners()
        self.identity: Mapping[int, str] = identity or {}
        self._cells: dict[int, list[WordSlot]] = {}
        for cell in sorted(cells, key=lambda c: (c.fc, c.address)):
            row = self._cells.setdefault(cell.fc, [])
            if row and row[-1].address + row[-1].width > cell.address:
                raise ValueError(f"two values at fc{cell.fc}:{cell.address}")
            row.append(cell)
        self._starts = {fc: [cell.address for cell in row] for fc, row in self._cells.items()}

    def read(self, fc: int, address: int, count: int) -> list[int]:
        """Words from `address`; raises ModbusError as the manners of the device say."""
        row = self._cells.get(fc)
        if row is None:
            raise ModbusError(ILLEGAL_FUNCTION if fc not in FUNCTIONS else ILLEGAL_ADDRESS)
        self._check_length(fc, count)
        end = address + count
        first = bisect_right(self._starts[fc], address) - 1
        if first < 0 or row[first].address + row[first].width <= address:
            first += 1
        touched = row[first : bisect_left(self._starts[fc], end)]
        self._check_shape(touched, address, end)
        out = [0] * count
        for cell in touched:
            _lay(out, cell, address)
        return out

    def _check_length(self, fc: int, count: int) -> None:
        limit = self.manners.max_bits if fc in BIT_FUNCTIONS else self.manners.max_words
        if count > limit:
            raise ModbusError(self.manners.over_limit)

    def _check_shape(self, touched: Sequence[WordSlot], address: int, end: int) -> None:
        if not touched or touched[0].address > address or end > 0x10000:
            raise ModbusError(ILLEGAL_ADDRESS)
        if self.manners.cut_values == "refuse":
            last = touched[-1]
            if touched[0].address < address or last.address + last.width > end:
                raise ModbusError(ILLEGAL_ADDRESS)
        if self.manners.holes == "error":
            covered = sum(
                min(cell.address + cell.width, end) - max(cell.address, address) for cell in touched
            )
            if covered < end - address:
                raise ModbusError(ILLEGAL_ADDRESS)


def _lay(out: list[int], cell: WordSlot, address: int) -> None:
    """Put the cell's words at their places in `out`, which begins at `address`."""
    words = cell.words()
    skip = max(address - cell.address, 0)
    at = cell.address + skip - address
    part = words[skip : skip + len(out) - at]
    out[at : at + len(part)] = part
