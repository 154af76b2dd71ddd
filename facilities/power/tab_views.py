"""The Power tabs that racks and equipment get on their own pages."""

from dataclasses import dataclass

from flask import render_template, request

from facilities.accounts.permit import require
from facilities.errors import NotFound
from facilities.hosting.models import Equipment, Rack
from facilities.power.chain_queries import limit_of, plant_above
from facilities.power.failover import CordEnd, Load, Shortcut, shortcut
from facilities.power.limits import Limit
from facilities.power.live import BranchAmps, branch_amps, line_amps_of, number
from facilities.power.models import PowerNode
from facilities.power.rack_figures import RackFigures, figures
from facilities.power.rack_queries import (
    Consumer,
    RackPower,
    consumers,
    end_of,
    rack_power,
    refs_of,
    with_watts,
)
from facilities.power.redundancy import Finding, of_many
from facilities.power.standing import Standing, standing
from facilities.power.views import EDIT, VIEW
from facilities.readings import ObjectRef
from facilities.web.house import house, session, viewer

MOST_TRIAL_W = 200_000.0


@dataclass(frozen=True, slots=True)
class PduRow:
    """A rack PDU on the tab: how it stands, and the way up as far as it is modelled."""

    node: PowerNode
    standing: Standing
    up: list[PowerNode]
    feeder: PowerNode | None
    panel: PowerNode | None


def rack_tab(ref: ObjectRef) -> str:
    """A rack's feeds, live; each feed lost in turn; what is redundant on paper only."""
    rack = session().get(Rack, ref.id)
    if rack is None:
        raise NotFound("There is no such rack.")
    require(VIEW, rack.site_id)
    power = rack_power(session(), house().readings, rack.id, rack.site_id)
    trial_w = _trial_w()
    rows = pdu_rows(power)
    feeds = sorted({row.node.feed for row in rows if row.node.feed})
    return render_template(
        "power/rack_tab.html",
        rack=rack,
        rows=rows,
        feeds=[(feed, [row for row in rows if row.node.feed == feed]) for feed in _feeds(rows)],
        figures=rack_figures(power, feeds, trial_w),
        measured=measured_amps(power),
        loads=power.consumers,
        findings=findings_of(power),
        shortcut=metered_shortcut(rows, feeds),
        trial_w=trial_w,
        budget_w=rack.budget_w,
        may_edit=viewer().may(EDIT, rack.site_id),
    )


def equipment_tab(ref: ObjectRef) -> str:
    """The inlets of a piece of equipment, their cords, and each way up to the sources."""
    equipment = session().get(Equipment, ref.id)
    if equipment is None:
        raise NotFound("There is no such equipment.")
    require(VIEW, equipment.site_id)
    found = consumers(session(), None, only=equipment.id)
    latest = house().readings.latest(refs_of(found))
    one = with_watts(found[0], latest) if found else None
    pdus = [cord.outlet.pdu_id for cord in one.cords] if one else []
    plant = plant_above(session(), pdus, equipment.site_id)
    ways = {pdu: plant.up(pdu) for pdu in pdus}
    findings = of_many(plant.chain, {one.name: one.paths()}) if one else {}
    return render_template(
        "power/equipment_tab.html",
        equipment=equipment,
        consumer=one,
        ways=ways,
        latest=latest,
        findings=[found for found_here in findings.values() for found in found_here],
        may_edit=viewer().may(EDIT, equipment.site_id),
    )


def pdu_rows(power: RackPower) -> list[PduRow]:
    """The rack's PDUs with their standings and ways up."""
    rows = []
    for pdu in power.pdus:
        values = power.latest.get(ObjectRef("power_node", pdu.id), ())
        amps = line_amps_of(values, pdu.lines)
        stands = standing(
            limit_of(pdu, power.plant.policy), values, amps, pdu.rating_w, pdu.rating_va
        )
        up = power.plant.up(pdu.id)
        panel = next((row for row in up if row.kind in ("panel", "busway")), None)
        rows.append(PduRow(pdu, stands, up, power.plant.feeder(pdu.id), panel))
    return rows


def rack_figures(power: RackPower, feeds: list[str], trial_w: float | None) -> RackFigures:
    """PW-15 for the loads of the rack and of all that shares its feeders, and a trial load."""
    loads = [one.load() for one in power.consumers]
    if trial_w:
        loads.append(Load("trial load", complex(trial_w), _trial_cords(power)))
    stations: dict[int, list[tuple[int, str, Limit]]] = {}
    own = [pdu.id for pdu in power.pdus]
    for pdu_id in dict.fromkeys((*own, *power.sharing)):
        feeder = power.sharing.get(pdu_id)
        ids = ([pdu_id] if pdu_id in own else []) + ([feeder] if feeder is not None else [])
        rows = power.plant.rows
        stations[pdu_id] = [(id_, rows[id_].title, power.plant.limit(id_)) for id_ in ids]
    return figures(loads, stations, feeds)


def measured_amps(power: RackPower) -> dict[int, BranchAmps]:
    """What is metered now at each station: the PDUs, and their feeders where all below is read."""
    values = {ref.id: found for ref, found in power.latest.items() if ref.kind == "power_node"}
    rows = power.plant.rows
    found = {pdu.id: line_amps_of(values.get(pdu.id, ()), pdu.lines) for pdu in power.pdus}
    for feeder in dict.fromkeys(power.sharing.values()):
        below = [pdu for pdu, above in power.sharing.items() if above == feeder]
        children = [(f"PDU {pdu}", values.get(pdu, ())) for pdu in below]
        found[feeder] = branch_amps(values.get(feeder, ()), rows[feeder].lines, children)
    return found


def findings_of(power: RackPower) -> list[tuple[Consumer, Finding]]:
    """PW-29 for every load whose cords all end in this rack's chain."""
    known = power.plant.chain.nodes
    named = {
        str(one.id): one.paths()
        for one in power.consumers
        if all(path.pdu in known for path in one.paths())
    }
    by_id = {str(one.id): one for one in power.consumers}
    found = of_many(power.plant.chain, named)
    return [(by_id[key], finding) for key, findings in found.items() for finding in findings]


def metered_shortcut(rows: list[PduRow], feeds: list[str]) -> Shortcut | None:
    """PW-15's shortcut on the meters of two three-phase feeds; None where it cannot be said."""
    if len(feeds) != 2 or len(rows) != 2 or any(len(row.node.lines) != 3 for row in rows):
        return None
    one, other = sorted(rows, key=lambda row: row.node.feed)
    limits = [limit for row in (one, other) if (limit := row.standing.verdict.limit.amps)]
    if not (one.standing.amps.known and other.standing.amps.known and len(limits) == 2):
        return None
    return shortcut(_amps(one), _amps(other), limits[0], limits[1])


def _amps(row: PduRow) -> list[float]:
    return [number(row.standing.amps.by_line[line]) or 0.0 for line in row.node.lines]


def _feeds(rows: list[PduRow]) -> list[str]:
    return sorted({row.node.feed for row in rows})


def _trial_w() -> float | None:
    asked = request.args.get("trial_w", type=float)
    return asked if asked is not None and 0 < asked <= MOST_TRIAL_W else None


def _trial_cords(power: RackPower) -> tuple[CordEnd, ...]:
    """One cord per feed, balanced over all lines of the first PDU of that feed."""
    first: dict[str, CordEnd] = {}
    for pdu in power.pdus:
        first.setdefault(pdu.feed, end_of(pdu, pdu.lines))
    return tuple(first.values())
