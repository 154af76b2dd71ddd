"""Writes the demo's devices, at the addresses where the plant serves them."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilities.accounts.history import act_as
from facilities.demo.records import SEEDER
from facilities.demo.shapes import DemoDevice, DemoSite
from facilities.hosting.models import Rack
from facilities.monitoring.device_url import without_secret
from facilities.monitoring.models import Binding, Device
from facilities.monitoring.service import DeviceValues, Vault, add_device
from facilities.power.models import PowerNode
from facilities.readings import ObjectRef
from facilities.sites.models import RackRow, Room, Site


def sync_devices(
    session: Session, site: DemoSite, urls: Mapping[str, str], vault: Vault
) -> tuple[int, int]:
    """Add the devices that are missing, correct the addresses of those that moved.

    Returns (added, moved). A device that a person removed comes back with the next start.
    """
    act_as(session, SEEDER)
    site_id = session.scalars(select(Site.id).where(Site.code == site.code)).one()
    there = {device.key: device for device in session.scalars(select(Device))}
    moved = 0
    for item in site.devices:
        if item.key not in there:
            _add(session, item, site, site_id, urls[item.key], vault)
        elif there[item.key].url != without_secret(urls[item.key])[0]:
            there[item.key].url = without_secret(urls[item.key])[0]
            moved += 1
    session.flush()
    return len(site.devices) - len(there.keys() & {d.key for d in site.devices}), moved


def _add(
    session: Session, item: DemoDevice, site: DemoSite, site_id: int, url: str, vault: Vault
) -> None:
    values = DeviceValues(
        site_id=site_id,
        key=item.key,
        name=item.name,
        profile=item.profile,
        url=url,
        place=_place(session, item, site, site_id),
    )
    device = add_device(session, values, vault)
    racks = select(Rack.name, Rack.id).where(Rack.site_id == site_id, Rack.name.in_(item.racks))
    ids = dict(session.execute(racks).tuples().all())
    for port, rack in enumerate(item.racks, start=1):
        session.add(
            Binding(
                device_id=device.id,
                site_id=site_id,
                point=f"sensor.{port}.temperature",
                object_kind="rack",
                object_id=ids[rack],
                metric="temperature.inlet.top",
            )
        )


def _place(session: Session, item: DemoDevice, site: DemoSite, site_id: int) -> ObjectRef:
    if item.kind == "environment":
        row = session.scalars(select(RackRow).where(RackRow.code == item.of)).first()
        return ObjectRef("room", row.room_id if row else 0)
    if item.kind == "crac":
        code = next(unit.room for unit in site.cracs if unit.key == item.of)
        return ObjectRef("room", session.scalars(select(Room.id).where(Room.code == code)).one())
    node = select(PowerNode.id).where(PowerNode.site_id == site_id, PowerNode.name == item.of)
    return ObjectRef("power_node", session.scalars(node).one())
