"""What can still be plugged in at a rack: free outlets and free inlets, as choices of a form."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from facilities.errors import NotFound, Refused
from facilities.hosting.models import Equipment, EquipmentType
from facilities.power.cord_service import find_inlet
from facilities.power.models import Cord, Inlet, Outlet, PowerNode
from facilities.power.outlet_service import ensure_inlets

OF_TYPE = "type"


def free_outlets(session: Session, rack_id: int) -> list[tuple[int, str]]:
    """(id, words) of the free outlets of a rack's PDUs, by feed, PDU and number."""
    wanted = (
        select(Outlet)
        .join(PowerNode, PowerNode.id == Outlet.pdu_id)
        .outerjoin(Cord, Cord.outlet_id == Outlet.id)
        .where(PowerNode.rack_id == rack_id, Cord.id.is_(None))
        .options(joinedload(Outlet.pdu))
        .order_by(PowerNode.feed, PowerNode.name, Outlet.number)
    )
    return [(outlet.id, _words(outlet)) for outlet in session.scalars(wanted)]


def free_inlets(session: Session, rack_id: int) -> list[tuple[str, str]]:
    """(value, words) of the free inlets of a rack's equipment, those its types promise included."""
    in_chain = select(PowerNode.equipment_id).where(PowerNode.equipment_id.is_not(None))
    wanted = (
        select(Equipment)
        .where(Equipment.rack_id == rack_id, Equipment.id.not_in(in_chain))
        .options(joinedload(Equipment.type).selectinload(EquipmentType.ports))
        .order_by(Equipment.name)
    )
    equipment = session.scalars(wanted).unique().all()
    ids = [row.id for row in equipment]
    corded = select(Inlet, Cord.id).outerjoin(Cord, Cord.inlet_id == Inlet.id)
    made: dict[int, dict[str, tuple[int, bool]]] = {}
    for inlet, cord_id in session.execute(corded.where(Inlet.equipment_id.in_(ids))):
        made.setdefault(inlet.equipment_id, {})[inlet.name] = (inlet.id, cord_id is None)
    choices: list[tuple[str, str]] = []
    for row in equipment:
        there = made.get(row.id, {})
        promised = [p.name for p in row.type.ports if p.kind == "power_inlet"] if row.type else []
        for name in sorted({*there, *promised}):
            id_, free = there.get(name, (None, True))
            value = f"{OF_TYPE}:{row.id}:{name}" if id_ is None else str(id_)
            choices += [(value, f"{row.name} {name}")] if free else []
    return choices


def inlet_chosen(session: Session, value: str) -> Inlet:
    """The inlet of a choice; made now if only its type promises it. Raises NotFound, Refused."""
    if not value.startswith(f"{OF_TYPE}:"):
        return find_inlet(session, int(value))
    _, equipment_id, name = value.split(":", 2)
    equipment = session.get(Equipment, int(equipment_id), options=[selectinload(Equipment.type)])
    if equipment is None:
        raise NotFound("There is no such equipment.")
    for inlet in ensure_inlets(session, equipment):
        if inlet.name == name:
            return inlet
    raise Refused(f"{equipment.name} has no inlet {name!r}.", "inlet")


def _words(outlet: Outlet) -> str:
    parts = [f"{outlet.pdu.title} · {outlet.number}", outlet.connector or "", outlet.phases or ""]
    feed = f"{outlet.pdu.feed}: " if outlet.pdu.feed else ""
    return feed + " · ".join(part for part in parts if part)
