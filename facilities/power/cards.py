"""Home cards of the electrician: breakers near their limit, imbalance, UPSs, redundancy."""

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from facilities.accounts.permissions import Permission
from facilities.power import imbalance
from facilities.power.chain_queries import limit_of, plant_of_site
from facilities.power.find_queries import in_sites
from facilities.power.live import Values, branch_amps, line_amps_of, number, pick
from facilities.power.models import Cord, Inlet, Outlet, PowerNode
from facilities.power.panel_queries import children_of, node_ref
from facilities.power.place_queries import my_sites
from facilities.power.redundancy import Path, of_many
from facilities.power.standing import standing, tone_of
from facilities.readings import Readings
from facilities.web.registry import Card, CardRow, Viewer
from facilities.web.show import quantity

SHOWN = 5
NEAR = 0.8
VIEW = Permission.POWER_VIEW


def node_url(node_id: int) -> str:
    """The page of a node."""
    return url_for("power.node", node_id=node_id)


def nodes_of_kind(session: Session, who: Viewer, *kinds: str) -> list[PowerNode]:
    """The nodes of these kinds at the sites this person may see."""
    here = in_sites(who.sites_for(VIEW))
    wanted = select(PowerNode).where(here, PowerNode.kind.in_(kinds))
    return list(session.scalars(wanted.options(joinedload(PowerNode.panel))))


def label_of(row: PowerNode) -> str:
    """A breaker's circuit id and where it goes."""
    return f"{row.title} · {row.destination}" if row.destination else row.title


def near_limit(session: Session, readings: Readings, who: Viewer) -> Card:
    """Breakers at 80 % of their continuous limit and above, the nearest first."""
    policies = {site.id: site.policy_pack for site in my_sites(session, who)}
    breakers = [row for row in nodes_of_kind(session, who, "breaker") if row.usage == "used"]
    below = children_of(session, [row.id for row in breakers])
    ids = {row.id for row in breakers} | {c.id for found in below.values() for c in found}
    latest = readings.latest([node_ref(id_) for id_ in ids])
    found = []
    for row in breakers:
        under = [(c.title, latest.get(node_ref(c.id), ())) for c in below.get(row.id, ())]
        own: Values = latest.get(node_ref(row.id), ())
        stands = standing(
            limit_of(row, policies[row.site_id]), own, branch_amps(own, row.lines, under)
        )
        if stands.verdict.utilisation is not None:
            found.append((stands.verdict.utilisation, row, stands))
    found.sort(key=lambda entry: (-entry[0], entry[1].title))
    rows = [
        CardRow(label_of(row), node_url(row.id), f"{used:.0%} of limit", stands.tone)
        for used, row, stands in found[:SHOWN]
    ]
    unread = len(breakers) - len(found)
    empty = f"No breaker has a reading ({unread} are modelled)." if unread else "No breaker yet."
    count = sum(used >= NEAR for used, _, _ in found) if found or not breakers else None
    return Card(count, rows, url_for("power.nodes", kind="breaker"), empty)


def uneven(session: Session, readings: Readings, who: Viewer) -> Card:
    """Panels and UPSs whose imbalance is above 10 %, suppressed where the load is low (PW-08)."""
    nodes = nodes_of_kind(session, who, "panel", "ups", "pdu", "switchgear", "rack_pdu")
    three = [row for row in nodes if len(row.lines) == 3]
    latest = readings.latest([node_ref(row.id) for row in three])
    judged = []
    for row in three:
        amps = line_amps_of(latest.get(node_ref(row.id), ()), row.lines)
        if any(amps.by_line.values()):
            numbers = [number(value) for value in amps.by_line.values()]
            judged.append((row, imbalance.judge(numbers, row.rating_a)))
    over = [(verdict.pct, row, verdict) for row, verdict in judged if (verdict.pct or 0.0) >= 10]
    over.sort(key=lambda entry: (-(entry[0] or 0.0), entry[1].title))
    rows = [
        CardRow(row.title, node_url(row.id), f"{pct:.0f} %", verdict.tone)
        for pct, row, verdict in over[:SHOWN]
    ]
    empty = f"All {len(judged)} metered nodes are within 10 %." if judged else "Nothing is metered."
    return Card(len(over) if judged or not three else None, rows, "", empty)


def ups_state(session: Session, readings: Readings, who: Viewer) -> Card:
    """Every UPS: its state, load and battery; the count is of those not on mains."""
    rows = sorted(nodes_of_kind(session, who, "ups"), key=lambda row: row.title)
    latest = readings.latest([node_ref(row.id) for row in rows])
    shown = [(row, *_ups(latest.get(node_ref(row.id), ()))) for row in rows]
    order = {"critical": 0, "warning": 1, "unknown": 2, "ok": 3}
    shown.sort(key=lambda entry: (order[entry[2]], entry[0].title))
    cards = [CardRow(row.title, node_url(row.id), words, tone) for row, words, tone in shown]
    away = sum(tone in ("critical", "warning") for _, _, tone in shown)
    return Card(away, cards[: SHOWN + 3], url_for("power.nodes", kind="ups"), "No UPS is modelled.")


def _ups(values: Values) -> tuple[str, str]:
    """The words and tone of a UPS; without any reading it is unknown, never fine."""
    state = pick(values, "state")
    load, charge = number(pick(values, "load")), number(pick(values, "battery.charge"))
    runtime = number(pick(values, "battery.runtime"))
    said = str(state.value) if state is not None and state.quality.usable else ""
    parts = [said.replace("_", " ")] if said else []
    if "batter" in said.lower():
        parts += [f"{runtime / 60:.0f} min left"] if runtime is not None else []
        parts += [f"charge {quantity(charge, '%')}"] if runtime is None and charge else []
    parts += [f"load {quantity(load, '%')}"] if load is not None else []
    if not parts:
        return "no data", "unknown"
    if any(word in said.lower() for word in ("batter", "fault", "off", "trip")):
        return ", ".join(parts), "critical"
    if "bypass" in said.lower():
        return ", ".join(parts), "warning"
    tone = tone_of(None if load is None else load / 100.0)
    return ", ".join(parts), "ok" if tone == "unknown" and said else tone


def paper_redundancy(session: Session, readings: Readings, who: Viewer) -> Card:
    """PW-29 over every cord of this person's sites: loads whose feeds meet below the UPSs."""
    del readings
    found: list[CardRow] = []
    cords = 0
    for site in my_sites(session, who):
        paths, labels = cord_paths(session, site.id)
        cords += sum(len(here) for here in paths.values())
        findings = of_many(plant_of_site(session, site.id).chain, paths) if paths else {}
        found += [
            CardRow(labels[key], node_url(here[0].node), here[0].name, "warning")
            for key, here in findings.items()
        ]
    empty = "Every pair of cords has its own way up." if cords else "No cord is modelled yet."
    return Card(len(found), found[:SHOWN], "", empty)


def cord_paths(session: Session, site_id: int) -> tuple[dict[str, list[Path]], dict[str, str]]:
    """The cords of a site by equipment, and what each piece is called; one statement."""
    wanted = (
        select(Cord)
        .where(Cord.site_id == site_id)
        .options(
            joinedload(Cord.outlet).joinedload(Outlet.pdu),
            joinedload(Cord.inlet).joinedload(Inlet.equipment),
        )
    )
    paths: dict[str, list[Path]] = {}
    labels: dict[str, str] = {}
    for cord in session.scalars(wanted):
        key, pdu = str(cord.inlet.equipment_id), cord.outlet.pdu
        labels[key] = cord.inlet.equipment.name
        paths.setdefault(key, []).append(Path(cord.inlet.name, pdu.id, pdu.feed))
    return paths, labels
