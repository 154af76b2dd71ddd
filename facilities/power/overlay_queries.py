"""The power overlay of a room's plan, and the power facts of a rack."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilities.hosting.models import Rack
from facilities.power.chain_queries import limit_of
from facilities.power.live import Values, number, oldest_s, pick
from facilities.power.models import PowerNode
from facilities.power.panel_queries import node_ref
from facilities.power.phasors import apparent_va
from facilities.power.standing import tone_of
from facilities.readings import ObjectRef, Readings
from facilities.sites.models import Site
from facilities.web.house import house
from facilities.web.registry import KeyFact, Shade
from facilities.web.show import quantity


def pdus_of_racks(session: Session, rack_ids: Sequence[int]) -> dict[int, list[PowerNode]]:
    """The rack PDUs of each rack, in one statement."""
    wanted = select(PowerNode).where(PowerNode.rack_id.in_(rack_ids), PowerNode.kind == "rack_pdu")
    found: dict[int, list[PowerNode]] = {}
    for pdu in session.scalars(wanted.order_by(PowerNode.feed, PowerNode.name)):
        if pdu.rack_id is not None:
            found.setdefault(pdu.rack_id, []).append(pdu)
    return found


def power_shades(
    session: Session, readings: Readings, rack_ids: Sequence[int]
) -> Mapping[int, Shade]:
    """Live W of each rack against its budget, else its weakest feed; unknown if one is not read."""
    wanted = select(Rack.id, Rack.budget_w, Site.policy_pack).join(Site, Site.id == Rack.site_id)
    found = session.execute(wanted.where(Rack.id.in_(rack_ids)))
    racks = {row[0]: (row[1], row[2]) for row in found}
    pdus = pdus_of_racks(session, rack_ids)
    refs = [node_ref(pdu.id) for here in pdus.values() for pdu in here]
    latest = readings.latest(refs)
    shades = {}
    for id_ in rack_ids:
        budget_w, policy = racks.get(id_, (None, "nec"))
        here = pdus.get(id_, [])
        limit = (budget_w, "budget") if budget_w else (least_feed_va(here, policy), "one feed")
        shades[id_] = _shade(here, latest, *limit)
    return shades


def least_feed_va(pdus: Sequence[PowerNode], policy: str) -> float | None:
    """What the weakest feed of a rack may carry alone, in VA; None where a PDU's is not known."""
    by_feed: dict[str, list[float | None]] = {}
    for pdu in pdus:
        amps, phases = limit_of(pdu, policy).amps, len(pdu.lines)
        known = amps is not None and pdu.voltage_v is not None
        va = apparent_va(pdu.voltage_v or 0.0, amps or 0.0, phases) if known else None
        by_feed.setdefault(pdu.feed, []).append(va)
    sums = [
        sum(va for va in found if va is not None)
        for found in by_feed.values()
        if all(va is not None for va in found)
    ]
    return min(sums) if sums and len(sums) == len(by_feed) else None


def _shade(
    pdus: Sequence[PowerNode],
    latest: Mapping[ObjectRef, Values],
    limit: float | None,
    what: str,
) -> Shade:
    values = [pick(latest.get(node_ref(pdu.id), ()), "power.active") for pdu in pdus]
    known = [watts for value in values if (watts := number(value)) is not None]
    age = oldest_s(values)
    if not pdus:
        return Shade(None, "no rack PDU is modelled")
    if len(known) < len(values):
        missing = f"{len(values) - len(known)} of {len(values)} PDUs have no data"
        return Shade(None, missing, age_s=age)
    shown = quantity(sum(known), "W")
    if not limit:
        return Shade(None, f"{shown}, but neither budget nor ratings are recorded", age_s=age)
    level = sum(known) / limit
    return Shade(level, f"{shown}, {level:.0%} of {what}", tone_of(level), age)


def rack_facts(session: Session, ref: ObjectRef) -> Sequence[KeyFact]:
    """The feeds of a rack with the live watts of each."""
    pdus = pdus_of_racks(session, [ref.id]).get(ref.id, [])
    if not pdus:
        return [KeyFact("Power feeds", "none modelled", tone="warning")]
    latest = house().readings.latest([node_ref(pdu.id) for pdu in pdus])
    by_feed: dict[str, list[float | None]] = {}
    for pdu in pdus:
        watts = number(pick(latest.get(node_ref(pdu.id), ()), "power.active"))
        by_feed.setdefault(pdu.feed or "no feed", []).append(watts)
    return [KeyFact(f"Feed {feed}", _sum_words(values)) for feed, values in sorted(by_feed.items())]


def _sum_words(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return "no data"
    part = "" if len(known) == len(values) else f" from {len(known)} of {len(values)} PDUs"
    return f"{quantity(sum(known), 'W')}{part}"
