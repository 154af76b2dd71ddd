"""Live values that no device measures by itself: totals and the worst of several. Pure.

A total is known only when every part is: a missing meter makes it "no data", never a smaller sum.
The hottest of several sensors is a lower bound when one is missing: then it is uncertain (EN-05).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from facilities.readings import LiveValue, Quality

#: Metrics whose parts of one feed may be added: watts and volt-amperes of meters side by side.
#: (Volt-amperes of unlike power factors add to a little more than the truth: on the safe side.)
ADDITIVE = ("power.active", "power.apparent", "energy.active")
TOTAL = "power.active.total"
INLET, INLET_PARTS = "temperature.inlet", "temperature.inlet."
#: From best to worst; a total is as good as its worst part.
_RANK = (Quality.GOOD, Quality.MAINTENANCE, Quality.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a total and its value; None where nothing measures it."""

    name: str
    value: LiveValue | None


def add(metric: str, feed: str, label: str, parts: Sequence[Part]) -> LiveValue:
    """The sum of the parts, or no data with how many of them are known and who is missing.

    parts: at least one; all measured ones in the same unit. Its age is that of its oldest part.
    """
    known = [part.value for part in parts if part.value is not None]
    numbers = [value.number for value in known if value.number is not None]
    total = sum(numbers) if len(numbers) == len(parts) else None
    names = ", ".join(part.name for part in parts)
    blank = _blank(metric, feed, label, known, f"sum of {names}")
    if total is not None:
        return replace(blank, value=total, quality=_worst(known))
    missing = [part for part in parts if part.value is None or part.value.number is None]
    why = f"{len(numbers)} of {len(parts)} parts known; missing: " + "; ".join(
        f"{part.name} ({part.value.why if part.value else 'not metered'})" for part in missing
    )
    return _stale_if_all_stale(replace(blank, why=why), parts)


def hottest(values: Sequence[LiveValue]) -> LiveValue:
    """Rack inlet = the highest of its front sensors (EN-05). Ex: 22.1, 24.0, 26.8 -> 26.8.

    values: at least one. With a silent sensor among them the result is uncertain.
    """
    known = [value for value in values if value.number is not None]
    names = ", ".join(f"{value.device} {value.point}" for value in values)
    blank = _blank(INLET, "", "Hottest inlet", list(values), f"highest of {names}")
    if not known:
        parts = [Part(value.label, value) for value in values]
        whys = [f"{value.label}: {value.why}" for value in values]
        why = values[0].why if len(values) == 1 else "; ".join(whys)
        return _stale_if_all_stale(replace(blank, why=why), parts)
    top = max(known, key=lambda value: value.number or 0.0)
    silent = len(values) - len(known)
    return replace(
        top,
        metric=INLET,
        feed="",
        quality=Quality.UNCERTAIN if silent else top.quality,
        why=f"{silent} of {len(values)} front sensors are silent" if silent else "",
    )


def derive(values: Sequence[LiveValue]) -> list[LiveValue]:
    """Each metric of each feed once where it adds up, the total of all feeds, the hottest inlet.

    A metric that was bound directly (`power.active.total`, `temperature.inlet`) is left alone.
    """
    shown = _added(values)
    metrics = {value.metric for value in shown}
    feeds = [value for value in shown if value.metric == "power.active" and value.feed]
    if (
        feeds
        and TOTAL not in metrics
        and not any(value.metric == "power.active" and not value.feed for value in shown)
    ):
        parts = [Part(f"feed {value.feed}", value) for value in feeds]
        shown.append(add(TOTAL, "", "Power, all feeds", parts))
    inlets = [value for value in shown if value.metric.startswith(INLET_PARTS)]
    if inlets and INLET not in metrics:
        shown.append(hottest(inlets))
    return shown


def _added(values: Sequence[LiveValue]) -> list[LiveValue]:
    groups: dict[tuple[str, str], list[LiveValue]] = {}
    for value in values:
        groups.setdefault((value.metric, value.feed), []).append(value)
    shown: list[LiveValue] = []
    for (metric, feed), group in groups.items():
        if len(group) == 1 or metric not in ADDITIVE:
            shown += group
        else:
            parts = [Part(value.device, value) for value in group]
            shown.append(add(metric, feed, group[0].label, parts))
    return shown


def _blank(
    metric: str, feed: str, label: str, known: Sequence[LiveValue], source: str
) -> LiveValue:
    """A value that is not known yet, as old as the oldest of what it is made of."""
    dated = [value for value in known if value.at is not None]
    oldest = max(dated, key=lambda value: value.age_s or 0.0, default=None)
    return LiveValue(
        metric=metric,
        feed=feed,
        label=label,
        value=None,
        unit=known[0].unit if known else "",
        quality=Quality.NOT_AVAILABLE,
        at=oldest.at if oldest else None,
        age_s=oldest.age_s if oldest else None,
        device="",
        point="",
        source=source,
    )


def _worst(values: Sequence[LiveValue]) -> Quality:
    return max((value.quality for value in values), key=_RANK.index)


def _stale_if_all_stale(blank: LiveValue, parts: Sequence[Part]) -> LiveValue:
    """Stale, with the last total, when every part has a last value; else not available."""
    numbers = [number for part in parts if (number := _newest(part.value)) is not None]
    if len(numbers) < len(parts):
        return blank
    moments = [part.value.last_at for part in parts if part.value and part.value.last_at]
    total = max(numbers) if blank.metric == INLET else sum(numbers)
    return replace(
        blank, quality=Quality.STALE, last_value=total, last_at=min(moments, default=None)
    )


def _newest(value: LiveValue | None) -> float | None:
    if value is None:
        return None
    newest = value.last_value if value.number is None else value.number
    return float(newest) if isinstance(newest, (int, float)) else None
