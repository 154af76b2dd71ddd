"""Claims on the cells of racks: the lock before judging, reading, writing, releasing.

Whoever wants space first takes `lock_space`: it bumps the capacity version of the site and of the
racks, in one fixed order, and the bumped rows stay locked until the transaction ends. What is read
afterwards is what will still be true at the commit. The unique key of the cells stands behind it.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import CursorResult, Select, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload, selectinload

from facilities.errors import Conflict, NotFound, Refused
from facilities.hosting.freespace import space_of
from facilities.hosting.models import Claim, ClaimCell, Rack
from facilities.hosting.placement import Cell, Frame, Occupant, Verdict
from facilities.hosting.units import Numbering
from facilities.sites.models import Site

CHANGED = "Somebody changed the space of this rack while you were looking. Look again and repeat."
EQUIPMENT, HOLD, BLOCKED = "equipment", "hold", "blocked"


def numbering_of(rack: Rack) -> Numbering:
    """How the rack prints its units."""
    return Numbering(rack.height_u, rack.starting_unit, rack.desc_units)


def frame_of(rack: Rack) -> Frame:
    """The rack as the placement rules see it."""
    return Frame(numbering_of(rack), rack.rail_depth_mm)


def lock_space(
    session: Session, rack_ids: Iterable[int], at: datetime, seen: Mapping[int, int] | None = None
) -> dict[int, Rack]:
    """Lock racks and their sites for the rest of the transaction and free what expired (SP-12).

    seen: rack id -> the capacity version on which something was judged earlier. Raises NotFound
    for an unknown rack and Conflict when a seen version is not the current one.
    """
    wanted = sorted(set(rack_ids))
    sites = session.execute(select(Rack.id, Rack.site_id).where(Rack.id.in_(wanted))).all()
    if len(sites) < len(wanted):
        raise NotFound("There is no such rack.")
    for site_id in sorted({row.site_id for row in sites}):
        _bump(session, Site, site_id, None)
    for rack_id in wanted:
        _bump(session, Rack, rack_id, (seen or {}).get(rack_id))
    fresh = select(Rack).where(Rack.id.in_(wanted)).execution_options(populate_existing=True)
    racks = {rack.id: rack for rack in session.scalars(fresh)}
    for claim in session.scalars(_expired(at).where(Claim.rack_id.in_(wanted))).all():
        release(session, claim)
    return racks


def release_expired(session: Session, at: datetime) -> int:
    """Free every hold of the house that expired; for the worker. Returns how many there were."""
    found = session.scalars(_expired(at)).all()
    for rack_id in sorted({claim.rack_id for claim in found}):
        lock_space(session, [rack_id], at)
    return len(found)


def _bump(session: Session, model: type[Site] | type[Rack], id_: int, seen: int | None) -> None:
    # On the table, not the entity: the column is no history, and the ORM's own version stays.
    table = model.__table__
    bumped = update(model).where(table.c.id == id_)
    if seen is not None:
        bumped = bumped.where(table.c.capacity_version == seen)
    bumped = bumped.values(capacity_version=table.c.capacity_version + 1)
    bumped = bumped.execution_options(unrecorded="not history", synchronize_session=False)
    result = session.execute(bumped)
    if isinstance(result, CursorResult) and result.rowcount != 1:
        raise Conflict(CHANGED, "position_u", "SP-05")


def occupants(session: Session, rack_ids: Collection[int], at: datetime) -> dict[int, list[Claim]]:
    """Every live claim of each rack with its cells, equipment and owner, in two statements."""
    wanted = (
        select(Claim)
        .where(
            Claim.rack_id.in_(rack_ids),
            or_(Claim.kind != HOLD, Claim.expires_at.is_(None), Claim.expires_at > at),
        )
        .options(selectinload(Claim.cells), joinedload(Claim.equipment), joinedload(Claim.owner))
        .order_by(Claim.id)
    )
    found: dict[int, list[Claim]] = {rack_id: [] for rack_id in rack_ids}
    for claim in session.scalars(wanted):
        found[claim.rack_id].append(claim)
    return found


def as_occupant(claim: Claim) -> Occupant:
    """A claim as the placement rules see it."""
    equipment = claim.equipment
    return Occupant(
        claim_id=claim.id,
        kind=claim.kind,
        name=equipment.name if equipment else claim.reason or claim.kind,
        cells=frozenset(Cell(cell.half_u, cell.face, cell.lane) for cell in claim.cells),
        depth_mm=equipment.depth_mm if equipment else None,
        owner=claim.owner.name if claim.owner else "",
    )


def raise_refusal(verdict: Verdict) -> None:
    """A verdict's no as an error: Conflict where something is in the way, else Refused."""
    if verdict.fits:
        return
    kind = Conflict if verdict.in_the_way else Refused
    raise kind(verdict.reason, verdict.field, verdict.rule)


def write_cells(session: Session, claim: Claim, cells: Iterable[Cell]) -> None:
    """Let a claim hold exactly these cells. Raises Conflict naming what holds one of them."""
    session.flush()
    rows = [{**cell._asdict(), "rack_id": claim.rack_id, "claim_id": claim.id} for cell in cells]
    try:
        with session.begin_nested():
            session.execute(delete(ClaimCell).where(ClaimCell.claim_id == claim.id))
            if rows:
                session.execute(insert(ClaimCell), rows)
    except IntegrityError as error:
        raise _taken(session, claim, frozenset(cells)) from error
    session.expire(claim, ["cells"])
    count_space(session, claim.rack_id)


def _taken(session: Session, claim: Claim, cells: frozenset[Cell]) -> Conflict:
    rack = session.get_one(Rack, claim.rack_id)
    held = select(Claim).where(Claim.rack_id == rack.id, Claim.id != claim.id)
    others = [as_occupant(other) for other in session.scalars(held)]
    names = [o.words(numbering_of(rack)) for o in others if o.cells & cells]
    words = f"This place is taken: {', '.join(names)}." if names else CHANGED
    return Conflict(words, "position_u", "SP-05")


def release(session: Session, claim: Claim) -> None:
    """Give a claim and its cells back."""
    rack_id = claim.rack_id
    session.delete(claim)
    session.flush()
    count_space(session, rack_id)


def count_space(session: Session, rack_id: int) -> None:
    """Write how much of a rack is used; after every change of its cells or its height."""
    held = select(ClaimCell.half_u).where(ClaimCell.rack_id == rack_id).distinct()
    rack = session.get_one(Rack, rack_id)
    space = space_of(rack.height_u, session.scalars(held).all())
    counted = update(Rack).where(Rack.__table__.c.id == rack_id)
    counted = counted.values(
        used_half_u=space.total_half_u - space.free_half_u,
        largest_run_half_u=space.largest_run_half_u,
    )
    session.execute(counted.execution_options(unrecorded="not history"))


def _expired(at: datetime) -> Select[Claim]:
    return select(Claim).where(Claim.kind == HOLD, Claim.expires_at <= at)
