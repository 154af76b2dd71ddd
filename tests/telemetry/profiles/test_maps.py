"""The Modbus profiles against register facts that were collected apart from them."""

import re
from typing import Any

import pytest
import yaml

from telemetry.points import Kind
from telemetry.profiles.loader import shipped
from telemetry.profiles.model import Profile, Register
from telemetry.profiles.units import conversion
from tests.servers import shared

MAPS = {
    "schneider-pm5000": ("schneider-pm5000", {"power_factor_total"}),
    "schneider-iem3000": ("schneider-iem3000", {"power_factor_total"}),
    "schneider-bcpme": ("schneider-bcpme", set()),
    "vertiv-liebert-ds": ("vertiv-liebert-ds-dse-icom", set()),
    "vertiv-liebert-crv": ("vertiv-liebert-crv-icom", {"bms_timeout"}),
}


def _facts(name: str) -> list[dict[str, Any]]:
    text = shared(f"modbus-maps/{MAPS[name][0]}.yaml").read_text()
    points: list[dict[str, Any]] = yaml.safe_load(text)["points"]
    return [p for p in points if p["id"] not in MAPS[name][1]]


def _by_place(profile: Profile) -> dict[tuple[int, int], Register]:
    return {(r.cell.fc, r.cell.address): r for r in profile.registers}


@pytest.mark.parametrize("name", MAPS)
def test_registers_types_and_scales_are_those_of_the_map(name: str) -> None:
    profile, facts = shipped(name), _facts(name)
    registers = _by_place(profile)
    factors = {(cell.fc, cell.address) for cell in profile.factors.values()}
    for fact in facts:
        place = fact["fc"], fact["address"]
        if fact.get("kind") == "scale_factor":
            assert place in factors, fact
            continue
        register = registers.pop(place)
        assert register.cell.type == fact["type"], fact
        assert (register.meaning.scale_ref is not None) == ("scale_ref" in fact), fact
        _same_scale(register, fact)
        assert dict(register.meaning.names) == fact.get("enum", fact.get("bits", {})), fact
    assert registers == {}


def _same_scale(register: Register, fact: dict[str, Any]) -> None:
    meaning = register.meaning
    if meaning.kind in (Kind.STATE, Kind.FLAGS, Kind.IDENTITY):
        return
    found = conversion(meaning.quantity, fact.get("unit", "1"))
    assert found is not None
    assert found[0] == meaning.unit
    scale = meaning.multiply / meaning.divide
    assert scale == pytest.approx(float(found[1]) * fact.get("scale", 1)), fact


@pytest.mark.parametrize("name", MAPS)
def test_a_scale_factor_is_the_one_that_the_map_names(name: str) -> None:
    profile, facts = shipped(name), {f["id"]: f for f in _facts(name)}
    registers = _by_place(profile)
    for fact in facts.values():
        if "scale_ref" in fact:
            ref = registers[fact["fc"], fact["address"]].meaning.scale_ref
            assert ref is not None
            assert profile.factors[ref].address == facts[fact["scale_ref"]]["address"]


def test_shipped_files_say_where_the_facts_are_from_and_that_no_hardware_was_seen() -> None:
    for name in MAPS:
        profile = shipped(name)
        assert profile.verified == "documents"
        assert all(re.search(r"\w{4,}", source) for source in profile.sources)
