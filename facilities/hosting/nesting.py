"""Chassis, shelves and their children: bays, depth, cycles (SP-06). Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from facilities.hosting.placement import Outcome, Verdict, refused


@dataclass(frozen=True, slots=True)
class Parent:
    """What would carry the child: its bays as its type names them, and what is in them.

    bays empty: a shelf, on which children stand without named bays.
    ancestors: ids from the parent itself upwards, to find cycles.
    """

    id: int
    name: str
    depth_mm: float | None
    bays: Collection[str]
    filled: Mapping[str, str]
    ancestors: Collection[int]


def judge_child(
    parent: Parent, child_id: int | None, bay: str | None, depth_mm: float | None
) -> Verdict:
    """Whether a child (None: not yet a row) may stand in `bay` of `parent`."""
    if child_id is not None and child_id in parent.ancestors:
        return refused(f"{parent.name} stands in it itself: a circle.", "parent_id", "SP-06")
    if parent.bays and bay not in parent.bays:
        known = ", ".join(parent.bays)
        asked = f"has no bay {bay!r}; it has" if bay else "has bays; choose one of"
        return refused(f"{parent.name} {asked} {known}.", "bay", "SP-06")
    if bay is not None and bay in parent.filled:
        return refused(
            f"Bay {bay} of {parent.name} is taken: {parent.filled[bay]}.", "bay", "SP-06"
        )
    if depth_mm is None or parent.depth_mm is None:
        note = f"Whether it is deeper than {parent.name} was not judged: a depth is unknown."
        return Verdict(Outcome.UNKNOWN, notes=(note,))
    if depth_mm > parent.depth_mm:
        reason = f"It is {depth_mm:g} mm deep, {parent.name} only {parent.depth_mm:g} mm."
        return refused(reason, "depth_mm", "SP-06")
    return Verdict(Outcome.OK)
