"""The readings port over telemetry: what is bound, corrected, judged now, totalled where asked."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from facilities.db import now as clock_now
from facilities.db import read_only
from facilities.errors import NotFound, Unavailable
from facilities.monitoring.bound import BoundPoint, PduPart, bound_points, pdu_parts
from facilities.monitoring.calibration import UNCORRECTED, Correction
from facilities.monitoring.cells import KeptPoint, cells_of, live_value, moment_of
from facilities.monitoring.latest_cache import LatestCache
from facilities.monitoring.machine import DevicePoint
from facilities.monitoring.models import Calibration, Device
from facilities.monitoring.staleness import Verdict, judge
from facilities.monitoring.totals import ADDITIVE, Part, add, derive
from facilities.readings import LiveValue, ObjectRef, Quality, Series, SeriesBucket
from telemetry.errors import StoreAway, StoreError
from telemetry.stores.base import SeriesQuery, Store


class StoreReadings:
    """facilities.readings.Readings over a telemetry store (read only).

    `latest` takes at most two statements and one call of the store, however many objects.
    """

    def __init__(
        self,
        sessions: sessionmaker[Session],
        store: Store,
        clock: Callable[[], datetime] = clock_now,
        cache_s: float = 1.0,
    ) -> None:
        self.store = store
        self.clock = clock
        self.cache = LatestCache(store, cache_s)
        self._sessions = sessions

    def latest(self, objects: Collection[ObjectRef]) -> Mapping[ObjectRef, Sequence[LiveValue]]:
        """See Readings. A store that is away gives `bad` values that say so."""
        return self.latest_of(objects, "")

    def latest_of(
        self, objects: Collection[ObjectRef], beginning: str
    ) -> Mapping[ObjectRef, Sequence[LiveValue]]:
        """As `latest`, for metrics with this beginning only: a plan of temperatures need not
        fetch what hundreds of PDUs say."""
        moment = self.clock()
        racks = [ref.id for ref in objects if ref.kind == "rack"]
        with self._sessions() as session:
            read_only(session)
            bound = bound_points(session, objects, moment, beginning)
            additive = any(metric.startswith(beginning) for metric in ADDITIVE)
            parts = pdu_parts(session, racks, moment) if additive else []
        everything = [*bound, *(point for part in parts for point in part.bound)]
        live = self._live(everything, moment)
        found: dict[ObjectRef, list[LiveValue]] = {}
        for point in bound:
            found.setdefault(point.ref, []).append(live[id(point)])
        for rack_id in dict.fromkeys(part.rack_id for part in parts):
            mine = [part for part in parts if part.rack_id == rack_id]
            _add_feeds(found, ObjectRef("rack", rack_id), mine, live)
        return {ref: derive(values) for ref, values in found.items()}

    def series(
        self, device: str, point: str, start: datetime, end: datetime, step_s: int
    ) -> Series:
        """See Readings; corrected by the point's calibration. Raises NotFound, Unavailable."""
        unit, correction = self._point(device, point)
        query = SeriesQuery(device, point, _ms(start), _ms(end), max(1, step_s) * 1000)
        try:
            buckets = self.store.series(query)
        except StoreAway as error:
            raise Unavailable(f"The sample store is away just now: {error}") from error
        except StoreError as error:
            raise Unavailable(f"The sample store cannot answer this: {error}") from error
        shown = [
            correction.of_bucket(
                SeriesBucket(moment_of(b.at_ms), b.min, b.mean, b.max, b.count, b.coverage)
            )
            for b in buckets
        ]
        return Series(device, point, unit, max(1, step_s), shown)

    def _live(self, points: Collection[BoundPoint], moment: datetime) -> dict[int, LiveValue]:
        """Live values by the identity of their bound point; one call of the store."""
        try:
            cells = self.cells((point.device, point.point) for point in points)
        except StoreError as error:
            why = f"the sample store is away: {error}"
            away = Verdict(None, Quality.BAD, None, None, why=why)
            return {id(point): live_value(point, None, away) for point in points}
        shown = {}
        for point in points:
            cell = cells.get((point.device, point.point))
            verdict = judge(cell.kept if cell else None, point.source, moment.timestamp())
            shown[id(point)] = live_value(point, cell, verdict)
        return shown

    def cells(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], KeptPoint]:
        """The newest cells of these (device, point). Raises StoreError."""
        only = by_device(wanted)
        return {
            (device, cell.point.id): cell
            for latest in self.cache.latest(only.keys())
            for device in (latest.block.layout.device,)
            for cell in cells_of(latest, only[device])
        }

    def _point(self, device: str, point: str) -> tuple[str, Correction]:
        wanted = (
            select(DevicePoint.unit, Calibration.scale, Calibration.offset)
            .join(Device, Device.id == DevicePoint.device_id)
            .outerjoin(
                Calibration,
                (Calibration.device_id == Device.id) & (Calibration.point == DevicePoint.point),
            )
            .where(Device.key == device, DevicePoint.point == point)
        )
        with self._sessions() as session:
            read_only(session)
            row = session.execute(wanted).first()
        if row is None:
            raise NotFound(f"Device {device!r} has no point {point!r}, or was never read.")
        unit, scale, offset = row
        return unit, UNCORRECTED if scale is None else Correction(scale, offset)


def by_device(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """The points of each device."""
    found: dict[str, set[str]] = {}
    for device, point in pairs:
        found.setdefault(device, set()).add(point)
    return found


def _add_feeds(
    found: dict[ObjectRef, list[LiveValue]],
    ref: ObjectRef,
    parts: Sequence[PduPart],
    live: Mapping[int, LiveValue],
) -> None:
    """The sums of a rack's PDUs by feed, where the rack itself has nothing bound for it."""
    direct = {(value.metric, value.feed) for value in found.get(ref, ())}
    for feed in dict.fromkeys(part.feed for part in parts):
        mine = [part for part in parts if part.feed == feed]
        for metric in ADDITIVE:
            measured = [_part(part, metric, live) for part in mine]
            if (metric, feed) in direct or all(part.value is None for part in measured):
                continue
            label = next(part.value.label for part in measured if part.value is not None)
            only = measured[0].value if len(measured) == 1 else None
            found.setdefault(ref, []).append(only or add(metric, feed, label, measured))


def _part(part: PduPart, metric: str, live: Mapping[int, LiveValue]) -> Part:
    values = [live[id(point)] for point in part.bound if point.metric == metric]
    if len(values) > 1:  # a PDU with several inlets, each metered
        return Part(
            part.name,
            add(metric, part.feed, values[0].label, [Part(value.point, value) for value in values]),
        )
    return Part(part.name, values[0] if values else None)


def _ms(moment: datetime) -> int:
    return math.floor(moment.timestamp() * 1000)
