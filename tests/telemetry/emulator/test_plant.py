"""The plant as a whole: energy is kept, and every failure is felt where it must be."""

import cmath
import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.emulator.plant import Plant
from telemetry.emulator.scenario import Stage
from telemetry.emulator.supply import UpsMode
from telemetry.errors import ConfigError
from tests.telemetry.emulator.world import RACKS, SIDES, panel_of, world

NOON_S = 12 * 3600.0


def plant_after(seconds: float, dt_s: float = 1.0) -> Plant:
    plant = Plant(world(), NOON_S)
    run(plant, seconds, dt_s)
    return plant


def run(plant: Plant, seconds: float, dt_s: float = 1.0) -> None:
    for _ in range(round(seconds / dt_s)):
        plant.step(dt_s)


def watts(plant: Plant, key: str) -> float:
    return plant.flows.nodes[key].power.real


def amps(plant: Plant, key: str) -> list[float]:
    return [abs(current) for current in plant.flows.nodes[key].amps]


def check_energy(plant: Plant) -> None:
    """Every node of the world: what goes in is what comes out and what is lost."""
    nodes, supply = plant.flows.nodes, plant.supply
    for key, flow in nodes.items():
        children = [k for k, source in supply.chosen.items() if source == key]
        below = sum(sum(nodes[child].input_powers) for child in children)
        if key.startswith("pdu-"):
            outlets = [o for (pdu, _), o in plant.flows.outlets.items() if pdu == key]
            below = sum(outlet.power for outlet in outlets)
        if children or key.startswith("pdu-"):
            assert flow.power == pytest.approx(below, rel=1e-9, abs=1e-6), key
        assert min(s.real for s in flow.powers) >= -1e-6 and flow.loss_w >= 0, key
        if key in supply.chosen and supply.input_live(key):
            stored = supply.ups[key].charging_w if key in supply.ups else 0.0
            on_input = key not in supply.ups or supply.ups[key].mode is UpsMode.NORMAL
            into = sum(flow.input_powers).real
            expected = flow.power.real + flow.loss_w + stored if on_input else 0
            assert into == pytest.approx(expected, rel=1e-9, abs=1e-6), key


def test_energy_is_kept_at_every_node() -> None:
    check_energy(plant_after(30))


SWITCHES: list[Callable[[Plant, str], object]] = [
    lambda plant, key: plant.supply.lost.add(key),
    lambda plant, key: plant.supply.lost.discard(key),
    lambda plant, key: plant.supply.open.add(key),
    lambda plant, key: plant.supply.rectifier_off.add(key),
    lambda plant, key: plant.supply.rectifier_off.discard(key),
]
KEYS = st.sampled_from(
    ["utility-a", "utility-b", "generator", "ups-a", "ups-b", "brk-a-r1", "brk-b-r5", "panel-a1"]
)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(SWITCHES), KEYS, st.integers(1, 400)), max_size=6))
def test_energy_is_kept_whatever_is_switched(
    moves: list[tuple[Callable[[Plant, str], object], str, int]],
) -> None:
    plant = Plant(world(), NOON_S)
    before = {key: sum(wh) for key, wh in plant.meters.out.items()}
    for switch, key, seconds in moves:
        switch(plant, key)
        plant.step(seconds)
        check_energy(plant)
        after = {key: sum(wh) for key, wh in plant.meters.out.items()}
        assert all(after[key] >= before[key] for key in before)
        assert all(0 <= s.stored_wh <= 5_000 for s in plant.supply.ups.values())
        before = after


def slow_line_amps(plant: Plant, pdu: str) -> list[float]:
    """The same currents from the time domain: one cycle of 3,600 samples, root mean square."""
    v_peak = 208 / math.sqrt(3) * math.sqrt(2) * plant.supply.ratio[pdu]
    squares = [0.0, 0.0, 0.0]
    taken = []
    for load, drawn in zip(plant.description.loads, plant.flows.load_w, strict=True):
        for cord in load.cords:
            if cord.pdu == pdu:
                outlet = next(
                    o for p in plant.description.pdus if p.key == pdu for o in p.outlets
                    if o.number == cord.outlet
                )  # fmt: skip
                taken.append((outlet.lines, drawn / len(load.cords), math.acos(load.power_factor)))
    for step in range(3600):
        angle = 2 * math.pi * step / 3600
        lines = [0.0, 0.0, 0.0]
        for (i, j), power, lag in taken:
            between = cmath.exp(-2j * math.pi * i / 3) - cmath.exp(-2j * math.pi * j / 3)
            v_rms = v_peak * abs(between) / math.sqrt(2)
            peak = math.sqrt(2) * power / v_rms / math.cos(lag)
            current = peak * math.cos(angle + cmath.phase(between) - lag)
            lines[i] += current
            lines[j] -= current
        squares = [s + x * x for s, x in zip(squares, lines, strict=True)]
    return [math.sqrt(s / 3600) for s in squares]


@pytest.mark.parametrize("pdu", ["pdu-a-r1", "pdu-b-r8"])
def test_phase_currents_agree_with_a_slow_calculation_in_the_time_domain(pdu: str) -> None:
    plant = plant_after(5)
    assert amps(plant, pdu) == pytest.approx(slow_line_amps(plant, pdu), rel=1e-6)


def test_dual_corded_loads_move_to_the_survivor_and_single_corded_ones_go_dark() -> None:
    plant = plant_after(5)
    plant.supply.open.add("panel-a1")
    plant.step(1)
    for load, drawn in zip(plant.description.loads, plant.flows.load_w, strict=True):
        side_a_only = len(load.cords) == 1 and load.cords[0].pdu.startswith("pdu-a")
        dark = side_a_only and panel_of("a", load.rack or "") == "panel-a1"
        assert (drawn == 0) == dark
        live = [c for c in load.cords if plant.supply.live(c.pdu)]
        for cord in live:
            outlet = plant.flows.outlets[cord.pdu, cord.outlet]
            assert outlet.power.real == pytest.approx(drawn / len(live))
    assert amps(plant, "pdu-a-r1") == [0, 0, 0]
    assert watts(plant, "pdu-b-r1") == pytest.approx(
        sum(w for ld, w in zip(plant.description.loads, plant.flows.load_w, strict=True)
            if ld.rack == "r1")
    )  # fmt: skip


def test_a_lost_utility_is_bridged_by_the_battery_until_the_generator_runs() -> None:
    plant = plant_after(5)
    meter = plant.meters.into["ats-a"] = [0.0, 0.0, 0.0]
    Stage(plant).start("lose-utility/utility-a")
    run(plant, 8)
    ups = plant.supply.ups["ups-a"]
    assert ups.mode is UpsMode.BATTERY and ups.stored_wh < 5_000 and sum(meter) == 0
    assert not plant.supply.input_live("ups-a") and plant.supply.live("pdu-a-r1")
    assert watts(plant, "utility-a") == 0
    run(plant, 6)
    assert plant.supply.ups["ups-a"].mode is UpsMode.NORMAL
    assert watts(plant, "generator") == pytest.approx(
        sum(plant.flows.nodes["ats-a"].input_powers).real
    )
    assert ups.charging_w == 5_000
    check_energy(plant)


def test_power_returns_to_the_utility_after_the_return_time_and_the_generator_stops() -> None:
    plant = plant_after(1)
    stage = Stage(plant)
    stage.start("lose-utility/utility-a")
    run(plant, 20)
    stage.clear()
    run(plant, 20)
    assert plant.supply.chosen["ats-a"] == "generator"
    run(plant, 15)
    assert (
        plant.supply.chosen["ats-a"] == "utility-a" and plant.supply.generators["generator"].running
    )
    run(plant, 65)
    assert not plant.supply.generators["generator"].running


def test_the_battery_gives_what_was_stored_and_then_the_side_goes_dark() -> None:
    small = replace(world().ups[0], battery_wh=600)
    plant = Plant(replace(world(), ups=(small, world().ups[1])), NOON_S)
    plant.step(5)
    side_b_w = watts(plant, "ups-b")
    out_before = sum(plant.meters.out["ups-a"])
    predicted_s = plant.runtime_s(small)
    Stage(plant).start("ups-on-battery/ups-a")
    seconds, lost_wh = 0, 0.0
    while plant.supply.live("ups-a") and seconds < 6 * 3600:
        plant.step(1)
        seconds += 1
        lost_wh += plant.flows.nodes["ups-a"].loss_w / 3600
    given_wh = sum(plant.meters.out["ups-a"]) - out_before + lost_wh
    assert given_wh == pytest.approx(600, rel=0.01)
    assert seconds == pytest.approx(predicted_s, rel=0.1)
    assert plant.supply.ups["ups-a"].stored_wh == 0 and watts(plant, "pdu-a-r1") == 0
    assert watts(plant, "ups-b") > 1.5 * side_b_w


def test_a_battery_that_was_used_is_charged_full_again_and_no_further() -> None:
    plant = plant_after(1)
    stage = Stage(plant)
    stage.start("ups-on-battery/ups-a")
    run(plant, 120, 5)
    stage.clear("ups-on-battery")
    missing_wh = 5_000 - plant.supply.ups["ups-a"].stored_wh
    run(plant, missing_wh / 5_000 * 3600 + 10, 5)
    assert plant.supply.ups["ups-a"].stored_wh == 5_000
    assert plant.supply.ups["ups-a"].charging_w == 0


def test_energy_counters_integrate_power() -> None:
    plant = plant_after(1)
    start = sum(plant.meters.out["ups-a"])
    outlet_start = plant.meters.outlets["pdu-a-r1", 1]
    joules = outlet_joules = 0.0
    for _ in range(100):
        plant.step(1)
        joules += watts(plant, "ups-a")
        outlet_joules += plant.flows.outlets["pdu-a-r1", 1].power.real
    assert sum(plant.meters.out["ups-a"]) - start == pytest.approx(joules / 3600)
    assert plant.meters.outlets["pdu-a-r1", 1] - outlet_start == pytest.approx(outlet_joules / 3600)


def test_the_meters_of_branches_add_up_to_the_meter_of_the_main() -> None:
    plant = plant_after(60)
    for side in SIDES:
        branches = [f"brk-{side}-{r}" for r in RACKS if panel_of(side, r) == f"panel-{side}1"]
        total = sum(sum(plant.meters.out[key]) for key in branches)
        assert sum(plant.meters.out[f"panel-{side}1"]) == pytest.approx(total, rel=1e-9)


def test_a_crac_failure_warms_the_racks_and_its_partner_works_harder() -> None:
    plant = plant_after(900, 5)
    before_c, fan = dict(plant.air.inlet_c), plant.air.cracs["crac-2"].fan
    assert all(18 < celsius < 25 for celsius in before_c.values())
    stage = Stage(plant)
    stage.start("crac-failure/crac-1")
    stage.start("crac-failure/crac-2")
    run(plant, 300, 5)
    assert all(plant.air.inlet_c[r] > before_c[r] + 3 for r in RACKS)
    stage.clear("crac-failure/crac-2")
    run(plant, 1200, 5)
    assert plant.air.cracs["crac-2"].fan > fan and plant.air.cracs["crac-1"].airflow_m3_s == 0
    assert all(plant.air.inlet_c[r] < before_c[r] + 3 for r in RACKS)


def test_heat_removed_heat_stored_and_heat_through_walls_add_up() -> None:
    plant = plant_after(60)
    zone, state = plant.description.zones[0], plant.air.zones["hall"]
    start_c, brought_j = state.hot_c, 0.0
    plant.air.cracs["crac-1"].failed = True
    for _ in range(200):
        wall_w = zone.wall_w_k * (state.hot_c - zone.outside_c)
        plant.step(1)
        brought_j += state.heat_w - state.removed_w - wall_w
    assert zone.thermal_mass_j_k * (state.hot_c - start_c) == pytest.approx(brought_j, rel=1e-9)
    assert state.it_w == pytest.approx(sum(plant.flows.load_w))


def test_in_the_long_run_the_cracs_remove_what_the_loads_bring() -> None:
    plant = plant_after(3600, 5)
    state = plant.air.zones["hall"]
    walls_w = 150 * (state.hot_c - 25)
    assert state.removed_w == pytest.approx(state.heat_w - walls_w, rel=0.05)
    for key in ("crac-1", "crac-2"):
        crac = plant.air.cracs[key]
        air_w = 1206 * crac.airflow_m3_s * (crac.return_c - crac.supply_c)
        assert air_w == pytest.approx(crac.heat_w, rel=1e-9)
        assert crac.supply_c == pytest.approx(20, abs=0.5)


def test_a_crac_without_power_stops_and_restarts_after_its_pause() -> None:
    plant = plant_after(5)
    plant.supply.open.add("swgr-a")
    plant.step(1)
    assert not plant.air.cracs["crac-1"].running and watts(plant, "crac-1") == 0
    plant.supply.open.discard("swgr-a")
    run(plant, 25)
    assert not plant.air.cracs["crac-1"].running
    run(plant, 10)
    assert plant.air.cracs["crac-1"].running and watts(plant, "crac-1") > 0


def test_a_lasting_overload_trips_the_breaker_sooner_the_higher_it_is() -> None:
    plant = plant_after(1)
    heavy = plant.protection
    breaker = plant.description.breakers[0]
    flow = plant.flows.nodes[breaker.key]
    times = []
    for share in (1.2, 1.5, 9.0):
        flow.amps = (30 * share + 0j, 0j, 0j)
        seconds = 1
        while not heavy.step([breaker], plant.flows, 1.0):
            seconds += 1
        times.append(seconds)
    assert times == [pytest.approx(137, abs=2), pytest.approx(48, abs=2), 1]
    flow.amps = (29 + 0j, 0j, 0j)
    assert not any(heavy.step([breaker], plant.flows, 10.0) for _ in range(1000))


def test_two_runs_from_one_seed_are_the_same() -> None:
    one, two = plant_after(50), plant_after(50)
    assert one.flows.load_w == two.flows.load_w and one.air.inlet_c == two.air.inlet_c


def test_the_load_follows_the_hour_of_the_day() -> None:
    plant = Plant(world(), 0.0)
    by_hour = [sum(plant.workload.watts(h * 3600)) for h in range(24)]
    assert 12 <= by_hour.index(max(by_hour)) <= 18
    assert max(by_hour) > 1.2 * min(by_hour)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("earthquake", "no scenario 'earthquake'; there are: lose-utility"),
        ("breaker-trip/brk-z", "no target 'brk-z'; targets: brk-a-r1"),
        ("device-dead", "nothing that 'device-dead' could happen to"),
    ],
)
def test_an_unknown_scenario_or_target_says_what_there_is(name: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Stage(Plant(world())).start(name)


def test_clearing_what_does_not_run_says_what_runs() -> None:
    stage = Stage(Plant(world()))
    assert stage.start("breaker-trip").id == "breaker-trip/brk-a-r1"
    stage.start("breaker-trip/brk-a-r1")
    with pytest.raises(ConfigError, match=r"running: breaker-trip/brk-a-r1$"):
        stage.clear("crac-failure")
    assert [ended.id for ended in stage.clear()] == ["breaker-trip/brk-a-r1"]
    assert not stage.running
