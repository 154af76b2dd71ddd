"""Breakers on a panel: seats, phases, moves; outlets, inlets and cords."""

import pytest
from sqlalchemy.orm import Session

from facilities.errors import Conflict, NotFound, Refused
from facilities.hosting.models import Equipment, EquipmentType, TypePort
from facilities.power import cord_service, outlet_service, panel_service, service
from facilities.power.models import PowerNode
from tests.facilities.power.conftest import C13, C14, World


@pytest.fixture
def panel(world: World) -> PowerNode:
    return world.nodes["RPP-A3"]


def test_a_breaker_gets_circuit_id_phases_and_voltage_from_its_seat(
    records: Session, panel: PowerNode
) -> None:
    pair = panel_service.add_breaker(records, panel, 7, 2, {"rating_a": 30.0})
    assert (pair.title, pair.phases, pair.voltage_v) == ("RPP-A3-7,9", "L1,L2", 208.0)
    one = panel_service.add_breaker(records, panel, 4, 1, {"rating_a": 20.0})
    assert one.phases == "L2"
    assert one.voltage_v == pytest.approx(120.09, abs=0.01)
    assert one.feed == "A"


def test_an_occupied_position_is_refused_naming_the_breaker_there(
    records: Session, panel: PowerNode
) -> None:
    with pytest.raises(Conflict) as refused:
        panel_service.add_breaker(records, panel, 3, 1, {})
    assert "RPP-A3-1,3,5 (Rack R07)" in refused.value.message
    assert (refused.value.field, refused.value.rule) == ("start", "PW-21")


def test_what_does_not_fit_the_panel_is_refused(
    records: Session, panel: PowerNode, world: World
) -> None:
    with pytest.raises(Refused, match="past the end"):
        panel_service.add_breaker(records, panel, 41, 2, {})
    with pytest.raises(Refused, match="1, 2 or 3 poles"):
        panel_service.add_breaker(records, panel, 7, 4, {})
    with pytest.raises(Refused, match="breakers sit on a panel"):
        panel_service.add_breaker(records, world.nodes["UPS-A"], 1, 1, {})


def test_a_breaker_moves_with_its_name_and_may_overlap_itself(
    records: Session, panel: PowerNode
) -> None:
    breaker = panel_service.add_breaker(records, panel, 7, 2, {"rating_a": 30.0})
    panel_service.edit_breaker(records, breaker, {"destination": "R09"}, start=9)
    assert (breaker.positions, breaker.name, breaker.phases) == ([9, 11], "RPP-A3-9,11", "L2,L3")
    assert breaker.destination == "R09"
    panel_service.edit_breaker(records, breaker, {"rating_a": 20.0})
    assert breaker.positions == [9, 11]
    with pytest.raises(Conflict, match="RPP-A3-1,3,5"):
        panel_service.edit_breaker(records, breaker, {}, start=5)


def test_moving_a_breaker_that_feeds_something_onto_other_phases_is_refused(
    records: Session, world: World
) -> None:
    with pytest.raises(Refused) as refused:
        panel_service.edit_breaker(records, world.nodes["CB-A"], {}, poles=2)
    assert "L3" in refused.value.message
    records.rollback()


def test_a_spare_can_go_and_a_used_one_cannot(
    records: Session, panel: PowerNode, world: World
) -> None:
    spare = panel_service.add_breaker(records, panel, 8, 1, {"usage": "spare"})
    panel_service.remove_breaker(records, spare)
    assert 8 not in panel_service.occupied(records, panel)
    with pytest.raises(Conflict, match="PDU-A1"):
        panel_service.remove_breaker(records, world.nodes["CB-A"])


def test_a_panels_layout_cannot_change_under_its_breakers(
    records: Session, panel: PowerNode
) -> None:
    with pytest.raises(Conflict, match="RPP-A3-1,3,5") as refused:
        service.edit_node(records, panel, {"layout": "sequential"})
    assert refused.value.rule == "PW-21"
    records.rollback()


def typed_pdu(records: Session, world: World, voltage_v: float) -> PowerNode:
    maker_id = world.equipment["srv1"].type.maker_id if world.equipment["srv1"].type else 0
    ports = [
        TypePort(kind="power_outlet", name=f"Outlet {n}", connector=C13, feed_leg=leg)
        for n, leg in enumerate("ABC", 1)
    ]
    kind = EquipmentType(maker_id=maker_id, model="P3", slug="p3", height_half_u=0, ports=ports)
    records.add(kind)
    records.flush()
    equipment = Equipment(site_id=world.site.id, type_id=kind.id, name="PDU-T", height_half_u=0)
    records.add(equipment)
    records.flush()
    values = {"name": "PDU-T", "voltage_v": voltage_v, "equipment_id": equipment.id}
    return service.add_node(records, world.site.id, "rack_pdu", values)


@pytest.mark.parametrize(
    ("voltage_v", "phases"),
    [(208.0, ["L1,L2", "L2,L3", "L1,L3"]), (415.0, ["L1", "L2", "L3"])],
)
def test_outlets_come_from_the_type_with_the_phases_of_the_system(
    records: Session, world: World, voltage_v: float, phases: list[str]
) -> None:
    pdu = typed_pdu(records, world, voltage_v)
    made = outlet_service.generate_outlets(records, pdu)
    assert [outlet.phases for outlet in made] == phases
    assert [outlet.rating_a for outlet in made] == [15.0] * 3
    assert outlet_service.generate_outlets(records, pdu) == []


def test_a_pdu_without_a_type_says_how_to_go_on(records: Session, world: World) -> None:
    with pytest.raises(Refused, match="by hand"):
        outlet_service.generate_outlets(records, world.nodes["PDU-A1"])
    with pytest.raises(Refused, match="only a rack PDU"):
        outlet_service.generate_outlets(records, world.nodes["UPS-A"])
    with pytest.raises(Refused, match="only a rack PDU"):
        outlet_service.add_outlet(records, world.nodes["UPS-A"], {"number": 1})


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"number": 1}, "number"),
        ({"number": 0}, "number"),
        ({"number": 9, "phases": "L7"}, "phases"),
        ({"number": 9, "rating_a": -1.0}, "rating_a"),
        ({"number": 9, "colour": "red"}, "colour"),
    ],
)
def test_a_wrong_outlet_is_refused_by_field(
    records: Session, world: World, values: dict[str, object], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        outlet_service.add_outlet(records, world.nodes["PDU-A1"], values)
    assert refused.value.field == field


def test_inlets_come_from_the_type_once_and_by_hand(records: Session, world: World) -> None:
    server = world.equipment["srv1"]
    assert [i.name for i in outlet_service.ensure_inlets(records, server)] == ["PSU1", "PSU2"]
    assert len(outlet_service.ensure_inlets(records, server)) == 2
    with pytest.raises(Conflict, match="PSU1"):
        outlet_service.add_inlet(records, server, {"name": "PSU1"})
    with pytest.raises(Refused, match="name"):
        outlet_service.add_inlet(records, server, {"name": " "})
    with pytest.raises(Refused, match="above 0"):
        outlet_service.add_inlet(records, server, {"name": "PSU3", "rated_w": 0.0})


def test_a_taken_outlet_or_inlet_names_the_other_end(records: Session, world: World) -> None:
    spare = outlet_service.add_inlet(records, world.equipment["sw1"], {"name": "PSU2"})
    with pytest.raises(Conflict, match="PDU-A1 outlet 1 feeds srv1 PSU1 already"):
        cord_service.connect(records, world.outlets["A1"], spare)
    with pytest.raises(Conflict, match="plugged into PDU-A1 outlet 1 already"):
        cord_service.connect(records, world.outlets["B1"], world.inlets["srv1-PSU1"])
    with pytest.raises(Conflict, match="srv1 PSU1 is plugged in"):
        outlet_service.remove_outlet(records, world.outlets["A1"])
    with pytest.raises(Conflict, match="plugged into PDU-A1 outlet 1"):
        outlet_service.remove_inlet(records, world.inlets["srv1-PSU1"])


def test_pw_12_a_cord_that_cannot_be_is_refused_and_one_of_two_kinds_warns(
    records: Session, world: World
) -> None:
    three_phase = {"name": "IN", "connector": "iec-60309-3p-n-e-6h"}
    inlet = outlet_service.add_inlet(records, world.equipment["sw1"], three_phase)
    with pytest.raises(Refused, match="three-phase") as refused:
        cord_service.connect(records, world.outlets["B1"], inlet)
    assert refused.value.rule == "PW-12"
    outlet_service.edit_inlet(records, inlet, {"connector": "iec-60320-c20"})
    assert cord_service.judge(records, world.outlets["B1"], inlet).tone == "warning"
    cord = cord_service.connect(records, world.outlets["B1"], inlet)
    assert cord_service.relabel(records, cord, " C-17 ").label == "C-17"
    cord_service.disconnect(records, cord)
    outlet_service.remove_inlet(records, inlet)
    outlet_service.remove_outlet(records, world.outlets["B1"])


def test_what_is_not_there_is_said(records: Session, world: World) -> None:
    for find in (cord_service.find_outlet, cord_service.find_inlet, cord_service.find_cord):
        with pytest.raises(NotFound):
            find(records, 999)
    assert world.inlets["sw1-PSU1"].connector == C14
