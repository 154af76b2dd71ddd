"""Loads what is bound to objects, in at most two statements however many objects."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from facilities.monitoring.calibration import UNCORRECTED, Correction
from facilities.monitoring.machine import CollectorHeartbeat, DeviceHealth
from facilities.monitoring.models import Binding, Calibration, Device
from facilities.monitoring.staleness import Source, duration
from facilities.monitoring.totals import ADDITIVE
from facilities.power.models import PowerNode
from facilities.readings import ObjectRef

#: A collector that has not been heard for this long is taken for gone.
SILENT_AFTER_S = 60


@dataclass(frozen=True, slots=True)
class BoundPoint:
    """A point with what it means, how it is corrected, and how its device is doing."""

    ref: ObjectRef
    metric: str
    feed: str
    device: str
    point: str
    correction: Correction
    source: Source


@dataclass(frozen=True, slots=True)
class PduPart:
    """A rack PDU of a rack; `bound` has one entry per metric that may be added."""

    rack_id: int
    feed: str
    name: str
    bound: tuple[BoundPoint, ...]


def bound_points(
    session: Session, refs: Collection[ObjectRef], now: datetime, beginning: str = ""
) -> list[BoundPoint]:
    """The bindings of these objects, in the order in which they were made. One statement.

    beginning: only metrics that begin so.
    """
    by_kind: dict[str, list[int]] = {}
    for ref in refs:
        by_kind.setdefault(ref.kind, []).append(ref.id)
    if not by_kind:
        return []
    chosen = or_(
        *(
            and_(Binding.object_kind == kind, Binding.object_id.in_(ids))
            for kind, ids in by_kind.items()
        )
    )
    statement = (
        select(*_columns())
        .select_from(Binding)
        .join(Device, Device.id == Binding.device_id)
        .outerjoin(DeviceHealth, DeviceHealth.device_id == Device.id)
        .outerjoin(Calibration, _calibrates())
        .where(chosen, Binding.metric.startswith(beginning, autoescape=True))
        .order_by(Binding.id)
    )
    return [_bound(tuple(row), now) for row in session.execute(statement)]


def pdu_parts(session: Session, rack_ids: Collection[int], now: datetime) -> list[PduPart]:
    """The rack PDUs of these racks with what meters them, also those that nothing meters.

    One statement.
    """
    if not rack_ids:
        return []
    metered = and_(
        Binding.object_kind == "power_node",
        Binding.object_id == PowerNode.id,
        Binding.metric.in_(ADDITIVE),
    )
    statement = (
        select(PowerNode.id, PowerNode.rack_id, PowerNode.feed, PowerNode.name, *_columns())
        .select_from(PowerNode)
        .outerjoin(Binding, metered)
        .outerjoin(Device, Device.id == Binding.device_id)
        .outerjoin(DeviceHealth, DeviceHealth.device_id == Device.id)
        .outerjoin(Calibration, _calibrates())
        .where(PowerNode.kind == "rack_pdu", PowerNode.rack_id.in_(rack_ids))
        .order_by(PowerNode.feed, PowerNode.name, PowerNode.id, Binding.id)
    )
    return list(_parts((tuple(row) for row in session.execute(statement)), now))


def collector_word(heard_at: datetime | None, now: datetime) -> str:
    """Why nothing is read just now when that is because no collector is alive, else ""."""
    if heard_at is None:
        return "no collector is running"
    silent_s = (now - heard_at).total_seconds()
    if silent_s <= SILENT_AFTER_S:
        return ""
    return f"no collector has been heard for {duration(silent_s)}"


def heard() -> Select[datetime]:
    """When a collector that polls was last heard."""
    return select(func.max(CollectorHeartbeat.at)).where(CollectorHeartbeat.polling)


def _columns() -> tuple[Any, ...]:
    return (
        Binding.object_kind,
        Binding.object_id,
        Binding.metric,
        Binding.feed,
        Binding.point,
        Device.key,
        Device.enabled,
        Device.state,
        DeviceHealth.error,
        Calibration.scale,
        Calibration.offset,
        heard().scalar_subquery(),
    )


def _calibrates() -> ColumnElement[bool]:
    return and_(Calibration.device_id == Binding.device_id, Calibration.point == Binding.point)


def _bound(row: tuple[Any, ...], now: datetime) -> BoundPoint:
    kind, id_, metric, feed, point, key, enabled, state, error, scale, offset, heard_at = row
    correction = UNCORRECTED if scale is None else Correction(scale, offset)
    source = Source(enabled, state == "maintenance", error or "", collector_word(heard_at, now))
    return BoundPoint(ObjectRef(kind, id_), metric, feed, key, point, correction, source)


def _parts(rows: Iterable[tuple[Any, ...]], now: datetime) -> Iterable[PduPart]:
    for (_, rack_id, feed, name), group in groupby(rows, key=lambda row: row[:4]):
        bound = tuple(_bound(row[4:], now) for row in group if row[4] is not None)
        yield PduPart(rack_id, feed, name, bound)
