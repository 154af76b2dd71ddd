"""Which rows a device has: as the plant is built, and as tables share their columns."""

from dataclasses import replace

import pytest

from telemetry.emulator.bridge_subject import Place
from telemetry.emulator.placement import rows_for
from telemetry.emulator.plant import Plant
from telemetry.emulator.rows import RowSpec, rows_of, usual_rows
from telemetry.points import Phase
from tests.telemetry.emulator.reading import every_profile
from tests.telemetry.emulator.world import world

PROFILES = every_profile()


@pytest.fixture(scope="module")
def plant() -> Plant:
    return Plant(world())


def indexes(profile: str, wanted: dict[str, tuple[RowSpec, ...]]) -> list[tuple[str, int, str]]:
    rows = rows_of(PROFILES[profile], wanted)
    return [(table.id, row.number, row.index) for table, row in rows]


def test_a_pdu_has_the_rows_of_its_outlets_phases_and_banks(plant: Plant) -> None:
    found = rows_for(plant, Place("pdu-a-r1", sensors=("r1-front",)), PROFILES["apc-rpdu2"])
    assert [spec.phase for spec in found["phase"]] == [Phase.L1, Phase.L2, Phase.L3]
    assert len(found["outlet"]) == 24 and len(found["bank"]) == 2
    assert [s.phase for s in found["outlet"][:4]] == [
        Phase.L1_L2,
        Phase.L2_L3,
        Phase.L3_L1,
        Phase.L1_L2,
    ]
    assert found["sensor"] == (RowSpec("r1-front"),)
    assert "device" not in found


def test_a_single_phase_pdu_shows_only_its_own_lines() -> None:
    whole = world()
    pdu = replace(whole.pdus[0], lines=(0, 1), outlets=(replace(whole.pdus[0].outlets[0]),))
    loads = tuple(load for load in whole.loads if load.rack != "r1")
    plant = Plant(replace(whole, pdus=(pdu, *whole.pdus[1:]), loads=loads))
    found = rows_for(plant, Place("pdu-a-r1"), PROFILES["apc-rpdu2"])
    assert [spec.phase for spec in found["phase"]] == [Phase.L1, Phase.L2]
    assert len(found["outlet"]) == len(found["bank"]) == 1


def test_a_probe_box_has_a_row_for_each_probe_and_no_other_ports(plant: Plant) -> None:
    place = Place("", sensors=("r1-front", "r2-front"))
    found = rows_for(plant, place, PROFILES["apc-netbotz"])
    assert found["temperature"] == found["humidity"] == (RowSpec("r1-front"), RowSpec("r2-front"))
    assert found["input"] == found["smoke"] == ()


def test_phases_and_banks_that_share_a_table_follow_each_other() -> None:
    got = indexes("apc-rpdu", {"phase": (RowSpec(),) * 3, "bank": (RowSpec(),) * 2})
    assert [row for row in got if row[0] != "outlet"] == [
        ("phase", 1, "1"),
        ("phase", 2, "2"),
        ("phase", 3, "3"),
        ("bank", 1, "4"),
        ("bank", 2, "5"),
    ]


def test_ways_in_which_a_port_may_be_set_up_are_not_rows_of_their_own() -> None:
    """AKCP ports are Celsius or Fahrenheit: the same ports twice in the profile."""
    got = indexes("akcp-sensorprobe", {"sensor": (RowSpec(),) * 2, "contact": ()})
    assert got == [("sensor", 1, "1"), ("sensor", 2, "2")] * 2


def test_tables_of_one_name_over_different_columns_have_the_same_rows() -> None:
    got = indexes("apc-rpdu2", {"outlet": (RowSpec(),) * 2})
    assert [row for row in got if row[0] == "outlet"] == [
        ("outlet", 1, "1"),
        ("outlet", 2, "2"),
        ("outlet", 1, "1"),
        ("outlet", 2, "2"),
    ]


def test_a_row_may_have_the_index_that_a_description_asks_for() -> None:
    got = indexes("odd-snmp", {"inlet": (RowSpec(index="1.7"),), "outlet": (), "bank": ()})
    assert ("inlet", 1, "1.7") in got


def test_usual_rows_are_every_phase_that_a_table_tells_by_its_key() -> None:
    tables = {table.id: table for table in PROFILES["ups-rfc1628"].tables}
    assert [(row.index, row.phase) for row in usual_rows(tables["input"])] == [
        ("1", Phase.L1),
        ("2", Phase.L2),
        ("3", Phase.L3),
    ]
