"""Who has voltage, second by second."""

from dataclasses import replace

import pytest

from telemetry.emulator.description import Ats, Generator, Panel, PlantDescription, Ups, Utility
from telemetry.emulator.supply import Supply, UpsMode
from telemetry.emulator.topology import build

SIMPLE = PlantDescription(
    utilities=(Utility("mains", 400, 50),),
    generators=(Generator("genset", 400, 1e5, start_s=10, cool_down_s=20),),
    ats=(Ats("ats", "mains", "genset", transfer_s=2, return_s=30),),
    ups=(Ups("ups", "ats", 1000, 900, 100, 400),),
    panels=(Panel("board", "ups", 100),),
)


@pytest.fixture
def supply() -> Supply:
    return Supply(build(SIMPLE))


def seconds(supply: Supply, count: int) -> None:
    for second in range(count):
        supply.step(1.0, float(second))


def first_second(supply: Supply, within: int, *, live: str, wanted: bool = True) -> int | None:
    """The second in which a node becomes live (or dark)."""
    for second in range(1, within + 1):
        seconds(supply, 1)
        if supply.live(live) is wanted:
            return second
    return None


def test_everything_is_live_at_first(supply: Supply) -> None:
    assert all(supply.live(key) for key in ("mains", "ats", "ups", "board"))
    assert not supply.live("genset")


def test_the_generator_carries_the_switch_after_its_start_and_the_transfer(supply: Supply) -> None:
    supply.lost.add("mains")
    assert first_second(supply, 60, live="genset") == pytest.approx(11, abs=1)
    assert first_second(supply, 60, live="ats") == pytest.approx(2, abs=1)
    assert supply.ats["ats"].transfers == 1 and supply.ups["ups"].mode is UpsMode.NORMAL


def test_a_short_dip_starts_nothing(supply: Supply) -> None:
    supply.lost.add("mains")
    seconds(supply, 5)
    supply.lost.clear()
    seconds(supply, 60)
    assert supply.generators["genset"].starts == 0 and supply.ats["ats"].transfers == 0
    assert supply.ups["ups"].transfers == 1


def test_mains_must_be_back_for_the_return_time_before_the_switch_goes_back(supply: Supply) -> None:
    supply.lost.add("mains")
    seconds(supply, 20)
    supply.lost.clear()
    seconds(supply, 20)
    supply.lost.add("mains")
    seconds(supply, 2)
    supply.lost.clear()
    seconds(supply, 29)
    assert supply.chosen["ats"] == "genset"
    seconds(supply, 3)
    assert supply.chosen["ats"] == "mains" and supply.generators["genset"].running
    seconds(supply, 22)
    assert not supply.generators["genset"].running


def test_a_generator_that_dies_gives_back_to_living_mains_quickly(supply: Supply) -> None:
    supply.lost.add("mains")
    seconds(supply, 20)
    supply.lost.symmetric_difference_update({"mains", "genset"})
    assert first_second(supply, 10, live="ats") == pytest.approx(2, abs=1)
    assert supply.chosen["ats"] == "mains"


def test_with_nothing_left_the_battery_carries_until_it_is_empty(supply: Supply) -> None:
    supply.lost |= {"mains", "genset"}
    seconds(supply, 100)
    assert supply.ups["ups"].mode is UpsMode.BATTERY and supply.live("board")
    assert supply.ups["ups"].on_battery_s == 100
    supply.ups["ups"].stored_wh = 0
    seconds(supply, 1)
    assert supply.ups["ups"].mode is UpsMode.OFF and not supply.live("board")
    supply.lost.clear()
    seconds(supply, 5)
    assert supply.ups["ups"].mode is UpsMode.NORMAL and supply.live("board")
    assert supply.ups["ups"].on_battery_s == 0


def test_an_open_node_darkens_what_is_below_and_nothing_above(supply: Supply) -> None:
    supply.open.add("board")
    seconds(supply, 1)
    assert not supply.live("board") and supply.live("ups")


def test_a_ups_holds_its_voltage_while_mains_wander(supply: Supply) -> None:
    mains, board = set(), set()
    for second in range(0, 600, 7):
        supply.step(7.0, float(second))
        mains.add(round(supply.ratio["mains"], 5))
        board.add(supply.ratio["board"])
    assert len(mains) > 20 and board == {1.0}
    assert all(0.99 < ratio < 1.01 for ratio in mains)


def test_a_generator_behind_a_panel_is_asked_too() -> None:
    behind = replace(
        SIMPLE,
        panels=(*SIMPLE.panels, Panel("gen-board", "genset", 100)),
        ats=(Ats("ats", "mains", "gen-board"),),
    )
    supply = Supply(build(behind))
    supply.lost.add("mains")
    seconds(supply, 20)
    assert supply.chosen["ats"] == "gen-board" and supply.live("ats")
