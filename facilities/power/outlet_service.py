"""Outlets of rack PDUs and inlets of equipment: from their types or by hand. Never commits."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from facilities.errors import Conflict, Refused
from facilities.hosting.models import Equipment, EquipmentType, TypePort
from facilities.power import lines as conductors
from facilities.power.connectors import rating_a
from facilities.power.cord_service import cord_of_inlet, cords_by_outlet, outlet_name, policy_of
from facilities.power.models import Inlet, Outlet, PowerNode
from facilities.power.service import lock_power
from facilities.power.wiring import outlet_lines

OUTLET_FIELDS = frozenset(("number", "name", "connector", "rating_a", "phases", "bank"))
INLET_FIELDS = frozenset(("name", "connector", "rated_w"))


def outlets_of(session: Session, pdu: PowerNode) -> Sequence[Outlet]:
    """The outlets of a rack PDU by number."""
    wanted = select(Outlet).where(Outlet.pdu_id == pdu.id).order_by(Outlet.number)
    return session.scalars(wanted).all()


def generate_outlets(session: Session, pdu: PowerNode) -> list[Outlet]:
    """The outlets that the PDU's equipment type has and the PDU has not yet. Raises Refused."""
    lock_power(session, pdu.site_id)
    if pdu.kind != "rack_pdu":
        raise Refused(f"{pdu.title} is a {pdu.kind}; only a rack PDU has outlets.", "pdu_id")
    ports = [port for port in _ports(session, pdu.equipment_id) if port.kind == "power_outlet"]
    if not ports:
        raise Refused(
            "Its equipment type names no outlets. Add them by hand, or choose the equipment first.",
            "equipment_id",
        )
    there = {outlet.name for outlet in outlets_of(session, pdu)}
    last = max((outlet.number for outlet in outlets_of(session, pdu)), default=0)
    ul = policy_of(session, pdu.site_id) in ("nec", "nec_100")
    new = [port for port in ports if port.name not in there]
    made = [
        Outlet(
            site_id=pdu.site_id,
            pdu_id=pdu.id,
            number=number,
            name=port.name,
            connector=(port.connector or "")[:30] or None,
            rating_a=rating_a(port.connector, ul),
            phases=conductors.join(
                outlet_lines(pdu.lines, pdu.voltage_v, port.connector, port.feed_leg)
            )
            or None,
        )
        for number, port in enumerate(new, last + 1)
    ]
    session.add_all(made)
    session.flush()
    return made


def _from_type(pdu: PowerNode, port: TypePort, number: int, ul: bool) -> Outlet:
    lines = outlet_lines(pdu.lines, pdu.voltage_v, port.connector, port.feed_leg)
    return Outlet(
        site_id=pdu.site_id,
        pdu_id=pdu.id,
        number=number,
        name=port.name,
        connector=(port.connector or "")[:30] or None,
        rating_a=rating_a(port.connector, ul),
        phases=conductors.join(lines) or None,
    )


def add_outlet(session: Session, pdu: PowerNode, values: Mapping[str, Any]) -> Outlet:
    """One outlet by hand. Raises Refused, Conflict."""
    if pdu.kind != "rack_pdu":
        raise Refused(f"{pdu.title} is a {pdu.kind}; only a rack PDU has outlets.", "pdu_id")
    outlet = Outlet(site_id=pdu.site_id, pdu_id=pdu.id)
    return edit_outlet(session, outlet, {"phases": None, **values})


def edit_outlet(session: Session, outlet: Outlet, changes: Mapping[str, Any]) -> Outlet:
    """Set fields of an outlet, a new one included. Raises Refused, Conflict."""
    lock_power(session, outlet.site_id)
    pdu = session.get_one(PowerNode, outlet.pdu_id)
    with session.no_autoflush:
        _set(outlet, changes, OUTLET_FIELDS)
        if not isinstance(outlet.number, int) or outlet.number < 1:
            raise Refused("An outlet has a number from 1 on.", "number")
        _check_outlet_lines(outlet, pdu)
        same = select(Outlet.id).where(Outlet.pdu_id == pdu.id, Outlet.number == outlet.number)
        if session.scalar(same.where(Outlet.id != (outlet.id or 0))) is not None:
            raise Conflict(f"{pdu.title} has an outlet {outlet.number} already.", "number")
    session.add(outlet)
    session.flush()
    return outlet


def remove_outlet(session: Session, outlet: Outlet) -> None:
    """Take an outlet away. Raises Conflict naming what is plugged in."""
    lock_power(session, outlet.site_id)
    cord = cords_by_outlet(session, [outlet.id]).get(outlet.id)
    if cord is not None:
        raise Conflict(f"{cord.inlet.equipment.name} {cord.inlet.name} is plugged in.", "outlet")
    session.delete(outlet)
    session.flush()


def ensure_inlets(session: Session, equipment: Equipment) -> list[Inlet]:
    """The inlets of a piece of equipment; those of its type that are missing are made."""
    there = select(Inlet).where(Inlet.equipment_id == equipment.id).order_by(Inlet.id)
    inlets = list(session.scalars(there))
    names = {inlet.name for inlet in inlets}
    ports = [port for port in _ports(session, equipment.id) if port.kind == "power_inlet"]
    made = [
        Inlet(
            site_id=equipment.site_id,
            equipment_id=equipment.id,
            name=port.name,
            connector=(port.connector or "")[:30] or None,
            rated_w=port.maximum_w,
        )
        for port in ports
        if port.name not in names
    ]
    session.add_all(made)
    session.flush()
    return inlets + made


def add_inlet(session: Session, equipment: Equipment, values: Mapping[str, Any]) -> Inlet:
    """One inlet by hand. Raises Refused, Conflict."""
    inlet = Inlet(site_id=equipment.site_id, equipment_id=equipment.id)
    return edit_inlet(session, inlet, values)


def edit_inlet(session: Session, inlet: Inlet, changes: Mapping[str, Any]) -> Inlet:
    """Set fields of an inlet, a new one included. Raises Refused, Conflict."""
    lock_power(session, inlet.site_id)
    with session.no_autoflush:
        _set(inlet, changes, INLET_FIELDS)
        if not inlet.name:
            raise Refused("An inlet needs a name, as PSU1.", "name")
        if inlet.rated_w is not None and inlet.rated_w <= 0:
            raise Refused("A rating in W is above 0.", "rated_w")
        same = select(Inlet.id).where(Inlet.equipment_id == inlet.equipment_id)
        same = same.where(Inlet.name == inlet.name, Inlet.id != (inlet.id or 0))
        if session.scalar(same) is not None:
            raise Conflict(f"It has an inlet {inlet.name!r} already.", "name")
    session.add(inlet)
    session.flush()
    return inlet


def remove_inlet(session: Session, inlet: Inlet) -> None:
    """Take an inlet away. Raises Conflict naming the outlet it hangs on."""
    lock_power(session, inlet.site_id)
    cord = cord_of_inlet(session, inlet.id)
    if cord is not None:
        raise Conflict(f"It is plugged into {outlet_name(cord.outlet)}.", "inlet")
    session.delete(inlet)
    session.flush()


def _ports(session: Session, equipment_id: int | None) -> Sequence[TypePort]:
    wanted = (
        select(EquipmentType)
        .join(Equipment, Equipment.type_id == EquipmentType.id)
        .where(Equipment.id == equipment_id)
        .options(selectinload(EquipmentType.ports))
    )
    found = session.scalar(wanted)
    return found.ports if found is not None else ()


def _set(row: Outlet | Inlet, values: Mapping[str, Any], known: frozenset[str]) -> None:
    strange = sorted(set(values) - known)
    if strange:
        raise Refused(f"There is no field {', '.join(strange)}.", strange[0])
    for key, value in values.items():
        text = value.strip() or None if isinstance(value, str) else value
        setattr(row, key, text)


def _check_outlet_lines(outlet: Outlet, pdu: PowerNode) -> None:
    strange = conductors.unknown(outlet.phases or "")
    if strange:
        raise Refused(f"No conductor {', '.join(strange)}; write L1 or L1,L2.", "phases", "PW-01")
    missing = [line for line in conductors.split(outlet.phases) if line not in pdu.lines]
    if missing:
        have = conductors.join(pdu.lines)
        raise Refused(f"{pdu.title} works on {have} only.", "phases", "PW-01")
    if outlet.rating_a is not None and outlet.rating_a <= 0:
        raise Refused("A rating in A is above 0.", "rating_a")
