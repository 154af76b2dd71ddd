"""The tile grid of a room and its labels (SP-09). Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

TOLERANCE_MM = 1e-6


@dataclass(frozen=True, slots=True)
class TileSpan:
    """The tiles a rectangle covers; columns and rows count from 0, both ends inclusive."""

    first_column: int
    last_column: int
    first_row: int
    last_row: int

    def words(self) -> str:
        """`C1-2`, `AC12`, `A1-B2`."""
        first = tile_label(self.first_column, self.first_row)
        if self.first_column == self.last_column:
            same = self.first_row == self.last_row
            return first if same else f"{first}-{self.last_row + 1}"
        return f"{first}-{tile_label(self.last_column, self.last_row)}"


def column_letters(column: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    letters, rest = "", column
    while rest >= 0:
        letters = chr(ord("A") + rest % 26) + letters
        rest = rest // 26 - 1
    return letters


def tile_label(column: int, row: int) -> str:
    """The label of a tile, both counted from 0: (28, 11) -> AC12."""
    return f"{column_letters(column)}{row + 1}"


def tiles_under(x: float, y: float, width: float, depth: float, tile_mm: float) -> TileSpan:
    """The tiles that a rectangle (mm) overlaps with an area; touching edges do not count."""
    return TileSpan(*_along(x, width, tile_mm), *_along(y, depth, tile_mm))


def _along(start: float, length: float, tile_mm: float) -> tuple[int, int]:
    first = math.floor((start + TOLERANCE_MM) / tile_mm)
    last = math.ceil((start + length - TOLERANCE_MM) / tile_mm) - 1
    return first, max(first, last)


def grid_lines(length_mm: float, tile_mm: float) -> Sequence[float]:
    """Where the tile edges lie along a wall, 0 first, the wall itself last."""
    count = math.ceil(length_mm / tile_mm - TOLERANCE_MM)
    return [*(tile_mm * index for index in range(count)), length_mm]
