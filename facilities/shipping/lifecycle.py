"""States of deliveries (SR-01) and pickups (SR-10): one table, guards, and what may be skipped.

Pure. A course is a line of stages. A step forward may leave out only stages that the site's skip
list names. Exceptions (on hold, missing ...) park an item; it goes on from the stage it had.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exit:
    """A state beside the line. It may be entered from stages up to `until` and from `since` on."""

    ends: bool = False
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """The line of stages, each with the states that count as it, and the states beside it."""

    rule: str
    stages: Mapping[str, tuple[str, ...]]
    exits: Mapping[str, Exit]
    #: States of the line after which only these may follow.
    only: Mapping[str, tuple[str, ...]]

    def stage_of(self, state: str) -> int | None:
        """The place of a state on the line, None beside it."""
        for place, states in enumerate(self.stages.values()):
            if state in states:
                return place
        return None

    @property
    def states(self) -> tuple[str, ...]:
        """All states, in order of the line, then those beside it."""
        return tuple(s for states in self.stages.values() for s in states) + tuple(self.exits)


@dataclass(frozen=True, slots=True)
class StepVerdict:
    """May it be done; if not, why, and which stages would be left out."""

    allowed: bool
    why: str = ""
    missing: tuple[str, ...] = ()


def _line(*names: str) -> dict[str, tuple[str, ...]]:
    return {name: (name,) for name in names}


INBOUND = Course(
    rule="SR-01",
    stages={
        **_line("expected", "scheduled", "arrived"),
        "inspected": ("accepted", "accepted_with_damage", "refused"),
        **_line("counted", "stored", "owner_notified", "handed_over"),
        **_line("tagged", "staged", "installed", "closed"),
    },
    exits={
        "overdue": Exit(),
        "missing": Exit(),
        "quarantined": Exit(),
        "on_hold": Exit(),
        "returned": Exit(ends=True),
        "cancelled": Exit(ends=True),
    },
    only={"refused": ("returned", "closed"), "closed": ()},
)
OUTBOUND = Course(
    rule="SR-10",
    stages=_line(
        *("requested", "approved", "picked", "media_cleared", "packed", "documented"),
        *("scheduled", "released", "in_transit", "delivered", "closed"),
    ),
    exits={
        "cancelled": Exit(ends=True, until="scheduled"),
        "refused_by_carrier": Exit(until="scheduled"),
        "returned": Exit(ends=True, since="released"),
        "lost": Exit(since="released"),
        "damaged": Exit(since="released"),
    },
    only={"closed": ()},
)
#: What a small dock may leave out; a site can name its own list.
INBOUND_SKIPS = frozenset(
    {"scheduled", "inspected", "counted", "stored", "owner_notified", "tagged", "staged"}
    | {"installed"}
)
OUTBOUND_SKIPS = frozenset(
    {"picked", "media_cleared", "packed", "documented", "scheduled", "in_transit"}
)

#: Facts without which a state cannot be entered, and those it only warns about (R2: a log entry
#: is never blocked by missing data; a hand-over or a release without a name is no proof at all).
NEEDED: Mapping[str, tuple[str, ...]] = {
    "stored": ("bin",),
    "handed_over": ("recipient", "signature"),
    "refused": ("reason",),
    "approved": ("approver",),
    "released": ("authorised_by", "driver", "pieces", "signature"),
}
WANTED: Mapping[str, tuple[str, ...]] = {
    "expected": ("po_number",),
    "arrived": ("carrier", "pieces"),
    "stored": ("condition",),
    "released": ("company", "plate", "seal"),
    "delivered": ("received_by",),
}


def step(
    course: Course, state: str, reached: str, to: str, skips: Collection[str] = ()
) -> StepVerdict:
    """May an item go to `to`?

    state: where it is now. reached: the last state of the line it had, the same as `state` unless
    it is parked beside the line. skips: names of stages that the site allows to leave out.
    """
    if to not in course.states:
        return StepVerdict(False, f"There is no state {to!r}; known: {', '.join(course.states)}.")
    if state in course.exits and course.exits[state].ends:
        return StepVerdict(False, f"{_said(state)} is the end: nothing follows it.")
    followers = course.only.get(reached)
    if followers is not None and to not in followers:
        after = " or ".join(map(_said, followers)) or "nothing"
        return StepVerdict(False, f"After {_said(reached)} comes only {after}, not {_said(to)}.")
    if followers is not None:
        return StepVerdict(True)
    if to in course.exits:
        return _aside(course, state, reached, to)
    return _forward(course, reached, to, skips)


def _aside(course: Course, state: str, reached: str, to: str) -> StepVerdict:
    here, beside = course.stage_of(reached), course.exits[to]
    names = list(course.stages)
    if to == state:
        return StepVerdict(False, f"It is {_said(to)} already.")
    if here is None:
        return StepVerdict(False, f"{_said(reached)} is no state of the line.")
    if beside.since and here < names.index(beside.since):
        return StepVerdict(False, f"{_said(to)} is possible only once {_said(beside.since)}.")
    if beside.until and here > names.index(beside.until):
        return StepVerdict(False, f"{_said(to)} is possible only before it left the dock.")
    return StepVerdict(True)


def _forward(course: Course, reached: str, to: str, skips: Collection[str]) -> StepVerdict:
    here, there = course.stage_of(reached), course.stage_of(to)
    if here is None or there is None:
        return StepVerdict(False, f"{_said(reached)} is no state of the line.")
    if there <= here:
        return StepVerdict(False, f"It is {_said(reached)} already; {_said(to)} comes before that.")
    between = tuple(course.stages)[here + 1 : there]
    missing = tuple(name for name in between if name not in skips)
    if missing:
        steps = ", ".join(map(_said, missing))
        why = f"From {_said(reached)} to {_said(to)} these steps are missing: {steps}."
        return StepVerdict(False, why, missing)
    return StepVerdict(True)


def lacking(to: str, facts: Mapping[str, object]) -> tuple[str, ...]:
    """Facts that must be there before `to` may be entered and are not."""
    return tuple(name for name in NEEDED.get(to, ()) if not facts.get(name))


def wanting(to: str, facts: Mapping[str, object]) -> tuple[str, ...]:
    """Facts that should be there at `to` and are not: shown, never in the way."""
    return tuple(name for name in WANTED.get(to, ()) if not facts.get(name))


def amend(state: str, reached: str) -> StepVerdict:
    """SR-10, "amended and signed again": a pickup that has not left goes back to requested."""
    here, exit_ = OUTBOUND.stage_of(reached), OUTBOUND.stage_of("released")
    if state in OUTBOUND.exits and OUTBOUND.exits[state].ends:
        return StepVerdict(False, f"It is {_said(state)}; ask for a new pickup.")
    if here is None or exit_ is None or here >= exit_:
        return StepVerdict(False, "It has left; its list stands as signed.")
    return StepVerdict(True)


@dataclass(frozen=True, slots=True)
class LeaveVerdict:
    """May a piece of equipment leave the house; if not, why."""

    allowed: bool
    why: str = ""


def may_leave(name: str, status: str, rack: str | None) -> LeaveVerdict:
    """SR-10, R7: nothing leaves that is in service or still stands in a rack of the records."""
    if rack is not None:
        return LeaveVerdict(False, f"{name} is still in rack {rack}: remove it there first.")
    if status in ("active", "installed"):
        return LeaveVerdict(False, f"{name} is still {status}: take it out of service first.")
    return LeaveVerdict(True)


def pieces_match(listed: int | None, loaded: int) -> LeaveVerdict:
    """SR-10: pieces loaded are those listed; else the list is amended and signed again."""
    if listed is None or listed == loaded:
        return LeaveVerdict(True)
    why = f"{listed} pieces are listed but {loaded} are loaded: load the rest, or amend the list."
    return LeaveVerdict(False, why)


def _said(state: str) -> str:
    return state.replace("_", " ")
