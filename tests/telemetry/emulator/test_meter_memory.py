"""Counters that go on after a restart."""

from dataclasses import replace
from pathlib import Path

import pytest

from telemetry.emulator import meter_memory
from telemetry.emulator.meter_memory import restore, save
from telemetry.emulator.plant import Plant
from tests.telemetry.emulator.world import world

NOON_S = 43_200.0


def test_counters_go_on_from_where_they_were_and_never_fall(tmp_path: Path) -> None:
    first = Plant(world(), NOON_S)
    first.step(600)
    save(first, tmp_path)
    later = Plant(replace(world(), seed=99), first.now_s + 3600)
    assert restore(later, tmp_path)
    for key, flow in later.flows.nodes.items():
        gained = sum(later.meters.out[key]) - sum(first.meters.out[key])
        assert gained == pytest.approx(flow.power.real, abs=1), key
    place = ("pdu-a-r1", 1)
    gained = later.meters.outlets[place] - first.meters.outlets[place]
    assert gained == pytest.approx(later.flows.outlets[place].power.real, abs=0.01)
    apparent = later.meters.apparent["ups-a"] - first.meters.apparent["ups-a"]
    assert apparent == pytest.approx(abs(later.flows.nodes["ups-a"].power), abs=1)


def test_a_new_meter_begins_by_itself_and_a_removed_one_is_forgotten(tmp_path: Path) -> None:
    whole = world()
    smaller = replace(whole, cracs=whole.cracs[:2])
    save(Plant(smaller, NOON_S), tmp_path)
    plant = Plant(whole, NOON_S)
    own = list(plant.meters.out["crac-3"])
    assert restore(plant, tmp_path) and plant.meters.out["crac-3"] == own
    save(plant, tmp_path)
    less = Plant(smaller, NOON_S)
    assert restore(less, tmp_path) and "crac-3" not in less.meters.out


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"at_s": 1, "outlets": [[1]]}'])
def test_a_file_that_cannot_be_read_is_a_first_start(tmp_path: Path, text: str) -> None:
    plant = Plant(world(), NOON_S)
    before = dict(plant.meters.outlets)
    assert not restore(plant, tmp_path)
    (tmp_path / meter_memory.FILE).write_text(text)
    assert not restore(plant, tmp_path)
    assert plant.meters.outlets == before
