"""Breakers on a panel: seats by PW-21, phases from the seat, moves, removal. Never commits."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilities.errors import Conflict, Refused
from facilities.power import lines as conductors
from facilities.power.circuits import circuit_id
from facilities.power.models import PowerNode
from facilities.power.panelboard import place, taken_by
from facilities.power.phasors import line_to_neutral_v
from facilities.power.service import add_node, edit_node, lock_power, remove_node

#: Kinds that have positions for breakers.
BOARDS = frozenset(("panel", "pdu", "switchgear"))
DEFAULT_SPACES = 42


def breakers_of(session: Session, panel: PowerNode) -> Sequence[PowerNode]:
    """The breakers of a panel by their first position."""
    rows = session.scalars(select(PowerNode).where(PowerNode.panel_id == panel.id)).all()
    return sorted(rows, key=lambda row: (min(row.positions, default=0), row.name))


def occupied(session: Session, panel: PowerNode, but: PowerNode | None = None) -> dict[int, str]:
    """Position -> the circuit id and destination of what is there."""
    found: dict[int, str] = {}
    for row in breakers_of(session, panel):
        if but is None or row.id != but.id:
            words = circuit_id(panel.name, row.positions)
            words += f" ({row.destination})" if row.destination else ""
            found |= dict.fromkeys(row.positions, words)
    return found


def add_breaker(
    session: Session, panel: PowerNode, start: int, poles: int, values: Mapping[str, Any]
) -> PowerNode:
    """A breaker of 1 to 3 poles at a position; phases and voltage follow from it (PW-21).

    values: rating_a, usage, destination, curve, continuous_factor, derate, name, feed. Raises
    Conflict naming the breaker that holds a position, Refused where it cannot fit.
    """
    if panel.kind not in BOARDS:
        raise Refused(f"{panel.title} is a {panel.kind}; breakers sit on a panel.", "panel_id")
    if panel.kind != "panel" and not panel.spaces:
        raise Refused(f"Say first how many positions {panel.title} has.", "start", "PW-21")
    lock_power(session, panel.site_id)
    seat = _seat(session, panel, start, poles, None)
    given = {"feed": panel.feed, "room_id": panel.room_id, **_electrical(panel, seat), **values}
    given["name"] = given.get("name") or circuit_id(panel.name, seat)
    return add_node(session, panel.site_id, "breaker", given, (panel.id, seat))


def edit_breaker(
    session: Session,
    breaker: PowerNode,
    changes: Mapping[str, Any],
    start: int | None = None,
    poles: int | None = None,
) -> PowerNode:
    """Change a breaker and, with start or poles, its seat; its name follows if it is the id."""
    panel = breaker.panel
    if panel is None:
        return edit_node(session, breaker, changes)
    changes = dict(changes)
    lock_power(session, breaker.site_id)
    seat = tuple(sorted(breaker.positions))
    wanted = (start or min(seat, default=1), poles or len(seat) or 1)
    if wanted != (min(seat, default=0), len(seat)):
        old_id = circuit_id(panel.name, seat)
        seat = _seat(session, panel, *wanted, breaker)
        breaker.positions = list(seat)
        changes |= _electrical(panel, seat)
        if changes.get("name", breaker.name) in (old_id, "", None):
            changes["name"] = circuit_id(panel.name, seat)
    if changes.get("name") in ("", None):
        changes["name"] = breaker.name
    return edit_node(session, breaker, changes)


def remove_breaker(session: Session, breaker: PowerNode) -> None:
    """Take a breaker out; refused while it feeds something."""
    remove_node(session, breaker)


def check_positions(panel: PowerNode, positions: Sequence[int]) -> None:
    """Refuse positions that no one breaker takes in this panel's layout (PW-21)."""
    wanted = tuple(sorted(positions))
    layout, spaces = panel.layout or "nema", panel.spaces or DEFAULT_SPACES
    taken = taken_by(layout, wanted[0], len(wanted), spaces) if wanted else ()
    if not wanted or taken != wanted:
        words = ", ".join(str(n) for n in taken) or "nothing"
        raise Refused(
            f"No breaker takes {', '.join(str(n) for n in wanted) or 'no position'} here; "
            f"from there it would be {words}.",
            "positions",
            "PW-21",
        )


def _seat(
    session: Session, panel: PowerNode, start: int, poles: int, but: PowerNode | None
) -> tuple[int, ...]:
    spaces = panel.spaces or DEFAULT_SPACES
    there = occupied(session, panel, but)
    verdict = place(panel.layout or "nema", spaces, there, start, poles, panel.lines)
    if not verdict.ok:
        kind = Conflict if verdict.blockers else Refused
        field = "start" if poles in (1, 2, 3) else "poles"
        raise kind(f"No place for it: {verdict.why}.", field, "PW-21")
    return verdict.positions


def _electrical(panel: PowerNode, seat: Sequence[int]) -> dict[str, Any]:
    """Phases of a seat, and the nominal voltage between what it takes."""
    spaces = panel.spaces or DEFAULT_SPACES
    every = place(panel.layout or "nema", spaces, {}, min(seat), len(seat), panel.lines)
    volts = panel.voltage_v
    if volts is not None and len(every.lines) == 1 and len(panel.lines) == 3:
        volts = line_to_neutral_v(volts)
    return {"phases": conductors.join(every.lines), "voltage_v": volts}
