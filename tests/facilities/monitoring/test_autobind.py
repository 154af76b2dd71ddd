"""The obvious meaning of a device's points is found by rule, whatever the profile is called."""

import pytest

from facilities.monitoring.autobind import Parts, PointFact, Proposal, Spot, parts_of, propose
from facilities.readings import ObjectRef
from telemetry.emulator.device import DeviceSpec
from telemetry.profiles import loader

NODE, RACK = ObjectRef("power_node", 7), ObjectRef("rack", 3)
OUTLET = {n: ObjectRef("outlet", 100 + n) for n in range(1, 25)}
POLES = {n: (ObjectRef("power_node", 200 + n), f"L{(n - 1) // 2 % 3 + 1}") for n in range(1, 43)}


def _points(profile: str) -> list[PointFact]:
    found = loader.find(profile)
    return [
        PointFact(p.id, p.meaning.quantity.value, p.phase.value if p.phase else None)
        for p in DeviceSpec(found).points()
    ]


def _bound(profile: str, spot: Spot) -> dict[tuple[ObjectRef, str, str], str]:
    kind = loader.find(profile).kind.value
    return {(p.target, p.metric, p.feed): p.point for p in propose(kind, _points(profile), spot)}


@pytest.mark.parametrize(
    ("point", "parts"),
    [
        (PointFact("outlet.3.active_power", "active_power", None), Parts("outlet", 3, ())),
        (PointFact("circuit_7.current", "current", None), Parts("circuit", 7, ())),
        (PointFact("line.current.L1", "current", "L1"), Parts("line", None, ())),
        (PointFact("phase.2.current.peak", "current", "L2"), Parts("phase", 2, ("peak",))),
    ],
)
def test_an_id_is_taken_apart(point: PointFact, parts: Parts) -> None:
    assert parts_of(point) == parts


def test_a_rack_pdu_shows_on_its_node_its_rack_and_its_outlets() -> None:
    bound = _bound("apc-rpdu2", Spot(NODE, RACK, "A", OUTLET))
    assert bound[NODE, "power.active", ""] == "device.1.active_power"
    assert bound[RACK, "power.active", "A"] == "device.1.active_power"
    assert bound[NODE, "current.l1", ""] == "phase.1.current"
    assert bound[OUTLET[3], "power.active", ""] == "outlet.3.active_power"
    assert not [point for point in bound.values() if "peak" in point]


def test_a_ups_shows_its_output_battery_and_state() -> None:
    bound = _bound("ups-rfc1628", Spot(NODE))
    assert bound[NODE, "current.l2", ""] == "output.2.current"
    assert bound[NODE, "battery.runtime", ""] == "battery.runtime"
    assert bound[NODE, "state", ""] == "output.state"
    assert not [point for point in bound.values() if point.startswith(("input", "bypass"))]


@pytest.mark.parametrize("profile", ["schneider-pm5000", "schneider-iem3000"])
def test_a_meter_shows_its_lines_and_totals(profile: str) -> None:
    bound = _bound(profile, Spot(NODE))
    assert bound[NODE, "current.l3", ""] == "line.current.L3"
    assert bound[NODE, "power.active", ""] == "total.active_power"
    assert bound[NODE, "voltage.l1_l2", ""] == "line.voltage.L1_L2"
    assert bound[NODE, "energy.active", ""] == "import.active_energy"
    assert not [point for point in bound.values() if point.startswith(("mean", "export"))]


def test_a_branch_meter_shows_each_pole_on_the_phase_it_sits_on() -> None:
    bound = _bound("schneider-bcpme", Spot(NODE, poles=POLES))
    assert bound[POLES[7][0], "current.l1", ""] == "circuit_7.current"
    assert bound[POLES[10][0], "current.l2", ""] == "circuit_10.current"


def test_where_nothing_is_known_of_the_place_nothing_is_proposed() -> None:
    for profile in ("apc-rpdu2", "ups-rfc1628", "schneider-bcpme", "vertiv-liebert-ds"):
        assert _bound(profile, Spot()) == {}


def test_of_two_points_with_one_meaning_the_first_is_taken() -> None:
    twice = [
        PointFact(f"{scope}.active_power", "active_power", None) for scope in ("device", "pdu")
    ]
    assert propose("rack_pdu", twice, Spot(NODE)) == [
        Proposal("device.active_power", NODE, "power.active")
    ]


def test_the_second_unit_of_a_daisy_chain_is_not_taken_for_the_first() -> None:
    second = [PointFact("device.2.active_power", "active_power", None)]
    assert propose("rack_pdu", second, Spot(NODE, RACK)) == []
