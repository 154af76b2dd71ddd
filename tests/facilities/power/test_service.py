"""The chain's services: what they refuse, with which names, and what they leave behind."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from facilities.accounts.ledger import history_of
from facilities.errors import Conflict, NotFound, Refused
from facilities.power import chain_queries, link_service, panel_service, service
from facilities.power.models import PowerLink, PowerNode
from facilities.sites.models import Site
from tests.facilities.power.conftest import World


def capacity(records: Session, world: World) -> int:
    found = records.scalar(select(Site.capacity_version).where(Site.id == world.site.id))
    assert found is not None
    return found


def test_a_node_is_added_with_its_place_and_counts_as_a_change_of_capacity(
    records: Session, world: World
) -> None:
    before = capacity(records, world)
    values = {"name": "ATS-1", "room_id": world.room.id, "rating_a": 400.0}
    node = service.add_node(records, world.site.id, "ats", values)
    assert node.id
    assert capacity(records, world) == before + 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "X", "feed": "Q"}, "feed"),
        ({"name": "X", "phases": "L1,L9"}, "phases"),
        ({"name": "X", "phases": ""}, "phases"),
        ({"name": "X", "rating_a": 0.0}, "rating_a"),
        ({"name": "X", "derate": 2.0}, "derate"),
        ({"name": "X", "continuous_factor": 1.1}, "continuous_factor"),
        ({"name": "X", "rack_id": 999}, "rack_id"),
        ({"name": "X", "layout": "spiral"}, "layout"),
        ({"name": "X", "colour": "red"}, "colour"),
    ],
)
def test_a_refusal_names_its_field(
    records: Session, world: World, values: dict[str, object], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        service.add_node(records, world.site.id, "panel", values)
    assert refused.value.field == field


def test_unknown_kinds_sites_and_nodes_are_refused(records: Session, world: World) -> None:
    with pytest.raises(Refused, match="No kind 'toaster'"):
        service.add_node(records, world.site.id, "toaster", {"name": "T"})
    with pytest.raises(Refused, match="no such site"):
        service.add_node(records, 999, "ups", {"name": "T"})
    with pytest.raises(NotFound):
        service.find_node(records, 999)
    with pytest.raises(NotFound):
        link_service.find_link(records, 999)


def test_two_nodes_of_one_name_are_a_conflict(records: Session, world: World) -> None:
    with pytest.raises(Conflict, match="UPS-A"):
        service.add_node(records, world.site.id, "ups", {"name": "UPS-A"})


def test_pw_01_a_circle_is_refused_by_name_and_leaves_no_link(
    records: Session, world: World
) -> None:
    board = service.add_node(records, world.site.id, "switchgear", {"name": "SWGR"})
    link_service.add_link(records, board, world.nodes["UPS-A"])
    with pytest.raises(Refused) as refused:
        link_service.add_link(records, world.nodes["UPS-A"], board)
    assert refused.value.message == "That would be a circle: UPS-A -> SWGR -> UPS-A."
    assert refused.value.rule == "PW-01"


def test_pw_01_a_circle_through_a_seated_breaker_is_seen(records: Session, world: World) -> None:
    with pytest.raises(Refused, match="circle: RPP-A3-1,3,5 -> RPP-A3 -> RPP-A3-1,3,5"):
        link_service.add_link(
            records, world.nodes["CB-A"], world.nodes["RPP-A3"], normally_open=True
        )


def test_pw_01_phases_that_are_not_there_are_refused(records: Session, world: World) -> None:
    pole = panel_service.add_breaker(records, world.nodes["RPP-A3"], 2, 1, {"rating_a": 20.0})
    pdu = service.add_node(records, world.site.id, "rack_pdu", {"name": "PDU-X"})
    with pytest.raises(Refused, match="offers only L1") as refused:
        link_service.add_link(records, pole, pdu)
    assert refused.value.field == "phases"


def test_a_second_closed_input_and_a_second_link_are_conflicts(
    records: Session, world: World
) -> None:
    nodes = world.nodes
    with pytest.raises(Conflict, match="fed by UPS-A already"):
        link_service.add_link(records, nodes["UPS-B"], nodes["RPP-A3"])
    with pytest.raises(Conflict, match="UPS-A feeds RPP-A3 already"):
        link_service.add_link(records, nodes["UPS-A"], nodes["RPP-A3"])
    link_service.add_link(records, nodes["UPS-B"], nodes["RPP-A3"], normally_open=True)


def test_an_open_bypass_cannot_be_closed_beside_the_closed_input(
    records: Session, world: World
) -> None:
    nodes = world.nodes
    bypass = link_service.add_link(records, nodes["UPS-B"], nodes["RPP-A3"], normally_open=True)
    with pytest.raises(Conflict, match="fed by UPS-A already"):
        link_service.edit_link(records, bypass, {"normally_open": False})
    records.rollback()


def test_a_node_that_feeds_something_cannot_go_and_a_link_can(
    records: Session, world: World
) -> None:
    nodes = world.nodes
    with pytest.raises(Conflict, match="feeds RPP-A3-1,3,5"):
        service.remove_node(records, nodes["RPP-A3"])
    with pytest.raises(Conflict, match="Cords are plugged into PDU-A1"):
        service.remove_node(records, nodes["PDU-A1"])
    link = records.scalars(select(PowerLink).where(PowerLink.target_id == nodes["UPS-A"].id)).one()
    link_service.remove_link(records, link)
    service.remove_node(records, nodes["UTIL-A"])
    records.commit()
    assert records.scalar(select(PowerNode).where(PowerNode.name == "UTIL-A")) is None


def test_phases_of_a_node_cannot_leave_its_links_behind(records: Session, world: World) -> None:
    with pytest.raises(Refused, match="UPS-A offers only L1-L2"):
        service.edit_node(records, world.nodes["UPS-A"], {"phases": "L1,L2"})
    records.rollback()


def test_opening_a_breaker_is_a_row_of_its_history_with_the_reason(
    records: Session, world: World
) -> None:
    breaker = world.nodes["CB-A"]
    service.switch(records, breaker, "open", "Infrared check")
    records.commit()
    (entry, *_) = history_of(records, "power_node", breaker.id, 5)
    assert '"state":"open"' in entry.payload.replace(": ", ":")
    assert "Infrared check" in entry.payload
    assert history_of(records, "power_node", world.nodes["RPP-A3"].id, 1)[0].id == entry.id


def test_switching_needs_a_reason_and_a_change(records: Session, world: World) -> None:
    with pytest.raises(Refused, match="why"):
        service.switch(records, world.nodes["CB-A"], "open", "  ")
    with pytest.raises(Conflict, match="closed already"):
        service.switch(records, world.nodes["CB-A"], "closed", "again")
    with pytest.raises(Refused, match="closed, open, tripped"):
        service.switch(records, world.nodes["CB-A"], "melted", "hot")


def test_the_way_up_goes_through_the_panel_of_a_seated_breaker(
    records: Session, world: World
) -> None:
    pdu = world.nodes["PDU-A1"]
    plant = chain_queries.plant_above(records, [pdu.id], world.site.id)
    assert [row.title for row in plant.up(pdu.id)] == ["RPP-A3-1,3,5", "RPP-A3", "UPS-A", "UTIL-A"]
    assert plant.feeder(pdu.id) == world.nodes["CB-A"]
    assert world.nodes["UPS-B"].id not in plant.rows
    assert plant.limit(world.nodes["CB-A"].id).amps == pytest.approx(24)
    around = chain_queries.plant_around(records, [world.nodes["UPS-A"].id], world.site.id)
    assert pdu.id in around.rows
    assert len(chain_queries.plant_of_site(records, world.site.id).rows) == 10
