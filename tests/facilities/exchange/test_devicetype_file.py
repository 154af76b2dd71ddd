"""One file of the community library: units, heights, ports, and what is refused why."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilities.exchange.devicetype_file import (
    PARSERS,
    DeviceFacts,
    ModuleFacts,
    RackFacts,
    parse_device,
    parse_module,
    parse_rack,
    slug_of,
)
from facilities.exchange.located import Node, plain
from facilities.exchange.service_yaml import read_yaml

SERVER = """\
manufacturer: Acme
model: S1
slug: acme-s1
u_height: 1.5
is_full_depth: false
weight: 10
weight_unit: lb
airflow: front-to-rear
comments: A server
front_image: true
power-ports:
  - {name: PSU1, type: iec-60320-c14, maximum_draw: 750}
  - {name: PSU2, type: iec-60320-c14, maximum_draw: 750, label: right}
interfaces:
  - {name: eth0, type: 1000base-t}
module-bays:
  - {name: Bay 1, position: '1'}
"""
PDU = """\
manufacturer: Acme
model: P24
slug: acme-p24
u_height: 0
is_full_depth: false
power-ports: [{name: Inlet, type: nema-l21-30p, maximum_draw: 8640}]
power-outlets:
  - {name: '1', type: iec-60320-c13, power_port: Inlet, feed_leg: B}
"""
RACK = """\
manufacturer: Acme
model: R42
slug: acme-r42
form_factor: 4-post-cabinet
width: 19
u_height: 42
starting_unit: 1
outer_width: 23.622
outer_unit: in
mounting_depth: 30
weight: 100
max_weight: 2500
weight_unit: lb
"""


def device(text: str) -> DeviceFacts:
    parsed = parse_device(read_yaml(text))
    assert isinstance(parsed.facts, DeviceFacts), parsed.problems
    return parsed.facts


def reasons(text: str, parse: Any = parse_device) -> list[str]:
    parsed = parse(read_yaml(text))
    assert (parsed.facts is None) == bool(parsed.problems)
    return [str(problem) for problem in parsed.problems]


def test_heights_weights_and_ports_become_ours() -> None:
    facts = device(SERVER)
    assert facts.height_half_u == 3
    assert facts.weight_kg == pytest.approx(4.5359237, abs=1e-6)
    assert [port.kind for port in facts.ports] == ["power_inlet", "power_inlet", "module_bay"]
    assert facts.ports[1].extra == {"label": "right"}


def test_nothing_of_a_file_is_lost() -> None:
    extra = device(SERVER).extra
    assert extra["interfaces"] == [{"name": "eth0", "type": "1000base-t"}]
    assert extra["front_image"] is True
    assert (extra["weight"], extra["weight_unit"]) == (10, "lb")


def test_pw_13_redundant_supplies_count_once() -> None:
    assert device(SERVER).rated_w == 750
    assert device(SERVER.replace("750, label", "500, label")).rated_w == 1250
    assert device(SERVER.replace(", maximum_draw: 750", "")).rated_w is None


def test_legs_are_called_l1_l2_l3_here() -> None:
    outlet = device(PDU).ports[1]
    assert (outlet.feed_leg, outlet.inlet_name) == ("L2", "Inlet")


@pytest.mark.parametrize(("unit", "kg"), [("kg", 10), ("g", 0.01), ("oz", 0.283495)])
def test_every_weight_unit_becomes_kilograms(unit: str, kg: float) -> None:
    assert device(SERVER.replace("lb", unit)).weight_kg == pytest.approx(kg, abs=1e-6)


def test_a_weight_of_zero_is_unknown() -> None:
    assert device(SERVER.replace("weight: 10", "weight: 0")).weight_kg is None


def test_rack_sizes_become_millimetres_and_kilograms() -> None:
    facts = parse_rack(read_yaml(RACK)).facts
    assert isinstance(facts, RackFacts)
    assert facts.outer_width_mm == pytest.approx(600, abs=0.01)
    assert facts.rail_depth_mm == 762
    assert facts.static_limit_kg == pytest.approx(1133.98, abs=0.01)


def test_a_module_keeps_its_draw() -> None:
    port = "{name: '{module}', type: c14, maximum_draw: 550}"
    text = f"manufacturer: Acme\nmodel: M1\npower-ports: [{port}]"
    facts = parse_module(read_yaml(text)).facts
    assert isinstance(facts, ModuleFacts)
    assert facts.draw_w == 550


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("model: S1\n", "", "line 1: model is missing"),
        ("u_height: 1.5", "u_height: 1.3", "line 4: u_height is 1.3; it must be a multiple of 0.5"),
        ("u_height: 1.5", "u_height: tall", "line 4: u_height must be a number"),
        ("u_height: 1.5", "u_height: -1", "line 4: u_height is -1"),
        ("slug: acme-s1", "slug: Acme S1", "line 3: slug 'Acme S1' must match"),
        ("is_full_depth: false", "is_full_depth: maybe", "line 5: is_full_depth must be true"),
        ("weight_unit: lb\n", "", "line 6: weight needs a weight_unit"),
        ("weight_unit: lb", "weight_unit: stone", "line 7: weight_unit 'stone' is none of"),
        ("airflow: front-to-rear", "airflow: up", "line 8: airflow 'up' is none of"),
        ("comments: A server", "colour: red", "line 9: unknown key 'colour'"),
        ("name: PSU2", "name: PSU1", "line 13: power-ports 2: the name 'PSU1' is there twice"),
        ("{name: eth0, type", "{nick: eth0, type", "line 15: interfaces 1: name is missing"),
        ("model: S1", "model: 7", "line 2: model must be a text; put it in quotes"),
        ("manufacturer: Acme", "manufacturer: '!'", "manufacturer has no letter or digit"),
    ],
)
def test_a_bad_file_names_line_and_limit(before: str, after: str, words: str) -> None:
    assert before in SERVER
    found = reasons(SERVER.replace(before, after, 1))
    assert any(words in reason for reason in found), found


def test_an_outlet_names_a_power_port_that_is_there() -> None:
    found = reasons(PDU.replace("power_port: Inlet", "power_port: Other"))
    assert found == ["line 8: power-outlets 1: power_port 'Other' is no power port of this type"]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("width: 19", "width: 18", "width is 18"),
        ("outer_unit: in\n", "", "outer_width needs an outer_unit"),
        ("u_height: 42", "u_height: 42.5", "multiple of 1"),
        ("form_factor: 4-post-cabinet", "form_factor: box", "form_factor 'box'"),
    ],
)
def test_a_bad_rack_file_says_why(before: str, after: str, words: str) -> None:
    assert any(words in reason for reason in reasons(RACK.replace(before, after), parse_rack))


def test_a_list_is_no_device() -> None:
    assert any("expected keys" in reason for reason in reasons("[1, 2]"))


def test_spellings_of_a_maker_share_a_slug() -> None:
    assert slug_of("Palo  Alto") == slug_of("palo-alto") == "palo-alto"


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
KEYS = (
    *("manufacturer", "model", "slug", "u_height", "is_full_depth", "weight", "weight_unit"),
    *("name", "power-ports", "power-outlets", "type", "power_port", "width", "outer_unit", "x"),
)
keys = st.sampled_from(KEYS)
trees = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=6)
)


def as_node(value: Any) -> Node:
    if isinstance(value, dict):
        return Node({key: as_node(inner) for key, inner in value.items()}, 1)
    if isinstance(value, list):
        return Node([as_node(inner) for inner in value], 1)
    return Node(value, 1)


@given(trees, st.sampled_from(sorted(PARSERS)))
def test_any_tree_gives_facts_or_problems_and_never_breaks(value: Any, kind: str) -> None:
    parsed = PARSERS[kind](as_node(value))
    assert (parsed.facts is None) == bool(parsed.problems)


@given(st.dictionaries(keys, leaves, max_size=4))
def test_changing_a_good_file_at_random_never_breaks(changes: dict[str, Any]) -> None:
    whole = plain(read_yaml(SERVER))
    assert isinstance(whole, dict)
    parsed = parse_device(as_node({**whole, **changes}))
    assert (parsed.facts is None) == bool(parsed.problems)
