"""The air of each zone: IT heat warms it, CRACs take the heat away, racks breathe the mix.

One hot-air temperature per zone with the zone's thermal mass; C dT/dt = heat in - heat removed.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from telemetry.emulator.description import Crac, PlantDescription, Zone
from telemetry.emulator.physics import AIR_J_PER_M3_K, WATER_J_PER_L_K, relative_humidity

#: Temperature difference that fans are run for, and that servers put on their air.
FAN_AIM_K = 11.0
SERVER_RISE_K = 12.0
MIN_FAN, MAX_FAN = 0.4, 1.0
FAN_TAU_S, VALVE_TAU_S, INLET_TAU_S = 20.0, 25.0, 90.0
WATER_RISE_K = 6.0
#: Watts of leakage air in a rack that keep an empty rack's rear near its front.
IDLE_RACK_W = 200.0
HEIGHT_K = 1.6


@dataclass
class CracState:
    """`fan` and `valve` 0-1, `heat_w` removed now, `supply_c` what it blows, `draws_w` electric."""

    fan: float
    valve: float
    supply_c: float
    return_c: float
    running: bool = True
    failed: bool = False
    dark_s: float = 0.0
    wait_s: float = 0.0
    heat_w: float = 0.0
    draws_w: float = 0.0
    run_s: float = 0.0
    airflow_m3_s: float = 0.0


@dataclass
class ZoneState:
    """`hot_c` is the return air, `cold_c` what reaches the racks, heats in W."""

    hot_c: float
    cold_c: float
    dew_point_c: float
    it_w: float = 0.0
    heat_w: float = 0.0
    removed_w: float = 0.0


class Air:
    """Zones, CRACs and rack inlets. `failed` CRACs stop; dark ones too, and restart later."""

    def __init__(self, plant: PlantDescription) -> None:
        self._zones = {zone.key: zone for zone in plant.zones}
        self._cracs = {crac.key: crac for crac in plant.cracs}
        self._racks = {rack.key: rack for rack in plant.racks}
        self.zones: dict[str, ZoneState] = {}
        self.cracs: dict[str, CracState] = {}
        for zone in plant.zones:
            setpoints = [c.setpoint_c for c in plant.cracs if c.zone == zone.key]
            cold_c = sum(setpoints) / len(setpoints) if setpoints else zone.outside_c
            self.zones[zone.key] = ZoneState(cold_c + FAN_AIM_K, cold_c, zone.dew_point_c)
        for crac in plant.cracs:
            hot_c = self.zones[crac.zone].hot_c
            self.cracs[crac.key] = CracState(0.6, 0.5, crac.setpoint_c, hot_c)
        self.inlet_c = {
            rack.key: self.zones[rack.zone].cold_c + rack.offset_k for rack in plant.racks
        }
        self.rack_w = dict.fromkeys(self._racks, 0.0)

    def step(
        self,
        dt_s: float,
        now_s: float,
        live: Collection[str],
        rack_w: Mapping[str, float],
        other_w: Mapping[str, float],
    ) -> None:
        """`live`: CRACs with voltage; `rack_w`: load by rack; `other_w`: other heat by zone."""
        self.rack_w = {key: rack_w.get(key, 0.0) for key in self._racks}
        for key, zone in self._zones.items():
            state = self.zones[key]
            state.it_w = sum(w for rack, w in self.rack_w.items() if self._racks[rack].zone == key)
            self._step_zone(zone, state, dt_s, live, other_w.get(key, 0.0))
            state.dew_point_c = zone.dew_point_c + 0.4 * math.sin(now_s / 1700 + len(key))
        for rack_key, rack in self._racks.items():
            aim_c = self.zones[rack.zone].cold_c + rack.offset_k
            share = 1 - math.exp(-dt_s / INLET_TAU_S)
            self.inlet_c[rack_key] += (aim_c - self.inlet_c[rack_key]) * share

    def _step_zone(
        self, zone: Zone, state: ZoneState, dt_s: float, live: Collection[str], other_w: float
    ) -> None:
        cracs = [crac for crac in self._cracs.values() if crac.zone == zone.key]
        for crac in cracs:
            _start_or_stop(crac, self.cracs[crac.key], dt_s, crac.key in live)
        running = [crac for crac in cracs if self.cracs[crac.key].running]
        room_w = state.it_w + other_w + zone.base_w
        for crac in cracs:
            _regulate(crac, self.cracs[crac.key], dt_s, state.hot_c, room_w / max(1, len(running)))
        fans_w = sum(crac.fan_w * self.cracs[crac.key].fan ** 3 for crac in running)
        state.heat_w = room_w + fans_w
        state.removed_w = sum(self.cracs[crac.key].heat_w for crac in cracs)
        walls_w = zone.wall_w_k * (state.hot_c - zone.outside_c)
        state.hot_c += (state.heat_w - state.removed_w - walls_w) * dt_s / zone.thermal_mass_j_k
        state.cold_c = self._cold(state, [self.cracs[crac.key] for crac in running])

    def _cold(self, state: ZoneState, running: list[CracState]) -> float:
        """Supply air, and return air where the servers want more than is supplied."""
        supplied = sum(crac.airflow_m3_s for crac in running)
        wanted = state.it_w / (AIR_J_PER_M3_K * SERVER_RISE_K)
        if supplied <= 0:
            return state.hot_c
        supply_c = sum(c.airflow_m3_s * c.supply_c for c in running) / supplied
        share = min(1.0, supplied / wanted) if wanted > 0 else 1.0
        return share * supply_c + (1 - share) * state.hot_c

    def front_c(self, rack: str, height: float) -> float:
        """Inlet air at a height, 0 floor to 1 top."""
        return self.inlet_c[rack] + (height - 0.5) * HEIGHT_K

    def rear_c(self, rack: str, height: float) -> float:
        """Exhaust air: the servers' rise, less where the rack is nearly empty."""
        watts = self.rack_w[rack]
        return self.front_c(rack, height) + SERVER_RISE_K * watts / (watts + IDLE_RACK_W)

    def humidity(self, zone: str, celsius: float) -> float:
        """Percent at that temperature: the moisture is the zone's."""
        return relative_humidity(celsius, self.zones[zone].dew_point_c)

    def zone_of(self, rack: str) -> str:
        """The zone a rack breathes."""
        return self._racks[rack].zone


def _start_or_stop(crac: Crac, state: CracState, dt_s: float, live: bool) -> None:
    if state.failed or not live:
        state.running = False
        state.wait_s = crac.restart_s if not live else 0.0
    elif not state.running:
        state.wait_s -= dt_s
        state.running = state.wait_s <= 0
    state.run_s += dt_s if state.running else 0.0


def _regulate(crac: Crac, state: CracState, dt_s: float, hot_c: float, share_w: float) -> None:
    """Fan for FAN_AIM_K at its share of the heat, valve for the setpoint, both with inertia."""
    state.return_c = hot_c
    if not state.running:
        state.fan = state.valve = state.heat_w = state.draws_w = state.airflow_m3_s = 0.0
        state.supply_c += (hot_c - state.supply_c) * (1 - math.exp(-dt_s / INLET_TAU_S))
        return
    aim = share_w / (AIR_J_PER_M3_K * FAN_AIM_K * crac.airflow_m3_s)
    aim = min(MAX_FAN, max(MIN_FAN, aim))
    state.fan += (aim - state.fan) * (1 - math.exp(-dt_s / FAN_TAU_S))
    state.airflow_m3_s = crac.airflow_m3_s * state.fan
    carried = AIR_J_PER_M3_K * state.airflow_m3_s
    wanted = min(1.0, max(0.0, carried * (hot_c - crac.setpoint_c) / crac.capacity_w))
    state.valve += (wanted - state.valve) * (1 - math.exp(-dt_s / VALVE_TAU_S))
    state.heat_w = state.valve * crac.capacity_w
    state.supply_c = hot_c - state.heat_w / carried if carried > 0 else hot_c
    state.draws_w = crac.fan_w * state.fan**3 + (state.heat_w / crac.cop if crac.cop else 0.0)


def water(crac: Crac, state: CracState) -> tuple[float, float]:
    """(L/s, degC leaving) of a chilled water unit at this valve."""
    flow = state.valve * crac.capacity_w / (WATER_J_PER_L_K * WATER_RISE_K)
    rise_k = state.heat_w / (WATER_J_PER_L_K * flow) if flow > 0 else 0.0
    return flow, crac.water_in_c + rise_k
