"""A rack's feeds and loads from the rows: PDUs, feeders, cords, and what of it is not modelled."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from facilities.hosting.models import Equipment, TypePort
from facilities.power.chain_queries import Plant, plant_above
from facilities.power.demand import Watts, reckoned
from facilities.power.failover import CordEnd, Load
from facilities.power.lines import LINES, split
from facilities.power.live import Values, number, pick
from facilities.power.models import Cord, Inlet, Outlet, PowerLink, PowerNode
from facilities.power.phasors import line_to_line_v
from facilities.power.redundancy import Path
from facilities.readings import ObjectRef, Readings

UNKNOWN = Watts(None, "unknown")


@dataclass(frozen=True, slots=True)
class Plugged:
    """One inlet with its cord, if any."""

    inlet: Inlet
    cord: Cord | None


@dataclass(frozen=True, slots=True)
class Consumer:
    """A piece of equipment with its inlets.

    missing: inlets of it without a cord in the model; inside: it sits in a bay of another one.
    """

    id: int
    name: str
    rack_id: int | None
    budget_w: float | None
    nameplate_w: float | None
    plugs: tuple[Plugged, ...]
    missing: int
    watts: Watts = UNKNOWN
    inside: bool = False

    @property
    def is_load(self) -> bool:
        """True for what draws power by itself: no patch panel, no blade (SP-06: its chassis)."""
        rated = self.budget_w is not None or self.nameplate_w is not None
        return bool(self.plugs) or (not self.inside and bool(self.missing or rated))

    @property
    def cords(self) -> list[Cord]:
        """Its cords."""
        return [plug.cord for plug in self.plugs if plug.cord is not None]

    def paths(self) -> list[Path]:
        """Its cords as redundancy judges them."""
        return [
            Path(cord.inlet.name, cord.outlet.pdu_id, cord.outlet.pdu.feed) for cord in self.cords
        ]

    def load(self) -> Load:
        """It as failover reckons with it; power factor 1 where nobody measured (PW-06)."""
        ends = tuple(_end(cord.outlet) for cord in self.cords)
        watts = None if self.watts.value is None else complex(self.watts.value)
        return Load(self.name, watts, ends, missing=self.missing)


@dataclass(frozen=True)
class RackPower:
    """Everything the power tab of a rack reckons with.

    sharing: PDU -> the feeder above it, for this rack's PDUs and all others on the same feeders.
    """

    pdus: Sequence[PowerNode]
    plant: Plant
    sharing: Mapping[int, int]
    consumers: Sequence[Consumer]
    latest: Mapping[ObjectRef, Values]


def rack_power(session: Session, readings: Readings, rack_id: int, site_id: int) -> RackPower:
    """A rack's PDUs, the chain above, and all that hangs on the same feeders; 7 statements."""
    here = (PowerNode.rack_id == rack_id, PowerNode.kind == "rack_pdu")
    pdus = list(
        session.scalars(select(PowerNode).where(*here).order_by(PowerNode.feed, PowerNode.name))
    )
    plant = plant_above(session, [pdu.id for pdu in pdus], site_id)
    own = {pdu.id: row.id for pdu in pdus if (row := plant.feeder(pdu.id)) is not None}
    sharing = pdus_below(session, set(own.values())) | own
    found = consumers(session, rack_id, {*sharing, *(pdu.id for pdu in pdus)})
    refs = [ObjectRef("power_node", id_) for id_ in {*plant.rows, *sharing}]
    latest = readings.latest([*refs, *refs_of(found)])
    return RackPower(
        pdus, plant, sharing, [with_watts(one, latest) for one in found if one.is_load], latest
    )


def pdus_below(session: Session, node_ids: Collection[int]) -> dict[int, int]:
    """The rack PDUs that these nodes feed directly, each with the node above it."""
    wanted = (
        select(PowerNode.id, PowerLink.source_id)
        .join(PowerLink, PowerLink.target_id == PowerNode.id)
        .where(PowerLink.source_id.in_(node_ids), PowerNode.kind == "rack_pdu")
    )
    return {row[0]: row[1] for row in session.execute(wanted)}


def consumers(
    session: Session, rack_id: int | None, pdu_ids: Collection[int] = (), only: int | None = None
) -> list[Consumer]:
    """What stands in a rack or hangs on these PDUs, the PDUs themselves left out; two statements.

    only: one piece of equipment instead, wherever it stands.
    """
    hanging = (
        select(Inlet.equipment_id)
        .join(Cord, Cord.inlet_id == Inlet.id)
        .join(Outlet, Outlet.id == Cord.outlet_id)
        .where(Outlet.pdu_id.in_(pdu_ids))
    )
    which: ColumnElement[bool] = or_(Equipment.rack_id == rack_id, Equipment.id.in_(hanging))
    which = which if only is None else Equipment.id == only
    in_chain = select(PowerNode.equipment_id).where(PowerNode.equipment_id.is_not(None))
    ports = (
        select(func.count(TypePort.id))
        .where(TypePort.type_id == Equipment.type_id, TypePort.kind == "power_inlet")
        .scalar_subquery()
    )
    wanted = select(Equipment, ports).where(which, Equipment.id.not_in(in_chain))
    wanted = wanted.options(joinedload(Equipment.type)).order_by(Equipment.name)
    rows = [(row[0], int(row[1] or 0)) for row in session.execute(wanted)]
    plugs = plugs_of(session, [equipment.id for equipment, _ in rows])
    return [_consumer(equipment, count, plugs.get(equipment.id, ())) for equipment, count in rows]


def plugs_of(session: Session, equipment_ids: Sequence[int]) -> dict[int, list[Plugged]]:
    """The inlets of equipment with their cords, outlets and PDUs, in one statement."""
    wanted = (
        select(Inlet, Cord)
        .outerjoin(Cord, Cord.inlet_id == Inlet.id)
        .where(Inlet.equipment_id.in_(equipment_ids))
        .options(joinedload(Cord.outlet).joinedload(Outlet.pdu))
        .order_by(Inlet.name)
    )
    found: dict[int, list[Plugged]] = {}
    for inlet, cord in session.execute(wanted):
        found.setdefault(inlet.equipment_id, []).append(Plugged(inlet, cord))
    return found


def refs_of(found: Sequence[Consumer]) -> list[ObjectRef]:
    """What to ask the readings for, for these consumers: themselves and their outlets."""
    outlets = [ObjectRef("outlet", cord.outlet_id) for one in found for cord in one.cords]
    return [*(ObjectRef("equipment", one.id) for one in found), *outlets]


def with_watts(one: Consumer, latest: Mapping[ObjectRef, Values]) -> Consumer:
    """The consumer with the watts to reckon with (PW-13): outlets', its own meter's, budget ..."""
    outlets = [
        number(pick(latest.get(ObjectRef("outlet", cord.outlet_id), ()), "power.active"))
        for cord in one.cords
    ]
    known = [value for value in outlets if value is not None]
    own = number(pick(latest.get(ObjectRef("equipment", one.id), ()), "power.active"))
    whole = bool(outlets) and len(known) == len(outlets) and not one.missing
    watts = reckoned(sum(known) if whole else own, one.budget_w, one.nameplate_w)
    return replace(one, watts=watts)


def _consumer(equipment: Equipment, ports: int, plugs: Sequence[Plugged]) -> Consumer:
    """Nameplate: its own, its type's, or one supply's (redundant supplies count once)."""
    rated = [plug.inlet.rated_w for plug in plugs if plug.inlet.rated_w is not None]
    of_type = equipment.type.rated_w if equipment.type is not None else None
    nameplate = equipment.rated_w or max(rated, default=None) or of_type
    missing = sum(plug.cord is None for plug in plugs) if plugs else ports
    return Consumer(
        equipment.id,
        equipment.name,
        equipment.rack_id,
        equipment.budget_w,
        nameplate,
        tuple(plugs),
        missing,
        inside=equipment.parent_id is not None,
    )


def end_of(pdu: PowerNode, lines: tuple[str, ...]) -> CordEnd:
    """A cord into a PDU on these lines."""
    volts = None if pdu.voltage_v is None else line_to_line_v(pdu.voltage_v, pdu.lines)
    return CordEnd(pdu.id, pdu.feed, lines, volts)


def _end(outlet: Outlet) -> CordEnd:
    """An outlet that names no lines takes its PDU's, where these are not all three."""
    lines = split(outlet.phases)
    whole = outlet.pdu.lines
    return end_of(outlet.pdu, lines or (whole if len(whole) < len(LINES) else ()))
