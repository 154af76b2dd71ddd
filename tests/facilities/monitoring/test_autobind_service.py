"""A device that was read once is bound by rule, once, and nobody who edits it is overtaken."""

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from facilities.accounts.ledger import history_of
from facilities.hosting.models import Rack
from facilities.monitoring.autobind_service import bind_new_devices
from facilities.monitoring.machine import DevicePoint
from facilities.monitoring.models import Binding, Device
from facilities.power.models import Outlet, PowerNode
from facilities.sites.models import Building, Floor, Room, Site

POINTS = (
    ("device.1.active_power", "active_power", None),
    ("phase.1.current", "current", "L1"),
    ("outlet.2.active_power", "active_power", None),
)


def _pdu(session: Session) -> Device:
    site = Site(code="S", name="Site")
    session.add(site)
    session.flush()
    building = Building(site_id=site.id, code="B", name="B")
    session.add(building)
    session.flush()
    floor = Floor(site_id=site.id, building_id=building.id, code="F", name="F")
    session.add(floor)
    session.flush()
    room = Room(site_id=site.id, floor_id=floor.id, code="R", name="R")
    session.add(room)
    session.flush()
    rack = Rack(site_id=site.id, room_id=room.id, name="R01")
    session.add(rack)
    session.flush()
    node = PowerNode(site_id=site.id, rack_id=rack.id, kind="rack_pdu", name="PDU-A", feed="A")
    session.add(node)
    session.flush()
    session.add(Outlet(site_id=site.id, pdu_id=node.id, number=2))
    device = Device(
        site_id=site.id,
        key="pdu-a",
        name="PDU A",
        kind="rack_pdu",
        profile="apc-rpdu2",
        url="snmp://127.0.0.1:161",
        rack_id=rack.id,
        power_node_id=node.id,
    )
    session.add(device)
    session.commit()
    return device


def _read(session: Session, device: Device) -> None:
    for place, (point, quantity, phase) in enumerate(POINTS):
        session.add(
            DevicePoint(
                device_id=device.id,
                poll_class="normal",
                place=place,
                every_s=30.0,
                point=point,
                label=point,
                quantity=quantity,
                unit="W",
                kind="gauge",
                phase=phase,
                source="1.3",
            )
        )
    session.commit()


def test_a_device_is_bound_when_it_was_read_and_only_once(
    records: Session, sessions: sessionmaker[Session]
) -> None:
    device = _pdu(records)
    assert bind_new_devices(sessions) == 0
    _read(records, device)
    before = device.version
    records.commit()
    assert bind_new_devices(sessions) == 1
    assert bind_new_devices(sessions) == 0
    with sessions() as session:
        found = {
            (b.object_kind, b.metric, b.feed): b.point for b in session.scalars(select(Binding))
        }
        assert found == {
            ("power_node", "power.active", ""): "device.1.active_power",
            ("rack", "power.active", "A"): "device.1.active_power",
            ("power_node", "current.l1", ""): "phase.1.current",
            ("outlet", "power.active", ""): "outlet.2.active_power",
        }
        bound = session.get_one(Device, device.id)
        assert bound.bound_at is not None and bound.version == before
        actors = {entry.actor for entry in history_of(session, "device", device.id, 20)}
        assert "import:binding rule" in actors


def test_what_a_person_bound_before_stays(
    records: Session, sessions: sessionmaker[Session]
) -> None:
    device = _pdu(records)
    _read(records, device)
    records.add(
        Binding(
            device_id=device.id,
            site_id=device.site_id,
            point="device.1.active_power",
            object_kind="rack",
            object_id=device.rack_id or 0,
            metric="power.active",
            feed="B",
        )
    )
    records.commit()
    bind_new_devices(sessions)
    with sessions() as session:
        of_point = select(Binding.object_kind, Binding.feed).where(
            Binding.point == "device.1.active_power"
        )
        assert [tuple(row) for row in session.execute(of_point)] == [("rack", "B")]
