"""Made-up profiles of every kind at the named world: each point reads what its words say."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from telemetry.emulator import terminals
from telemetry.emulator.bridge import Bridge, bridge
from telemetry.emulator.bridge_subject import Place
from telemetry.emulator.device import DeviceSpec
from telemetry.emulator.encode import Value
from telemetry.emulator.named_states import flags, plain, state
from telemetry.emulator.plant import Plant
from telemetry.emulator.scenario import Stage
from telemetry.points import Kind, Quantity
from telemetry.profiles.model import Meaning
from tests.telemetry.emulator.reading import every_profile
from tests.telemetry.emulator.world import world

PROFILES = every_profile()
NOON_S = 43_200.0


@pytest.fixture
def plant() -> Plant:
    running = Plant(world(), NOON_S)
    running.step(600)
    return running


def at(plant: Plant, profile: str, node: str, *sensors: str) -> Bridge:
    spec = DeviceSpec(PROFILES[profile])
    return bridge(plant, "dev", Place(node, sensors=sensors), spec)


def named(bridged: Bridge, point_id: str) -> Value:
    """The value, a state by its name."""
    value = bridged.value(point_id)
    meaning = bridged.points[point_id][0].meaning
    return meaning.names[value] if meaning.kind is Kind.STATE and isinstance(value, int) else value


def check(bridged: Bridge, expected: Mapping[str, object]) -> None:
    got = {point_id: named(bridged, point_id) for point_id in expected}
    assert got == expected


def test_a_transfer_switch_shows_both_sources_and_where_it_is(plant: Plant) -> None:
    switch = at(plant, "odd-ats", "ats-a")
    near = pytest.approx
    check(
        switch,
        {
            "source_1.voltage.L1_L2": near(480, rel=0.01),
            "source_2.voltage.L1_L2": 0.0,
            "source_2.frequency": 0.0,
            "switch.state": "Normal",
            "source_2_available.state": "lost",
            "load.active_power": near(plant.flows.nodes["ats-a"].power.real),
            "transfers.count": 0.0,
        },
    )
    Stage(plant).start("lose-utility/utility-a")
    plant.step(30)
    check(
        switch,
        {
            "source_1.voltage.L1_L2": 0.0,
            "source_2.voltage.L1_L2": near(480),
            "source_2.frequency": near(60),
            "switch.state": "Emergency",
            "source_1_available.state": "lost",
            "source_2_available.state": "ok",
            "transfers.count": 1.0,
        },
    )


def test_a_generator_shows_its_engine_and_what_it_gives(plant: Plant) -> None:
    engine = at(plant, "odd-generator", "generator")
    check(
        engine,
        {
            "engine.speed": 0.0,
            "engine.state": "stopped",
            "total.active_power": 0.0,
            "line.voltage.L1": 0.0,
            "fuel.level": 100.0,
            "engine.flags": [],
        },
    )
    stage = Stage(plant)
    stage.start("lose-utility/utility-a")
    plant.step(3600)
    check(
        engine,
        {
            "engine.speed": 1800.0,
            "engine.state": "running",
            "starts.count": 1.0,
            "engine.temperature": 84.0,
            "total.active_power": pytest.approx(plant.flows.nodes["ats-a"].power.real),
            "fuel.volume": pytest.approx(1000 * (1 - 3590 / 86_400), rel=0.001),
            "engine.duration": pytest.approx(3590, abs=6),
        },
    )
    assert isinstance(engine.value("battery.voltage"), float)
    stage.start("generator-fault/generator")
    plant.step(5)
    check(engine, {"engine.state": "stopped", "engine.flags": ["common_alarm"]})


def test_a_floor_pdu_shows_both_sides_of_its_transformer_and_its_branches(plant: Plant) -> None:
    described = plant.description
    bare = replace(
        described, breakers=tuple(replace(breaker, positions=()) for breaker in described.breakers)
    )
    plant = Plant(bare, NOON_S)
    pdu = at(plant, "odd-floor-pdu", "panel-a1")
    flow = plant.flows.nodes["panel-a1"]
    first, second = plant.flows.nodes["brk-a-r1"], plant.flows.nodes["brk-a-r2"]
    check(
        pdu,
        {
            "input.voltage.L1_L2": pytest.approx(480),
            "input.active_power": pytest.approx(flow.power.real / 0.985),
            "output.voltage.L1": pytest.approx(120.09, abs=0.01),
            "output.active_power": pytest.approx(flow.power.real),
            "output.load": pytest.approx(100 * max(map(abs, flow.amps)) / 225),
            "branch_2.current": pytest.approx(abs(first.amps[1])),
            "branch_6.current": pytest.approx(abs(second.amps[2])),
            "branch_2.state": "closed",
        },
    )
    plant.supply.open.add("brk-a-r1")
    plant.step(1)
    check(pdu, {"branch_2.current": 0.0, "branch_2.state": "open", "branch_5.state": "closed"})


def test_a_ups_of_any_make_tells_battery_from_mains(plant: Plant) -> None:
    ups = at(plant, "odd-ups", "ups-a")
    flow = plant.flows.nodes["ups-a"]
    check(
        ups,
        {
            "status.flags": ["Online"],
            "mode.state": "Double conversion",
            "battery.state": "Floating",
            "input.state": "OK",
            "battery.current": 0.0,
            "battery.charge": 100.0,
            "input.active_power": pytest.approx(sum(flow.input_powers).real),
            "output.active_power": pytest.approx(flow.power.real),
            "rated.active_power": 54_000,
            "rated.voltage": 480,
            "bypass.current.L1": 0.0,
            "bypass.voltage.L1": pytest.approx(277, rel=0.01),
            "output.active_energy": pytest.approx(sum(plant.meters.out["ups-a"])),
        },
    )
    plant.supply.lost |= {"utility-a", "generator"}
    plant.step(60)
    watts = plant.flows.nodes["ups-a"].power.real + plant.flows.nodes["ups-a"].loss_w
    volts = ups.value("battery.voltage")
    assert isinstance(volts, float) and volts < 480
    check(
        ups,
        {
            "status.flags": ["OnBattery", "InputLost"],
            "mode.state": "On battery",
            "battery.state": "Discharging",
            "input.state": "Failed",
            "battery.current": pytest.approx(watts / volts),
            "input.voltage.L1": 0.0,
            "input.active_power": 0.0,
            "battery.runtime": pytest.approx(plant.runtime_s(plant.description.ups[0])),
        },
    )
    plant.step(3 * 3600)
    assert plant.flows.nodes["ups-a"].power == 0
    check(ups, {"mode.state": "Off", "battery.state": "Depleted", "battery.charge": 0.0})


def test_a_charging_battery_says_so(plant: Plant) -> None:
    ups = at(plant, "odd-ups", "ups-a")
    plant.supply.ups["ups-a"].stored_wh = 2500
    plant.step(1)
    check(ups, {"battery.state": "Charging", "mode.state": "Double conversion"})
    assert ups.value("battery.current") == pytest.approx(5000 / (480 * 1.08), rel=0.01)


def test_a_rack_pdu_over_modbus_finds_outlets_phases_breakers_and_probes(plant: Plant) -> None:
    pdu = at(plant, "odd-rack-pdu", "pdu-a-r1", "r1-front", "r1-rear")
    flow = plant.flows.nodes["pdu-a-r1"]
    check(
        pdu,
        {
            "outlet_1.active_power": plant.flows.outlets["pdu-a-r1", 1].power.real,
            "outlet_25.active_power": None,
            "outlet_1.state": "on",
            "phase_2.current": abs(flow.amps[1]),
            "inlet.apparent_power": abs(flow.power),
            "inlet.load": pytest.approx(100 * max(map(abs, flow.amps)) / 24),
            "sensor_1.temperature": plant.air.front_c("r1", 0.9),
            "sensor_2.temperature": plant.air.rear_c("r1", 0.9),
            "sensor_3.temperature": None,
        },
    )
    assert pdu.value("inlet.current.N") == pytest.approx(0, abs=1e-9)
    first, second = (terminals.bank(plant, "pdu-a-r1", n).amps[0] for n in (1, 2))
    check(pdu, {"breaker_1.current": abs(first), "breaker_2.current": abs(second)})


def test_a_cooling_unit_of_any_make_tells_air_from_water(plant: Plant) -> None:
    unit, own = at(plant, "odd-crac", "crac-1"), plant.air.cracs["crac-1"]
    check(
        unit,
        {
            "supply.temperature": own.supply_c,
            "return.temperature": own.return_c,
            "setpoint.temperature": 20.0,
            "water_in.temperature": 8.0,
            "water_out.temperature": pytest.approx(14.0, abs=0.1),
            "fan.speed": pytest.approx(1500 * own.fan),
            "valve.valve": pytest.approx(100 * own.valve),
            "air.airflow": own.airflow_m3_s,
            "cooling.active_power": own.heat_w,
            "unit.active_power": pytest.approx(own.draws_w),
            "unit.state": "running",
            "alarm.state": "none",
            "unit.flags": [],
            "heater.load": 0.0,
            "return.dew_point": plant.air.zones["hall"].dew_point_c,
        },
    )
    Stage(plant).start("crac-failure/crac-1")
    plant.step(5)
    check(
        unit,
        {
            "unit.state": "stopped",
            "alarm.state": "present",
            "unit.flags": ["general_alarm"],
            "fan.speed": 0.0,
            "cooling.active_power": 0.0,
            "water.water_flow": 0.0,
        },
    )


def test_a_peak_is_never_below_what_was_read(plant: Plant) -> None:
    pdu = at(plant, "apc-rpdu2", "pdu-a-r1")
    peak = pdu.value("device.1.active_power.peak")
    plant.supply.open.add("brk-b-r1")
    plant.step(1)
    now, later = pdu.value("device.1.active_power"), pdu.value("device.1.active_power.peak")
    assert isinstance(peak, float) and isinstance(now, float)
    assert later == now > peak
    plant.supply.open.clear()
    plant.step(1)
    assert pdu.value("device.1.active_power.peak") == later


def test_an_overload_is_named_as_the_profile_names_it(plant: Plant) -> None:
    pdu = at(plant, "apc-rpdu2", "pdu-a-r1")
    flow = plant.flows.nodes["pdu-a-r1"]
    for amps, word in ((10, "normal"), (20, "near_overload"), (25, "overload")):
        flow.amps = (complex(amps), 0j, 0j)
        check(pdu, {"device.1.state.load": word})


def test_words_are_the_same_however_they_are_written() -> None:
    assert {plain(n) for n in ("onBattery", "On battery", "on-battery")} == {"on_battery"}


@pytest.mark.parametrize(
    ("names", "condition", "found"),
    [
        ({1: "unknown", 2: "batteryNormal", 3: "batteryLow"}, "battery_low", "batteryLow"),
        ({0: "Off", 1: "Online", 2: "On Battery"}, "battery", "On Battery"),
        ({0: "good", 1: "bad"}, "fault", "good"),
        ({3: "red", 7: "green"}, "fault", "red"),
    ],
)
def test_a_state_is_found_by_its_words_or_else_all_is_well(
    names: dict[int, str], condition: str, found: str
) -> None:
    meaning = Meaning(Quantity.STATE, "", Kind.STATE, names=names)
    assert names[state(meaning, condition)] == found


def test_flags_of_conditions_that_the_device_does_not_know_stay_clear() -> None:
    meaning = Meaning(Quantity.FLAGS, "", Kind.FLAGS, names={0: "fan", 1: "overload"})
    assert flags(meaning, ("on_battery",)) == []
    assert flags(meaning, ("overload",)) == ["overload"]
