"""Free runs of a rack and the search in them (SP-11, SP-13 fragmentation, SP-16). Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from facilities.hosting.placement import FACES, LANES, Body, Cell, Occupant
from facilities.hosting.units import first_half_u, unit_of

STRATEGIES = ("lowest", "best_fit", "top")


@dataclass(frozen=True, slots=True)
class Run:
    """A maximal run of free half-units."""

    start_half_u: int
    length: int

    @property
    def end_half_u(self) -> int:
        """Its last half-unit."""
        return self.start_half_u + self.length - 1

    @property
    def whole_units(self) -> int:
        """How many whole units, from lower to upper half, lie in it."""
        first = unit_of(self.start_half_u) + (self.start_half_u + 1) % 2
        last = unit_of(self.end_half_u) - self.end_half_u % 2
        return max(0, last - first + 1)


@dataclass(frozen=True, slots=True)
class Space:
    """What is free of a rack for full-depth, full-width pieces; half-units and whole units."""

    total_half_u: int
    free_half_u: int
    largest_run_half_u: int

    @property
    def used_share(self) -> float:
        """Used over all, 0..1; 0 for a rack without units."""
        return 1 - self.free_half_u / self.total_half_u if self.total_half_u else 0.0

    @property
    def fragmentation(self) -> float:
        """1 - largest run / free, 0 when nothing is free (SP-13)."""
        return 1 - self.largest_run_half_u / self.free_half_u if self.free_half_u else 0.0


def taken_rows(
    occupants: Iterable[Occupant], body: Body | None = None, owner: str | None = None
) -> frozenset[int]:
    """Half-units in which a cell that `body` needs is held (any cell when no body is given).

    owner: whose own holds do not count (SP-12: held is used for everyone except its owner).
    """
    faces = FACES if body is None or body.full_depth else (body.face,)
    lanes = LANES if body is None or body.lane == "full" else (body.lane,)
    counted = (o for o in occupants if not (owner and o.kind == "hold" and o.owner == owner))
    return frozenset(
        cell.half_u
        for occupant in counted
        for cell in occupant.cells
        if cell.face in faces and cell.lane in lanes
    )


def free_runs(height_u: int, taken: Collection[int]) -> list[Run]:
    """Maximal runs of half-units of a rack that are not in `taken`, from the bottom."""
    runs: list[Run] = []
    start = 1
    for blocked in [
        *sorted(row for row in set(taken) if 1 <= row <= 2 * height_u),
        2 * height_u + 1,
    ]:
        if blocked > start:
            runs.append(Run(start, blocked - start))
        start = blocked + 1
    return runs


def find_start(
    runs: Sequence[Run], height_half_u: int, strategy: str = "best_fit", *, even: bool = False
) -> int | None:
    """The half-unit where a piece of `height_half_u` goes, or None when no run is long enough.

    strategy: lowest, best_fit (the smallest run that fits, from its lowest unit; of equal runs the
    lower) or top (the highest start). Pieces of whole units start on whole units; `even` asks for
    even ones.
    """
    fits = [(run, starts) for run in runs if (starts := _starts(run, height_half_u, even))]
    if not fits:
        return None
    if strategy == "top":
        return max(starts[-1] for _, starts in fits)
    if strategy == "lowest":
        return min(starts[0] for _, starts in fits)
    return min(fits, key=lambda fit: (fit[0].length, fit[0].start_half_u))[1][0]


def _starts(run: Run, height_half_u: int, even: bool) -> range:
    """Every allowed start in a run, lowest first."""
    last = run.end_half_u - height_half_u + 1
    if even:
        first = first_half_u(2 * -(-(run.start_half_u + 1) // 4))
        return range(first, last + 1, 4)
    if height_half_u % 2 == 0:
        return range(run.start_half_u + (run.start_half_u + 1) % 2, last + 1, 2)
    return range(run.start_half_u, last + 1)


def space_of(height_u: int, taken: Collection[int]) -> Space:
    """How much of a rack is free when the half-units in `taken` are not."""
    runs = free_runs(height_u, taken)
    lengths = [run.length for run in runs]
    return Space(2 * height_u, sum(lengths), max(lengths, default=0))


def open_fronts(height_u: int, cells: Iterable[Cell], blanked_u: float) -> tuple[float, float]:
    """Open front units without a blanking panel, and their percentage of the rack (SP-16).

    cells: the held cells that a body fills; a half-unit counts as filled when any lane of its
    front is held.
    """
    filled = {cell.half_u for cell in cells if cell.face == "front"}
    left = max(0.0, height_u - len(filled) / 2 - blanked_u)
    return left, 100 * left / height_u if height_u else 0.0
