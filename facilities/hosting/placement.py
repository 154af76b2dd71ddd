"""May this stand there? Cells of a rack and what holds them (SP-03, SP-05). Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from facilities.hosting.units import Numbering

#: SP-05: what must stay free between two that share a unit back to back.
GAP_MM = 50.0
TOLERANCE = 1e-9
FACES = ("front", "rear")
LANES = ("left", "right")


class Cell(NamedTuple):
    """The smallest place of a rack: a half-unit on one face in one lane (SP-05)."""

    half_u: int
    face: str
    lane: str


class Outcome(StrEnum):
    """What a rule says. UNKNOWN is never the same as OK: something was not judged."""

    OK = "ok"
    UNKNOWN = "unknown"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Body:
    """What wants a place: its height in half-units, the face it is mounted on, its lane.

    depth_mm None is unknown. lane: full, left or right.
    """

    height_half_u: int
    face: str = "front"
    full_depth: bool = True
    lane: str = "full"
    depth_mm: float | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """The rack as far as placing goes; rail_depth_mm None is unknown."""

    numbering: Numbering
    rail_depth_mm: float | None = None

    @property
    def halves(self) -> int:
        """The half-units of the rack."""
        return 2 * self.numbering.height_u


@dataclass(frozen=True, slots=True)
class Occupant:
    """What already holds cells: equipment, a hold or a block."""

    claim_id: int
    kind: str
    name: str
    cells: frozenset[Cell]
    depth_mm: float | None = None
    owner: str = ""

    def words(self, numbering: Numbering) -> str:
        """`web-07 at U10-11`, `the hold of ACME on U4-7`, `the block on U1 (beam)`."""
        rows = [cell.half_u for cell in self.cells]
        span = numbering.words(min(rows), max(rows) - min(rows) + 1) if rows else "no unit"
        if self.kind == "hold":
            return f"the hold of {self.owner or self.name} on {span}"
        if self.kind == "blocked":
            return f"the block on {span} ({self.name})"
        return f"{self.name} at {span}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why something may or may not stand there. `in_the_way` names the claims that refuse it."""

    outcome: Outcome
    reason: str = ""
    field: str | None = None
    rule: str | None = None
    in_the_way: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """True unless a rule refused; `notes` say what could not be judged."""
        return self.outcome is not Outcome.REFUSED


def refused(reason: str, field: str, rule: str, in_the_way: tuple[int, ...] = ()) -> Verdict:
    """A no with its reason."""
    return Verdict(Outcome.REFUSED, reason, field, rule, in_the_way)


def cells_of(start_half_u: int, body: Body) -> frozenset[Cell]:
    """The cells that `body` takes from `start_half_u` up: full width both lanes, full depth both
    faces, nothing for 0U (SP-03, SP-05)."""
    faces = FACES if body.full_depth else (body.face,)
    lanes = LANES if body.lane == "full" else (body.lane,)
    rows = range(start_half_u, start_half_u + body.height_half_u)
    return frozenset(Cell(row, face, lane) for row in rows for face in faces for lane in lanes)


def judge(frame: Frame, body: Body, start_half_u: int, occupants: Collection[Occupant]) -> Verdict:
    """Whether `body` may stand from `start_half_u` (1 is the lower half of U1) up.

    Asks in turn: is it in the rack (SP-03), is it deeper than the rails (SP-05), is something
    there, does it leave the gap to what is on the other face (SP-05).
    """
    for verdict in (
        _inside(frame, body, start_half_u),
        _deep(frame, body),
        _taken(frame, cells_of(start_half_u, body), occupants),
    ):
        if verdict is not None:
            return verdict
    return _behind(frame, body, start_half_u, occupants)


def _inside(frame: Frame, body: Body, start_half_u: int) -> Verdict | None:
    if body.height_half_u <= 0:
        return refused("A 0U piece takes no unit; give it a side channel.", "position_u", "SP-04")
    last = start_half_u + body.height_half_u - 1
    if start_half_u >= 1 and last <= frame.halves:
        return None
    span, whole = f"{body.height_half_u / 2:g}U", frame.numbering.height_u
    if body.height_half_u > frame.halves:
        return refused(f"{span} is higher than the whole rack ({whole}U).", "height_u", "SP-03")
    over = (last - frame.halves) / 2
    ends = f"ends {over:g}U above the top" if over > 0 else "begins below the lowest unit"
    reason = f"{span} from here {ends} of this {whole}U rack; choose a lower unit."
    if over <= 0:
        reason = f"{span} {ends} of this rack; choose a higher unit."
    return refused(reason, "position_u", "SP-03")


def _deep(frame: Frame, body: Body) -> Verdict | None:
    if body.depth_mm is None or frame.rail_depth_mm is None:
        return None
    if body.depth_mm <= frame.rail_depth_mm + TOLERANCE:
        return None
    reason = (
        f"It is {body.depth_mm:g} mm deep, {body.depth_mm - frame.rail_depth_mm:g} mm more than "
        f"the {frame.rail_depth_mm:g} mm between the rails; choose a deeper rack."
    )
    return refused(reason, "depth_mm", "SP-05")


def _taken(frame: Frame, cells: frozenset[Cell], occupants: Iterable[Occupant]) -> Verdict | None:
    there = [found for found in occupants if found.cells & cells]
    if not there:
        return None
    names = ", ".join(found.words(frame.numbering) for found in there)
    shared = frozenset().union(*(found.cells & cells for found in there))
    rows = [cell.half_u for cell in shared]
    span = frame.numbering.words(min(rows), max(rows) - min(rows) + 1)
    faces = " and ".join(face for face in FACES if any(cell.face == face for cell in shared))
    reason = f"{span} {faces} is taken: {names}."
    return refused(reason, "position_u", "SP-05", tuple(found.claim_id for found in there))


def _behind(frame: Frame, body: Body, start_half_u: int, occupants: Iterable[Occupant]) -> Verdict:
    """Judge the gap to what stands on the other face of the same half-units and lanes."""
    notes: list[str] = []
    mirrored = _mirror(start_half_u, body)
    for other in occupants:
        if other.kind != "equipment" or not other.cells & mirrored:
            continue
        depths = (body.depth_mm, other.depth_mm, frame.rail_depth_mm)
        if any(depth is None for depth in depths):
            notes.append(_not_judged(frame, body, other))
            continue
        mine, theirs, rails = (depth or 0.0 for depth in depths)
        if mine + theirs + GAP_MM > rails + TOLERANCE:
            reason = (
                f"{other.words(frame.numbering)} is {theirs:g} mm deep on the other face: with "
                f"{mine:g} mm and a gap of {GAP_MM:g} mm that is {mine + theirs + GAP_MM:g} mm, "
                f"more than the {rails:g} mm between the rails."
            )
            return refused(reason, "position_u", "SP-05", (other.claim_id,))
    return Verdict(Outcome.UNKNOWN if notes else Outcome.OK, notes=tuple(notes))


def _mirror(start_half_u: int, body: Body) -> frozenset[Cell]:
    if body.full_depth:
        return frozenset()
    other = "rear" if body.face == "front" else "front"
    cells = cells_of(start_half_u, body)
    return frozenset(cell._replace(face=other) for cell in cells)


def _not_judged(frame: Frame, body: Body, other: Occupant) -> str:
    missing = []
    if frame.rail_depth_mm is None:
        missing.append("the depth between the rails")
    if body.depth_mm is None:
        missing.append("its own depth")
    if other.depth_mm is None:
        missing.append(f"the depth of {other.name}")
    return (
        f"Whether it touches {other.words(frame.numbering)} on the other face was not judged: "
        f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} unknown."
    )
