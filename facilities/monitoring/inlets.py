"""Inlet temperatures of racks: the hottest front sensor of each (EN-05), judged against 27 degC."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilities.hosting.models import Rack
from facilities.monitoring.models import Binding
from facilities.monitoring.readings_port import StoreReadings
from facilities.monitoring.totals import INLET, INLET_PARTS
from facilities.readings import LiveValue, ObjectRef, Readings
from facilities.web.house import house
from facilities.web.registry import ObjectLink, Shade

#: Recommended and allowable upper inlet limits of class A1 (AL-04; ASHRAE TC 9.9).
HIGH_C, CRITICAL_C = 27.0, 32.0
#: The ends of the ramp on a plan.
COOL_C = 18.0


@dataclass(frozen=True, slots=True)
class Inlet:
    """A rack's hottest inlet, with how to reach it."""

    link: ObjectLink
    value: LiveValue
    tone: str
    text: str


def inlet_of(values: Sequence[LiveValue]) -> LiveValue | None:
    """The hottest inlet among an object's values; None where no front sensor is bound."""
    return next((value for value in values if value.metric == INLET), None)


def tone_of(value: LiveValue) -> tuple[str, str]:
    """(tone, words) of an inlet; unknown is never ok."""
    if value.number is None:
        return "unknown", value.why or "no data"
    if value.number > CRITICAL_C:
        return "critical", f"above {CRITICAL_C:g} °C"
    if value.number > HIGH_C:
        return "warning", f"above {HIGH_C:g} °C"
    return "ok", "within limits"


def shade_of(value: LiveValue | None) -> Shade:
    """How a plan paints a rack: 18 degC is 0, 32 degC is 1."""
    if value is None:
        return Shade(None, "no front sensor")
    tone, words = tone_of(value)
    if value.number is None:
        return Shade(None, f"no data: {words}", tone, value.age_s)
    level = (value.number - COOL_C) / (CRITICAL_C - COOL_C)
    return Shade(min(1.0, max(0.0, level)), f"{value.number:.1f} °C", tone, value.age_s)


def racks_with_sensors(session: Session, sites: Collection[int] | None) -> list[int]:
    """The racks of these sites (None: all) to which a front sensor is bound."""
    wanted = (
        select(Binding.object_id)
        .join(Rack, Rack.id == Binding.object_id)
        .where(Binding.object_kind == "rack")
        .where((Binding.metric == INLET) | Binding.metric.startswith(INLET_PARTS))
        .distinct()
    )
    if sites is not None:
        wanted = wanted.where(Rack.site_id.in_(sites))
    return sorted(session.scalars(wanted))


def of_racks(readings: Readings, rack_ids: Collection[int]) -> Mapping[int, LiveValue | None]:
    """The hottest inlet of each rack; None where it has no sensor."""
    refs = [ObjectRef("rack", rack_id) for rack_id in rack_ids]
    if isinstance(readings, StoreReadings):
        found = readings.latest_of(refs, INLET)
    else:
        found = readings.latest(refs)
    return {ref.id: inlet_of(found.get(ref, ())) for ref in refs}


def listed(session: Session, readings: Readings, sites: Collection[int] | None) -> list[Inlet]:
    """Racks with front sensors, the hottest first, those without data next."""
    values = of_racks(readings, racks_with_sensors(session, sites))
    known = {ObjectRef("rack", id_): value for id_, value in values.items() if value is not None}
    links = house().registries.links(session, known.keys())
    rows = [
        Inlet(links[ref], value, *tone_of(value)) for ref, value in known.items() if ref in links
    ]
    return sorted(rows, key=lambda row: -(row.value.number or 1000.0))
