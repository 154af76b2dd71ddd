"""What points mean to objects, and how they are corrected. Never commits."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilities.errors import Conflict, NotFound, Refused
from facilities.monitoring.machine import DevicePoint
from facilities.monitoring.metrics import check_metric
from facilities.monitoring.models import Binding, Calibration, Device
from facilities.readings import ObjectRef
from facilities.web.registry import ObjectLink

FEEDS = ("", "A", "B", "C")
#: A correction beyond this is a wrong profile, not a sensor that drifted.
LARGEST_SCALE = 1e6


@dataclass(frozen=True, slots=True)
class BindingValues:
    """A point, the object it is about, and what it is to that object."""

    point: str
    target: ObjectRef
    metric: str
    feed: str = ""


def binding_by_id(session: Session, binding_id: int) -> Binding:
    """The binding. Raises NotFound."""
    binding = session.get(Binding, binding_id)
    if binding is None:
        raise NotFound("There is no such binding.")
    return binding


def bind(
    session: Session, device: Device, values: BindingValues, link: ObjectLink | None
) -> Binding:
    """Bind a point of a device to an object. link: the object, None when it does not exist."""
    binding = Binding(device_id=device.id, site_id=device.site_id)
    _write(session, device, binding, values, link)
    session.add(binding)
    session.flush()
    return binding


def rebind(
    session: Session, binding: Binding, values: BindingValues, link: ObjectLink | None
) -> None:
    """Change what a point means. Raises Refused, Conflict."""
    _write(session, binding.device, binding, values, link)
    session.flush()


def unbind(session: Session, binding: Binding) -> None:
    """Remove a binding. Samples of the point stay."""
    session.delete(binding)
    session.flush()


def calibrate(
    session: Session, device: Device, point: str, scale: float, offset: float, on: date | None
) -> Calibration | None:
    """Correct a point: shown = decoded x scale + offset; scale 1 and offset 0 end it (EN-05)."""
    if not 0 < abs(scale) <= LARGEST_SCALE:
        raise Refused(f"The scale is not 0 and at most {LARGEST_SCALE:g}.", "scale", "EN-05")
    _quantity(session, device, point)
    row = session.scalar(
        select(Calibration).where(Calibration.device_id == device.id, Calibration.point == point)
    )
    if scale == 1 and offset == 0 and on is None:
        if row is not None:
            session.delete(row)
            session.flush()
        return None
    if row is None:
        row = Calibration(device_id=device.id, site_id=device.site_id, point=point)
        session.add(row)
    row.scale, row.offset, row.calibrated_on = scale, offset, on
    session.flush()
    return row


def _write(
    session: Session,
    device: Device,
    binding: Binding,
    values: BindingValues,
    link: ObjectLink | None,
) -> None:
    if link is None:
        raise Refused("There is no such object. Find it by name first.", "target")
    if link.site_id is not None and link.site_id != device.site_id:
        raise Refused(f"{link.label} stands at another site than the device.", "target")
    if values.feed not in FEEDS:
        raise Refused("The feed is A, B, C or none.", "feed", "UN-06")
    check_metric(values.metric, _quantity(session, device, values.point))
    _check_single(session, device, binding, values)
    binding.point, binding.metric, binding.feed = values.point, values.metric, values.feed
    binding.object_kind, binding.object_id = values.target


def _check_single(
    session: Session, device: Device, binding: Binding, values: BindingValues
) -> None:
    same = select(Binding.id).where(
        Binding.device_id == device.id,
        Binding.point == values.point,
        Binding.object_kind == values.target.kind,
        Binding.object_id == values.target.id,
        Binding.metric == values.metric,
        Binding.feed == values.feed,
    )
    found = session.scalar(same)
    if found is not None and found != binding.id:
        raise Conflict("This point is bound to this object in just this way already.", "point")


def _quantity(session: Session, device: Device, point: str) -> str | None:
    """The point's quantity; None while the device has never been read."""
    found = dict(
        session.execute(
            select(DevicePoint.point, DevicePoint.quantity).where(
                DevicePoint.device_id == device.id
            )
        ).all()
    )
    if not point or len(point) > 160:
        raise Refused("Choose a point of the device.", "point")
    if found and point not in found:
        raise Refused(f"Device {device.key} has no point {point!r}.", "point")
    return found.get(point)
