"""Rack units, half-units and how racks number them (SP-01, SP-02, SP-03).

Rows count from the bottom: U1 is the lowest, half-unit 1 is its lower half, so U n begins at
half-unit 2n - 1. What is printed on a rack may run the other way or begin elsewhere.
"""

import math
from dataclasses import dataclass

from facilities.errors import Refused

#: SP-01, EIA-310 / IEC 60297-3-100; and the taller unit of 21-inch Open Rack.
MM_PER_U = 44.45
MM_PER_OU = 48.0
PANEL_GAP_MM = 0.79
TOLERANCE = 1e-9
#: SP-01: the widths between rails that racks come in; 20 is in the community library.
WIDTHS_IN = (10, 19, 20, 21, 23)


@dataclass(frozen=True, slots=True)
class Numbering:
    """How a rack of `height_u` units prints its numbers (SP-02).

    starting_unit: the first printed number; descending: it stands at the top.
    """

    height_u: int
    starting_unit: int = 1
    descending: bool = False

    def label(self, unit: int) -> int:
        """The number printed at unit `unit`, counted from 1 at the bottom."""
        index = self.height_u - unit if self.descending else unit - 1
        return self.starting_unit + index

    def unit(self, label: int) -> int:
        """The unit, counted from the bottom, that carries the printed number `label`."""
        index = label - self.starting_unit
        return self.height_u - index if self.descending else index + 1

    def span(self, start: int, height_u: int) -> tuple[int, int]:
        """Lowest and highest printed number of whole units [start, start + height_u - 1]."""
        ends = (self.label(start), self.label(start + height_u - 1))
        return min(ends), max(ends)

    def words(self, start_half_u: int, height_half_u: int) -> str:
        """A span as people read it: `U10`, `U10-11`, `U5-6 (lower half of U6)`."""
        if height_half_u <= 0:
            return "0U"
        last_half_u = start_half_u + height_half_u - 1
        lowest, highest = unit_of(start_half_u), unit_of(last_half_u)
        low, high = sorted((self.label(lowest), self.label(highest)))
        text = f"U{low}" if low == high else f"U{low}-{high}"
        halves = []
        if start_half_u % 2 == 0:
            halves.append(f"upper half of U{self.label(lowest)}")
        if last_half_u % 2 == 1:
            halves.append(f"lower half of U{self.label(highest)}")
        return f"{text} ({', '.join(halves)})" if halves else text


def height_mm(units: float, mm_per_u: float = MM_PER_U) -> float:
    """The height of `units` rack units in mm."""
    return units * mm_per_u


def panel_mm(units: float) -> float:
    """The height of a panel that fills `units` units with room to move, in mm."""
    return units * MM_PER_U - PANEL_GAP_MM


def unit_of(half_u: int) -> int:
    """The unit that half-unit `half_u` belongs to."""
    return (half_u + 1) // 2


def first_half_u(unit: int) -> int:
    """The lower half of a unit."""
    return 2 * unit - 1


def halves(height_u: float, field: str = "height_u") -> int:
    """A height in units as half-units. Raises Refused unless it is a multiple of 0.5 (SP-03)."""
    if height_u < 0:
        raise Refused("A height cannot be negative.", field, "SP-03")
    return _doubled(height_u, field)


def position_of(numbering: Numbering, printed: float, field: str = "position_u") -> int:
    """The half-unit that a typed position means: 10 is the lower half of the unit printed 10,
    10.5 its upper half. Raises Refused when the rack has no such unit (SP-03)."""
    doubled = _doubled(printed, field)
    label, upper = doubled // 2, doubled % 2
    unit = numbering.unit(label)
    if not 1 <= unit <= numbering.height_u:
        low, high = numbering.span(1, numbering.height_u)
        raise Refused(f"This rack has U{low} to U{high}; U{label} is not in it.", field, "SP-03")
    return first_half_u(unit) + upper


def printed_position(numbering: Numbering, half_u: int) -> float:
    """The other way: the position that a person types for half-unit `half_u`."""
    return numbering.label(unit_of(half_u)) + (0.5 if half_u % 2 == 0 else 0.0)


def _doubled(units: float, field: str) -> int:
    doubled = units * 2
    if not math.isfinite(doubled) or abs(doubled - round(doubled)) > TOLERANCE:
        raise Refused(f"{units:g} U is no multiple of half a unit.", field, "SP-03")
    return round(doubled)
