"""The catalogue of layouts that telemetry's stores ask for, as rows of the database."""

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from facilities.db import read_only
from facilities.monitoring.machine import DevicePoint
from facilities.monitoring.models import Device
from telemetry.errors import StoreAway
from telemetry.points import Kind, Phase, Point, PollClass, Quantity
from telemetry.sample import Layout

#: Device names in one statement: databases limit how many values one may hold.
_AT_ONCE = 500


class RecordsCatalogue:
    """telemetry's Catalogue over the records. Opens a session of its own at each call."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def put(self, layout: Layout) -> None:
        """Remember the newest layout; of a device that is gone meanwhile, nothing."""
        self.put_all([layout])

    def put_all(self, layouts: Collection[Layout]) -> None:
        """Remember several in one transaction. Raises StoreAway while the database is away."""
        try:
            with self._sessions.begin() as session:
                for layout in layouts:
                    remember(session, layout)
        except OperationalError as error:
            raise StoreAway(f"the catalogue of points cannot be written: {error.orig}") from error

    def layouts(self, devices: Collection[str] | None = None) -> list[Layout]:
        """The newest layouts of the named devices (None: of all), by device and poll class."""
        try:
            with self._sessions() as session:
                read_only(session)
                return load_layouts(session, devices)
        except OperationalError as error:
            raise StoreAway(f"the catalogue of points cannot be read: {error.orig}") from error


def remember(session: Session, layout: Layout) -> None:
    """Write a layout's points; points it no longer has stay, marked as absent."""
    device_id = session.scalar(select(Device.id).where(Device.key == layout.device))
    if device_id is None:
        return
    found = select(DevicePoint).where(DevicePoint.device_id == device_id)
    known = {row.point: row for row in session.scalars(found)}
    for place, point in enumerate(layout.points):
        values = _values(layout, place, point)
        row = known.pop(point.id, None)
        if row is None:
            session.add(DevicePoint(device_id=device_id, point=point.id, **values))
            continue
        for name, value in values.items():
            if getattr(row, name) != value:
                setattr(row, name, value)
    for row in known.values():
        if row.poll_class == layout.poll_class.value:
            row.present = False


def forget(session: Session, device_id: int) -> None:
    """Drop what was found on a device: it has another profile or address now."""
    session.execute(delete(DevicePoint).where(DevicePoint.device_id == device_id))


def load_layouts(session: Session, devices: Collection[str] | None) -> list[Layout]:
    """See RecordsCatalogue.layouts. One statement per 500 devices."""
    if devices is None:
        return _load(session, None)
    names = sorted(devices)
    chunks = [names[n : n + _AT_ONCE] for n in range(0, len(names), _AT_ONCE)]
    return [layout for chunk in chunks for layout in _load(session, chunk)]


def _load(session: Session, keys: Sequence[str] | None) -> list[Layout]:
    wanted = (
        select(Device.key, DevicePoint)
        .join(Device, Device.id == DevicePoint.device_id)
        .where(DevicePoint.present)
        .order_by(Device.key, DevicePoint.poll_class, DevicePoint.place)
    )
    if keys is not None:
        wanted = wanted.where(Device.key.in_(keys))
    rows = session.execute(wanted).all()
    layouts = []
    for (key, poll_class), group in groupby(rows, lambda row: (row[0], row[1].poll_class)):
        points = [row[1] for row in group]
        every_s = points[0].every_s
        layouts.append(
            Layout(key, PollClass(poll_class), every_s, tuple(point_of(row) for row in points))
        )
    return layouts


def point_of(row: DevicePoint) -> Point:
    """The point of a row, as telemetry speaks of it."""
    return Point(
        id=row.point,
        label=row.label,
        quantity=Quantity(row.quantity),
        unit=row.unit,
        kind=Kind(row.kind),
        source=row.source,
        phase=Phase(row.phase) if row.phase else None,
        names=names_of(row.names),
    )


def names_of(stored: Mapping[str, Any]) -> dict[int, str]:
    """State or bit names by code; JSON keeps the codes as text."""
    return {int(code): str(name) for code, name in stored.items()}


def _values(layout: Layout, place: int, point: Point) -> dict[str, Any]:
    return {
        "poll_class": layout.poll_class.value,
        "place": place,
        "every_s": layout.every_s,
        "present": True,
        "label": point.label[:160],
        "quantity": point.quantity.value,
        "unit": point.unit,
        "kind": point.kind.value,
        "phase": point.phase.value if point.phase else None,
        "source": point.source[:160],
        "names": {str(code): name for code, name in sorted(point.names.items())},
    }
