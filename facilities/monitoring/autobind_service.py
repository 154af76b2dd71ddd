"""Binds a device by rule once it was read: a new rack PDU shows on its rack without typing."""

from collections.abc import Mapping

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from facilities.accounts.history import act_as
from facilities.accounts.recorded import Actor
from facilities.db import now
from facilities.monitoring.autobind import PointFact, Proposal, Spot, propose
from facilities.monitoring.machine import DevicePoint
from facilities.monitoring.models import Binding, Device
from facilities.power.models import Outlet, PowerNode
from facilities.power.panelboard import line_of
from facilities.readings import ObjectRef

RULE = Actor("import", None, "binding rule")
BATCH = 20


def bind_new_devices(sessions: sessionmaker[Session]) -> int:
    """Bind devices that were read for the first time; returns how many. Commits each by itself."""
    with sessions() as session:
        read_once = select(DevicePoint.device_id)
        fresh = select(Device.id).where(Device.bound_at.is_(None), Device.id.in_(read_once))
        ids = session.scalars(fresh.order_by(Device.id).limit(BATCH)).all()
    for device_id in ids:
        with sessions() as session:
            act_as(session, RULE)
            bind_by_rule(session, session.get_one(Device, device_id))
            session.commit()
    return len(ids)


def bind_by_rule(session: Session, device: Device) -> list[Binding]:
    """Add the bindings that the rule proposes; meanings that somebody gave before stay."""
    read = select(DevicePoint).where(DevicePoint.device_id == device.id, DevicePoint.present)
    points = [
        PointFact(row.point, row.quantity, row.phase)
        for row in session.scalars(read.order_by(DevicePoint.poll_class, DevicePoint.place))
    ]
    there = select(Binding).where(Binding.device_id == device.id)
    known = list(session.scalars(there))
    meanings = {(b.object_kind, b.object_id, b.metric, b.feed) for b in known}
    points = [point for point in points if point.id not in {b.point for b in known}]
    added = [
        _binding(device, proposal)
        for proposal in propose(device.kind, points, spot_of(session, device))
        if (*proposal.target, proposal.metric, proposal.feed) not in meanings
    ]
    session.add_all(added)
    session.flush()
    # On the table: a person who edits the device meanwhile has not been overtaken by anybody.
    table = Device.__table__
    note = update(Device).where(table.c.id == device.id).values({table.c.bound_at: now()})
    session.execute(note.execution_options(unrecorded="the rule ran", synchronize_session=False))
    session.expire(device, ["bound_at"])
    return added


def _binding(device: Device, proposal: Proposal) -> Binding:
    return Binding(
        device_id=device.id,
        site_id=device.site_id,
        point=proposal.point,
        object_kind=proposal.target.kind,
        object_id=proposal.target.id,
        metric=proposal.metric,
        feed=proposal.feed,
    )


def spot_of(session: Session, device: Device) -> Spot:
    """What is known of the place where a device stands, in three statements at most."""
    node = session.get(PowerNode, device.power_node_id) if device.power_node_id else None
    rack = ObjectRef("rack", device.rack_id) if device.rack_id else None
    if node is None:
        return Spot(rack=rack)
    outlets = session.execute(select(Outlet.number, Outlet.id).where(Outlet.pdu_id == node.id))
    return Spot(
        ObjectRef("power_node", node.id),
        rack,
        node.feed,
        {number: ObjectRef("outlet", id_) for number, id_ in outlets},
        _poles(session, node),
    )


def _poles(session: Session, panel: PowerNode) -> Mapping[int, tuple[ObjectRef, str]]:
    if panel.layout is None or panel.spaces is None:
        return {}
    breakers = select(PowerNode).where(PowerNode.panel_id == panel.id)
    return {
        position: (
            ObjectRef("power_node", breaker.id),
            line_of(panel.layout, position, panel.spaces, panel.lines),
        )
        for breaker in session.scalars(breakers)
        for position in breaker.positions
        if 1 <= position <= panel.spaces
    }
