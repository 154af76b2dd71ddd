"""A description that cannot stand is refused with the key that is wrong."""

from dataclasses import replace
from typing import Any

import pytest

from telemetry.emulator.description import (
    Ats,
    Breaker,
    Cord,
    Crac,
    Load,
    Outlet,
    Panel,
    PlantDescription,
    Rack,
    RackPdu,
    Sensor,
    Ups,
    Utility,
)
from telemetry.emulator.topology import build
from telemetry.errors import ConfigError
from tests.telemetry.emulator.world import world


def adding(field: str, item: object) -> PlantDescription:
    whole = world()
    change: dict[str, Any] = {field: (*getattr(whole, field), item)}
    return replace(whole, **change)


def test_feeders_come_before_what_they_feed() -> None:
    topology = build(world())
    places = {key: at for at, key in enumerate(topology.order)}
    assert len(places) == len(topology.nodes)
    for key in topology.order:
        assert all(places[feeder] < places[key] for feeder in topology.feeders(key))


def test_voltage_changes_only_where_a_node_says_so() -> None:
    volts = build(world()).v_ll
    assert (volts["swgr-a"], volts["ups-a"], volts["panel-a1"]) == (480, 480, 208)
    assert volts["pdu-a-r1"] == volts["brk-a-r1"] == 208 and volts["crac-1"] == 480


@pytest.mark.parametrize(
    ("field", "item", "message"),
    [
        ("panels", Panel("swgr-a", "ats-a", 100), "swgr-a: this key is given twice"),
        ("racks", Rack("utility-a", "hall"), "utility-a: this key is given twice"),
        ("panels", Panel("p", "nowhere", 100), "p: is fed by 'nowhere', which is not in the plant"),
        ("ats", Ats("x", "utility-a", "y"), "x: is fed by 'y', which is not in the plant"),
        ("panels", Panel("p", "p", 100), "p: feeds itself over a loop"),
        ("utilities", Utility("u", 0), "u: a voltage of 0 V; it must be above 0"),
        ("cracs", Crac("c", "attic", "swgr-a", 1, 1), "c: is in zone 'attic'"),
        ("ups", Ups("u", "swgr-a", 1, 1, 1, 480, zone="attic"), "u: is in zone 'attic'"),
        ("racks", Rack("r", "attic"), "r: is in zone 'attic', which is not in the plant"),
        ("sensors", Sensor("s", "r99"), "s: is in rack 'r99', which is not in the plant"),
        ("loads", Load("l", 1, 2, (), rack="r99"), "l: is in rack 'r99'"),
        ("loads", Load("l", 5, 2, ()), "l: needs 0 <= idle_w <= peak_w and 0 < power_factor <= 1"),
        ("loads", Load("l", 1, 2, (), power_factor=0), "l: needs 0 <= idle_w"),
        ("loads", Load("l", 1, 2, (Cord("pdu-a-r1", 99),)), "l: no outlet 99 on PDU 'pdu-a-r1'"),
        ("loads", Load("l", 1, 2, (Cord("pdu-a-r1", 1),)), "is taken by 'r1-srv1'"),
        (
            "pdus",
            RackPdu("p", "brk-a-r1", (Outlet(1, (0, 2)),), lines=(0, 1)),
            r"p: outlet 1 is on lines \(0, 2\), its cord on \(0, 1\)",
        ),
        ("pdus", RackPdu("p", "brk-a-r1", (Outlet(1, ()),)), r"p: outlet 1 is on lines \(\)"),
    ],
)
def test_what_cannot_be_is_refused_by_its_key(field: str, item: object, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build(adding(field, item))


def test_a_loop_over_several_nodes_is_found() -> None:
    panels = (Panel("p", "q", 1), Panel("q", "r", 1), Panel("r", "p", 1))
    with pytest.raises(ConfigError, match="feeds itself over a loop"):
        build(PlantDescription((Utility("u", 480),), panels=panels))


def test_a_pdu_needs_the_lines_that_its_breaker_has() -> None:
    plant = adding("breakers", Breaker("b", "panel-a1", 30, (0, 1)))
    plant = replace(plant, pdus=(*plant.pdus, RackPdu("p", "b", (Outlet(1, (1, 2)),))))
    with pytest.raises(ConfigError, match=r"p: needs lines \(0, 1, 2\), breaker 'b' has \(0, 1\)"):
        build(plant)


def test_the_named_world_stands() -> None:
    assert len(list(world().keys())) == len(set(world().keys()))
    assert build(world()).feeders("ats-a") == ("utility-a", "generator")
