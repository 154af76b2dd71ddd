"""A panel schedule as it hangs on the door: slots in columns or ways, phase totals (PW-21, 22)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from facilities.power import imbalance
from facilities.power.lines import LINES
from facilities.power.live import BranchAmps, number
from facilities.power.panelboard import columns, line_of, position_name
from facilities.power.phasors import neutral_amps
from facilities.power.standing import Standing
from facilities.readings import LiveValue


@dataclass(frozen=True, slots=True)
class Seat:
    """A breaker on the schedule. feeds: (title, node id) of what hangs on it."""

    id: int
    circuit: str
    positions: tuple[int, ...]
    lines: tuple[str, ...]
    rating_a: float | None
    usage: str
    destination: str
    state: str
    standing: Standing
    feeds: tuple[tuple[str, int], ...] = ()
    curve: str = ""

    @property
    def amps(self) -> BranchAmps:
        """Its live amps by line."""
        return self.standing.amps


@dataclass(frozen=True, slots=True)
class Slot:
    """One position. span: rows the breaker's block takes from here; 0 where it began above."""

    position: int
    label: str
    line: str
    seat: Seat | None
    span: int


@dataclass(frozen=True, slots=True)
class LineTotal:
    """One phase: what the main meter says, what the branches sum to, and how many of them count."""

    line: str
    main: LiveValue | None
    branches_a: float | None
    known: int
    used: int

    @property
    def difference_a(self) -> float | None:
        """Main - branches; None unless both are known and every branch counts."""
        main = number(self.main)
        if main is None or self.branches_a is None or self.known < self.used:
            return None
        return main - self.branches_a


@dataclass(frozen=True, slots=True)
class Totals:
    """Phase totals, imbalance and neutral; neutral_kind: measured, estimated or unknown."""

    lines: tuple[LineTotal, ...]
    imbalance: imbalance.Imbalance
    neutral: LiveValue | None
    neutral_a: float | None
    neutral_kind: str


def slots(
    layout: str, spaces: int, seats: Sequence[Seat], lines: Sequence[str] = LINES
) -> list[list[Slot]]:
    """The columns (or ways) of a panel, every position once, top to bottom."""
    at = {position: seat for seat in seats for position in seat.positions}
    return [
        [
            Slot(n, position_name(layout, n), line_of(layout, n, spaces, lines), at.get(n), span)
            for n, span in zip(column, _spans(column, at), strict=True)
        ]
        for column in columns(layout, spaces)
    ]


def _spans(column: Sequence[int], at: Mapping[int, Seat]) -> list[int]:
    spans: list[int] = []
    first = 0
    for index, position in enumerate(column):
        seat = at.get(position)
        if index and seat is not None and seat is at.get(column[index - 1]):
            spans.append(0)
            spans[first] += 1
        else:
            first = index
            spans.append(1)
    return spans


def totals(
    lines: Sequence[str],
    seats: Sequence[Seat],
    main: BranchAmps,
    neutral: LiveValue | None,
    rating_a: float | None,
) -> Totals:
    """Per phase the main and the sum of the branches; a load of two poles counts on both phases.

    Branch amps are added by magnitude, as an electrician does on the door; PW-06 adds phasors.
    """
    used = [seat for seat in seats if seat.usage == "used"]
    rows = tuple(_line_total(line, used, main.by_line.get(line)) for line in lines)
    amps = [number(row.main) for row in rows]
    if used and all(value is None for value in amps):
        amps = [row.branches_a if row.known == row.used else None for row in rows]
    uneven = imbalance.judge(amps, rating_a)
    measured = number(neutral)
    if measured is not None:
        return Totals(rows, uneven, neutral, measured, "measured")
    estimated = _neutral(used, amps)
    kind = "unknown" if estimated is None else "estimated"
    return Totals(rows, uneven, neutral, estimated, kind)


def _line_total(line: str, used: Sequence[Seat], main: LiveValue | None) -> LineTotal:
    here = [seat for seat in used if line in seat.lines]
    numbers = [number(seat.amps.by_line.get(line)) for seat in here]
    known = [value for value in numbers if value is not None]
    total = sum(known) if known or not here else None
    return LineTotal(line, main, total, len(known), len(here))


def _neutral(used: Sequence[Seat], amps: Sequence[float | None]) -> float | None:
    """PW-07 holds for line-to-neutral loads alone, so a branch of more poles leaves it unknown."""
    known = [value for value in amps if value is not None]
    if len(known) != len(LINES) or any(len(seat.lines) > 1 for seat in used):
        return None
    return neutral_amps(*known)
