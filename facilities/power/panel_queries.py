"""What a panel's schedule shows: breakers, what hangs on them, live amps, the date of revision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilities.accounts.ledger import history_of
from facilities.power.chain_queries import limit_of
from facilities.power.live import Values, branch_amps, line_amps_of, pick
from facilities.power.models import PowerLink, PowerNode
from facilities.power.panel_service import DEFAULT_SPACES, breakers_of
from facilities.power.panelboard import Uses, free_places, uses
from facilities.power.schedule import Seat, Slot, Totals, slots, totals
from facilities.power.standing import Standing, standing
from facilities.readings import ObjectRef, Readings


@dataclass(frozen=True, slots=True)
class Schedule:
    """A panel schedule. free: poles -> breakers of so many poles that fit at once (PW-22)."""

    layout: str
    columns: list[list[Slot]]
    seats: Sequence[Seat]
    totals: Totals
    main: Standing
    uses: Uses
    free: Mapping[int, int]
    revised_at: datetime | None
    revised_by: str


def node_ref(node_id: int) -> ObjectRef:
    """How readings are bound to a node of the chain."""
    return ObjectRef("power_node", node_id)


def children_of(session: Session, node_ids: Sequence[int]) -> dict[int, list[PowerNode]]:
    """The nodes each node feeds over normally closed links, in one statement."""
    wanted = (
        select(PowerLink.source_id, PowerNode)
        .join(PowerNode, PowerNode.id == PowerLink.target_id)
        .where(PowerLink.source_id.in_(node_ids), PowerLink.normally_open.is_(False))
        .order_by(PowerNode.name)
    )
    found: dict[int, list[PowerNode]] = {}
    for source_id, node in session.execute(wanted):
        found.setdefault(source_id, []).append(node)
    return found


def seats_of(
    breakers: Sequence[PowerNode],
    children: Mapping[int, Sequence[PowerNode]],
    latest: Mapping[ObjectRef, Values],
    policy: str,
) -> list[Seat]:
    """Breakers with their live amps: their own meter's, else that of what hangs on them."""
    seats = []
    for row in breakers:
        below = children.get(row.id, ())
        readings = [(child.title, latest.get(node_ref(child.id), ())) for child in below]
        own = latest.get(node_ref(row.id), ())
        stands = standing(limit_of(row, policy), own, branch_amps(own, row.lines, readings))
        seats.append(
            Seat(
                row.id,
                row.title,
                tuple(sorted(row.positions)),
                row.lines,
                row.rating_a,
                row.usage,
                row.destination or ", ".join(child.title for child in below),
                row.state,
                stands,
                tuple((child.title, child.id) for child in below),
                row.curve or "",
            )
        )
    return seats


def schedule_of(session: Session, readings: Readings, panel: PowerNode, policy: str) -> Schedule:
    """The schedule of one panel, in four statements however many breakers it has."""
    breakers = breakers_of(session, panel)
    children = children_of(session, [row.id for row in breakers])
    ids = {panel.id, *(row.id for row in breakers)}
    ids |= {child.id for found in children.values() for child in found}
    latest = readings.latest([node_ref(id_) for id_ in ids])
    seats = seats_of(breakers, children, latest, policy)
    layout, spaces = panel.layout or "nema", panel.spaces or DEFAULT_SPACES
    own = latest.get(node_ref(panel.id), ())
    main = standing(limit_of(panel, policy), own, line_amps_of(own, panel.lines))
    usage = {n: seat.usage for seat in seats for n in seat.positions}
    newest = history_of(session, "power_node", panel.id, 1)
    return Schedule(
        layout,
        slots(layout, spaces, seats, panel.lines),
        seats,
        totals(panel.lines, seats, main.amps, pick(own, "current.n"), panel.rating_a),
        main,
        uses(spaces, usage),
        {poles: free_places(layout, spaces, usage, poles) for poles in (1, 2, 3)},
        newest[0].at if newest else None,
        newest[0].actor if newest else "",
    )
