"""All readings of devices, bound or not, judged now: for device pages and REST."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilities.errors import Unavailable
from facilities.monitoring.bound import BoundPoint, collector_word, heard
from facilities.monitoring.calibration import UNCORRECTED, Correction
from facilities.monitoring.cells import KeptPoint, cells_of, live_value
from facilities.monitoring.machine import DeviceHealth
from facilities.monitoring.models import Calibration, Device
from facilities.monitoring.readings_port import StoreReadings, by_device
from facilities.monitoring.staleness import Source, judge
from facilities.readings import LiveValue, ObjectRef
from telemetry.errors import StoreError
from telemetry.points import Point
from telemetry.sample import iso_ms
from telemetry.stores.base import Latest

Wanted = Collection[tuple[str, str]] | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A point and its judged value."""

    point: Point
    live: LiveValue


class Snapshot:
    """The newest cells of some devices. Only what is asked for is judged.

    only: (device, point) pairs; None for all points.
    """

    def __init__(
        self,
        session: Session,
        port: StoreReadings,
        device_ids: Collection[int] | None,
        sites: frozenset[int] | None = None,
        only: Wanted = None,
    ) -> None:
        self._now = port.clock()
        self._sources = _sources(session, device_ids, sites, self._now)
        self._corrections = _corrections(session, device_ids)
        self._only = None if only is None else by_device(only)
        try:
            self._latest = port.cache.latest(list(self._sources)) if self._sources else []
        except StoreError as error:
            raise Unavailable(f"The sample store is away just now: {error}") from error

    def __len__(self) -> int:
        if self._only is None:
            return sum(len(latest.block.layout.points) for latest in self._latest)
        return sum(1 for _ in self._cells())

    def rows(self, first: int = 0, count: int | None = None) -> list[Shown]:
        """Readings by device key, poll class and place in the layout."""
        last = None if count is None else first + count
        return [self._judged(*each) for each in islice(self._cells(), first, last)]

    def _cells(self) -> Iterable[tuple[str, KeptPoint]]:
        for latest in self._latest:
            device = latest.block.layout.device
            for cell in self._asked(device, latest):
                yield device, cell

    def _asked(self, device: str, latest: Latest) -> Iterable[KeptPoint]:
        return cells_of(latest, None if self._only is None else self._only.get(device, ()))

    def _judged(self, device: str, cell: KeptPoint) -> Shown:
        source, point = self._sources[device], cell.point.id
        correction = self._corrections.get((device, point), UNCORRECTED)
        bound = BoundPoint(ObjectRef("device", 0), "", "", device, point, correction, source)
        verdict = judge(cell.kept, source, self._now.timestamp())
        return Shown(cell.point, live_value(bound, cell, verdict))


def as_reading(shown: Shown) -> dict[str, Any]:
    """The shape of a reading at every edge (design, section 5)."""
    point, live = shown.point, shown.live
    reading = {
        "device": live.device,
        "point": point.id,
        "label": point.label,
        "quantity": point.quantity.value,
        "phase": point.phase.value if point.phase else None,
        "value": live.value,
        "unit": point.unit,
        "quality": live.quality.value,
        "at": _iso(live.at),
        "raw": live.raw,
        "source": point.source,
    }
    if live.last_at is not None:
        reading |= {"last_value": live.last_value, "last_at": _iso(live.last_at)}
    return reading


def _iso(at: datetime | None) -> str | None:
    return None if at is None else iso_ms(round(at.timestamp() * 1000))


def _sources(
    session: Session,
    device_ids: Collection[int] | None,
    sites: frozenset[int] | None,
    now: datetime,
) -> Mapping[str, Source]:
    heard_at = heard().scalar_subquery()
    wanted = (
        select(Device.key, Device.enabled, Device.state, DeviceHealth.error, heard_at)
        .outerjoin(DeviceHealth, DeviceHealth.device_id == Device.id)
        .order_by(Device.key)
    )
    if device_ids is not None:
        wanted = wanted.where(Device.id.in_(device_ids))
    if sites is not None:
        wanted = wanted.where(Device.site_id.in_(sites))
    return {
        key: Source(enabled, state == "maintenance", error or "", collector_word(at, now))
        for key, enabled, state, error, at in session.execute(wanted)
    }


def _corrections(
    session: Session, device_ids: Collection[int] | None
) -> Mapping[tuple[str, str], Correction]:
    wanted = select(Device.key, Calibration.point, Calibration.scale, Calibration.offset).join(
        Calibration, Calibration.device_id == Device.id
    )
    if device_ids is not None:
        wanted = wanted.where(Device.id.in_(device_ids))
    rows: Sequence[Any] = session.execute(wanted).all()
    return {(key, point): Correction(scale, offset) for key, point, scale, offset in rows}
