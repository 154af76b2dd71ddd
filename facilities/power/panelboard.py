"""PW-21, PW-22: positions of a panelboard, the phase of each, where a breaker fits, what is left.

Layouts: `nema` (odd left, even right, phases change each row), `sequential` (the left column first,
then the right), `ways` (IEC: way k has L1, L2, L3 as positions 3k-2, 3k-1, 3k). Source: PW-21.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from facilities.power.lines import LINES

LAYOUTS = ("nema", "sequential", "ways")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a breaker goes. ok False: `why` names what is there; blockers are positions taken."""

    ok: bool
    positions: tuple[int, ...] = ()
    lines: tuple[str, ...] = ()
    why: str = ""
    blockers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Uses:
    """PW-22. How many positions are used, spare (a breaker, no load), blank, or empty spaces."""

    used: int
    spare: int
    blank: int
    spaces: int


def columns(layout: str, spaces: int) -> list[list[int]]:
    """The positions of each column or way, top to bottom; a breaker stays within one."""
    if layout == "nema":
        return [list(range(1, spaces + 1, 2)), list(range(2, spaces + 1, 2))]
    if layout == "sequential":
        half = (spaces + 1) // 2
        return [list(range(1, half + 1)), list(range(half + 1, spaces + 1))]
    if layout == "ways":
        starts = range(1, spaces + 1, 3)
        return [list(range(n, min(n + 3, spaces + 1))) for n in starts]
    raise ValueError(f"no panel layout {layout!r}; known: {', '.join(LAYOUTS)}")


def line_of(layout: str, position: int, spaces: int, lines: Sequence[str] = LINES) -> str:
    """The phase of a position: its place in its column, mod the number of the panel's lines.

    Of three lines that is ((n-1)//2) mod 3 for nema, ((n-1) mod N/2) mod 3 for sequential and
    (n-1) mod 3 for ways.
    """
    if not 1 <= position <= spaces:
        raise ValueError(f"position {position} is not on a panel of {spaces}")
    column = next(found for found in columns(layout, spaces) if position in found)
    return lines[column.index(position) % len(lines)]


def taken_by(layout: str, start: int, poles: int, spaces: int) -> tuple[int, ...]:
    """The positions a breaker of so many poles takes from `start`; () where it does not fit."""
    for column in columns(layout, spaces):
        if start in column:
            at = column.index(start)
            taken = tuple(column[at : at + poles])
            return taken if len(taken) == poles else ()
    return ()


def place(
    layout: str,
    spaces: int,
    occupied: Mapping[int, str],
    start: int,
    poles: int,
    of: Sequence[str] = LINES,
) -> Place:
    """May a breaker of `poles` stand at `start`?

    occupied: position -> what is there, by name; of: the panel's lines.
    """
    if poles not in (1, 2, 3):
        return Place(False, why=f"a breaker has 1, 2 or 3 poles, not {poles}")
    if not 1 <= start <= spaces:
        return Place(False, why=f"this panel has the positions 1 to {spaces}")
    positions = taken_by(layout, start, poles, spaces)
    if not positions:
        return Place(False, why=f"{poles} poles from {start} run past the end of the column")
    blockers = tuple(n for n in positions if n in occupied)
    if blockers:
        there = ", ".join(f"{n} holds {occupied[n]}" for n in blockers)
        return Place(False, positions, (), f"position {there}", blockers)
    if poles > len(of):
        return Place(False, why=f"{poles} poles on a panel with {len(of)} lines")
    lines = {line_of(layout, n, spaces, of) for n in positions}
    return Place(True, positions, tuple(line for line in LINES if line in lines))


def free_places(layout: str, spaces: int, occupied: Collection[int], poles: int) -> int:
    """PW-22. How many breakers of so many poles fit at once: floor(run / p) over the free runs."""
    return sum(
        len(run) // poles for column in columns(layout, spaces) for run in _runs(column, occupied)
    )


def next_free(layout: str, spaces: int, occupied: Collection[int], poles: int) -> int | None:
    """The lowest position at which such a breaker fits, or None."""
    starts = (
        start
        for start in range(1, spaces + 1)
        if (taken := taken_by(layout, start, poles, spaces)) and not set(taken) & set(occupied)
    )
    return next(starts, None)


def uses(spaces: int, usage: Mapping[int, str]) -> Uses:
    """PW-22. usage: position -> used, spare, blank; what it does not name is an empty space."""
    count = {
        kind: sum(found == kind for found in usage.values()) for kind in ("used", "spare", "blank")
    }
    return Uses(**count, spaces=spaces - sum(count.values()))


def scheduled_va(breakers: Sequence[tuple[Sequence[str], float]]) -> dict[str, float]:
    """PW-22. VA per phase as schedules add it: each breaker's VA split evenly over its phases.

    For amps use phasors (PW-06), never this.
    """
    total = dict.fromkeys(LINES, 0.0)
    for lines, va in breakers:
        for line in lines:
            total[line] += va / len(lines)
    return total


def position_name(layout: str, position: int) -> str:
    """How a position is written: 7; on an IEC board way and phase, `3L1`."""
    if layout != "ways":
        return str(position)
    return f"{(position - 1) // 3 + 1}{LINES[(position - 1) % 3]}"


def _runs(column: Sequence[int], occupied: Collection[int]) -> list[list[int]]:
    runs: list[list[int]] = [[]]
    for position in column:
        if position in occupied:
            runs.append([])
        else:
            runs[-1].append(position)
    return runs
