"""Cords between outlets and inlets: who is plugged in where, and what may be. Never commits."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from facilities.errors import Conflict, NotFound, Refused
from facilities.hosting.models import Equipment
from facilities.power.connectors import CordVerdict, judge_cord
from facilities.power.models import Cord, Inlet, Outlet
from facilities.power.service import lock_power
from facilities.sites.models import Site


def policy_of(session: Session, site_id: int) -> str:
    """The policy pack of a site."""
    return session.scalar(select(Site.policy_pack).where(Site.id == site_id)) or "nec"


def cords_by_outlet(session: Session, outlet_ids: Sequence[int]) -> dict[int, Cord]:
    """Cords with their inlet and equipment, by the outlet they are plugged into; one statement."""
    wanted = select(Cord).where(Cord.outlet_id.in_(outlet_ids))
    eager = joinedload(Cord.inlet).joinedload(Inlet.equipment)
    return {cord.outlet_id: cord for cord in session.scalars(wanted.options(eager))}


def connect(session: Session, outlet: Outlet, inlet: Inlet, label: str | None = None) -> Cord:
    """Plug in. Raises Conflict naming the other end of what is taken, Refused (PW-12)."""
    if outlet.site_id != inlet.site_id:
        raise Refused("Outlet and inlet are at two sites.", "outlet_id", "PW-01")
    lock_power(session, outlet.site_id)
    taken = cords_by_outlet(session, [outlet.id]).get(outlet.id)
    if taken is not None:
        there = f"{taken.inlet.equipment.name} {taken.inlet.name}"
        raise Conflict(f"{outlet_name(outlet)} feeds {there} already.", "outlet_id", "PW-01")
    hanging = cord_of_inlet(session, inlet.id)
    if hanging is not None:
        there = outlet_name(hanging.outlet)
        raise Conflict(f"{inlet.name} is plugged into {there} already.", "inlet_id", "PW-01")
    verdict = judge(session, outlet, inlet)
    if verdict.refused:
        raise Refused(f"No cord joins them: {verdict.why}.", "outlet_id", "PW-12")
    cord = Cord(site_id=outlet.site_id, outlet_id=outlet.id, inlet_id=inlet.id, label=label)
    session.add(cord)
    session.flush()
    return cord


def judge(session: Session, outlet: Outlet, inlet: Inlet) -> CordVerdict:
    """PW-12 for one pair under the site's policy pack: may warn where it does not refuse."""
    return judge_cord(outlet.connector, inlet.connector, policy_of(session, outlet.site_id))


def relabel(session: Session, cord: Cord, label: str | None) -> Cord:
    """Write another label on a cord."""
    cord.label = (label or "").strip() or None
    session.flush()
    return cord


def disconnect(session: Session, cord: Cord) -> None:
    """Unplug a cord."""
    lock_power(session, cord.site_id)
    session.delete(cord)
    session.flush()


def free_cords(session: Session, equipment_id: int) -> list[str]:
    """Unplug a piece that leaves its rack, and all that sits in it (F4); says what was unplugged.

    A cord that is left in the plan keeps an outlet and watts taken that nobody uses.
    """
    inside = _with_children(session, equipment_id)
    wanted = (
        select(Cord)
        .join(Cord.inlet)
        .where(Inlet.equipment_id.in_(inside))
        .options(joinedload(Cord.outlet).joinedload(Outlet.pdu))
    )
    names = []
    for cord in session.scalars(wanted).all():
        names.append(outlet_name(cord.outlet))
        disconnect(session, cord)
    return [f"Unplugged from {', '.join(names)}."] if names else []


def _with_children(session: Session, equipment_id: int) -> list[int]:
    known, fresh = [equipment_id], [equipment_id]
    while fresh:
        below = select(Equipment.id).where(Equipment.parent_id.in_(fresh))
        fresh = [id_ for id_ in session.scalars(below) if id_ not in known]
        known += fresh
    return known


def find_outlet(session: Session, outlet_id: int) -> Outlet:
    """An outlet with its PDU. Raises NotFound."""
    outlet = session.get(Outlet, outlet_id, options=[joinedload(Outlet.pdu)])
    if outlet is None:
        raise NotFound("There is no such outlet.")
    return outlet


def find_inlet(session: Session, inlet_id: int) -> Inlet:
    """An inlet with its equipment. Raises NotFound."""
    inlet = session.get(Inlet, inlet_id, options=[joinedload(Inlet.equipment)])
    if inlet is None:
        raise NotFound("There is no such inlet.")
    return inlet


def find_cord(session: Session, cord_id: int) -> Cord:
    """A cord. Raises NotFound."""
    cord = session.get(Cord, cord_id)
    if cord is None:
        raise NotFound("There is no such cord.")
    return cord


def cord_of_inlet(session: Session, inlet_id: int) -> Cord | None:
    """The cord of an inlet with its outlet and PDU, or None."""
    wanted = select(Cord).where(Cord.inlet_id == inlet_id)
    return session.scalar(wanted.options(joinedload(Cord.outlet).joinedload(Outlet.pdu)))


def outlet_name(outlet: Outlet) -> str:
    """`PDU-A1 outlet 3`."""
    return f"{outlet.pdu.title} outlet {outlet.number}"
