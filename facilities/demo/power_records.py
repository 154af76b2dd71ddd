"""Writes the demo's power chain: nodes, links, outlets, inlets, cords."""

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from facilities.demo.plant import PDU_LIMIT, bank_of, is_wide, outlet_phases
from facilities.demo.shapes import DemoNode, DemoSite
from facilities.demo.space import OUTLETS
from facilities.demo.supply import rack_pdu
from facilities.power import lines
from facilities.power.models import Cord, Inlet, Outlet, PowerLink, PowerNode


def add_power(
    session: Session,
    site: DemoSite,
    site_id: int,
    rooms: Mapping[str, int],
    racks: Mapping[str, int],
) -> dict[str, int]:
    """Every node and link; returns node ids by key."""
    ids: dict[str, int] = {}
    for item in site.nodes:
        node = _node(item, site_id, rooms, racks, ids)
        session.add(node)
        session.flush()
        ids[item.key] = node.id
    for item in site.nodes:
        for preference, source in enumerate(item.sources, start=1):
            link = PowerLink(
                site_id=site_id,
                source_id=ids[source],
                target_id=ids[item.key],
                preference=preference,
            )
            session.add(link)
    session.flush()
    return ids


def _node(
    item: DemoNode,
    site_id: int,
    rooms: Mapping[str, int],
    racks: Mapping[str, int],
    ids: Mapping[str, int],
) -> PowerNode:
    # A breaker is named by its poles; with its panel's name that is the circuit id (UN-06).
    name = ",".join(map(str, item.positions)) if item.kind == "breaker" else item.key
    return PowerNode(
        site_id=site_id,
        room_id=rooms[item.room] if item.room else None,
        rack_id=racks[item.rack] if item.rack else None,
        panel_id=ids[item.panel] if item.panel else None,
        kind=item.kind,
        name=name,
        feed=item.feed,
        voltage_v=item.volts,
        rating_a=item.rating_a,
        rating_w=item.rating_w,
        rating_va=item.rating_va,
        spaces=item.spaces,
        layout="nema" if item.spaces else None,
        positions=list(item.positions),
        usage=item.usage,
        destination=item.destination,
    )


def add_cords(
    session: Session,
    site: DemoSite,
    site_id: int,
    nodes: Mapping[str, int],
    equipment: Mapping[str, int],
) -> None:
    """Outlets of every rack PDU, inlets of every piece, and the cords between them."""
    pdus = (n.key for n in site.nodes if n.kind == "rack_pdu")
    outlets = {(o.pdu_id, o.number): o for key in pdus for o in _outlets(site_id, nodes[key])}
    inlets = [
        [
            Inlet(
                site_id=site_id,
                equipment_id=equipment[piece.name],
                name=port.name,
                connector=port.connector,
                rated_w=port.watts,
            )
            for port in piece.type.inlets
        ]
        for piece in site.pieces
    ]
    session.add_all([*outlets.values(), *(inlet for row in inlets for inlet in row)])
    session.flush()
    for piece, row in zip(site.pieces, inlets, strict=True):
        for (feed, number), inlet in zip(piece.cords, row, strict=True):
            outlet = outlets[nodes[rack_pdu(feed, piece.rack)], number]
            session.add(Cord(site_id=site_id, outlet_id=outlet.id, inlet_id=inlet.id))
    session.flush()


def _outlets(site_id: int, pdu_id: int) -> Iterable[Outlet]:
    for number in range(1, OUTLETS + 1):
        yield Outlet(
            site_id=site_id,
            pdu_id=pdu_id,
            number=number,
            name=f"Outlet {number}",
            connector="C19" if is_wide(number) else "C13",
            rating_a=(20.0 if is_wide(number) else 15.0) * PDU_LIMIT,
            phases=lines.join(outlet_phases(number)),
            bank=bank_of(number),
        )
