"""Live values of a rack or of equipment, sorted as people read them: feeds, then climate. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from facilities.readings import LiveValue

#: The order of a feed's rows; what is not named comes after, by its name.
ORDER = ("power.active", "power.apparent", "current.l1", "current.l2", "current.l3", "current.n")


@dataclass(frozen=True, slots=True)
class LiveGroup:
    """Values that belong together: one feed, the climate, or the rest."""

    title: str
    values: Sequence[LiveValue]


def grouped(values: Iterable[LiveValue]) -> list[LiveGroup]:
    """Feed A, feed B, ..., climate, others; empty groups are left out."""
    found: dict[str, list[LiveValue]] = {}
    for value in values:
        found.setdefault(_title(value), []).append(value)
    return [
        LiveGroup(title, sorted(found[title], key=_place)) for title in sorted(found, key=_rank)
    ]


def inlet(values: Iterable[LiveValue]) -> LiveValue | None:
    """The warmest usable inlet temperature, else one that says why there is none."""
    inlets = [value for value in values if value.metric.startswith("temperature.inlet")]
    usable = [value for value in inlets if value.number is not None]
    if usable:
        return max(usable, key=lambda value: value.number or 0.0)
    return inlets[0] if inlets else None


def power_by_feed(values: Iterable[LiveValue]) -> dict[str, LiveValue]:
    """The active power of each feed, by feed."""
    powers = [value for value in values if value.metric == "power.active"]
    return {value.feed: value for value in sorted(powers, key=lambda value: value.feed)}


def _title(value: LiveValue) -> str:
    if value.feed:
        return f"Feed {value.feed}"
    climate = ("temperature", "humidity", "dew_point", "pressure", "airflow")
    return "Climate" if value.metric.split(".")[0] in climate else "Other"


def _rank(title: str) -> tuple[int, str]:
    return {"Climate": 1, "Other": 2}.get(title, 0), title


def _place(value: LiveValue) -> tuple[int, str, str]:
    known = ORDER.index(value.metric) if value.metric in ORDER else len(ORDER)
    return known, value.metric, value.point
