"""From a store's cells to live values: telemetry's words become those of the readings port."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from facilities.monitoring.bound import BoundPoint
from facilities.monitoring.staleness import Kept, Verdict
from facilities.readings import LiveValue, Quality
from telemetry.points import Point
from telemetry.sample import Quality as QualityCode
from telemetry.sample import Raw, named_value
from telemetry.stores.base import Latest

#: Telemetry's quality codes as ours; the words are the same.
_QUALITIES = {code.value: Quality(code.word) for code in QualityCode}


@dataclass(frozen=True, slots=True)
class KeptPoint:
    """The newest cell of a point in telemetry's words, with the raw value."""

    point: Point
    kept: Kept
    raw: Raw


def cells_of(latest: Latest, only: Collection[str] | None = None) -> Iterable[KeptPoint]:
    """The cells of a newest block, with the newest usable value of each.

    only: the ids of the points that are wanted (a set: devices have hundreds); None for all.
    """
    block, every_s = latest.block, latest.block.layout.every_s
    for n, point in enumerate(block.layout.points):
        if only is not None and point.id not in only:
            continue
        last_at_ms = latest.last_at_ms[n]
        kept = Kept(
            value=named_value(point, block.values[n], block.raw[n]),
            quality=_QUALITIES[block.quality[n]],
            at_s=block.at_ms / 1000,
            every_s=every_s,
            last_value=named_value(point, latest.last_values[n], None) if last_at_ms else None,
            last_at_s=last_at_ms / 1000 if last_at_ms else None,
        )
        yield KeptPoint(point, kept, block.raw[n])


def live_value(bound: BoundPoint, cell: KeptPoint | None, verdict: Verdict) -> LiveValue:
    """A judged cell as what it is to its object."""
    point, correct = cell.point if cell else None, bound.correction.of
    usable = verdict.quality.usable
    return LiveValue(
        metric=bound.metric,
        feed=bound.feed,
        label=point.label if point else bound.point,
        value=correct(verdict.value),
        unit=point.unit if point else "",
        quality=verdict.quality,
        at=None if verdict.at_s is None else datetime.fromtimestamp(verdict.at_s, UTC),
        age_s=verdict.age_s,
        device=bound.device,
        point=bound.point,
        source=point.source if point else "",
        raw=cell.raw if cell else None,
        last_value=None if usable else correct(verdict.last_value),
        last_at=None
        if usable or verdict.last_at_s is None
        else datetime.fromtimestamp(verdict.last_at_s, UTC),
        why=verdict.why,
    )


def moment_of(at_ms: int) -> datetime:
    """Epoch milliseconds as a moment in UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)
