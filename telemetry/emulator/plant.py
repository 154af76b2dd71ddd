"""The plant: one coherent data center that is stepped through time and can be read anywhere.

Order of a step: supply (who has voltage) -> workload -> currents -> batteries and energy ->
protection -> air. Steps longer than MAX_STEP_S are cut.
"""

import math
import random
from dataclasses import dataclass, field

from telemetry.emulator import physics
from telemetry.emulator.air import Air
from telemetry.emulator.description import PlantDescription, Ups
from telemetry.emulator.network import Flows, Network
from telemetry.emulator.protection import Protection
from telemetry.emulator.supply import Supply, UpsMode
from telemetry.emulator.topology import build
from telemetry.emulator.workload import Workload

MAX_STEP_S = 5.0
LONGEST_RUNTIME_S = 6 * 3600.0


@dataclass
class Meters:
    """Energy since the meter was set, Wh, that only ever rises: by node and line at its output and
    at its input, and by outlet. `apparent` (VAh) and `reactive` (varh) are totals at the output."""

    out: dict[str, list[float]] = field(default_factory=dict)
    into: dict[str, list[float]] = field(default_factory=dict)
    outlets: dict[tuple[str, int], float] = field(default_factory=dict)
    apparent: dict[str, float] = field(default_factory=dict)
    reactive: dict[str, float] = field(default_factory=dict)

    def set(self, flows: Flows, hours: float) -> None:
        """Begin as if everything had run as now for so many hours."""
        for key in flows.nodes:
            self.out[key], self.into[key] = [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]
            self.apparent[key] = self.reactive[key] = 0.0
        self.outlets = dict.fromkeys(flows.outlets, 0.0)
        self.count(flows, hours)

    def count(self, flows: Flows, hours: float) -> None:
        """Add what flows for so many hours."""
        for key, flow in flows.nodes.items():
            out, into, drawn = self.out[key], self.into[key], flow.input_powers
            for k in range(3):
                out[k] += max(0.0, flow.powers[k].real) * hours
                into[k] += max(0.0, drawn[k].real) * hours
            power = flow.power
            self.apparent[key] += abs(power) * hours
            self.reactive[key] += max(0.0, power.imag) * hours
        for place, outlet in flows.outlets.items():
            self.outlets[place] += outlet.power.real * hours


class Plant:
    """`now_s` is the plant's clock (epoch seconds). `switch off` by the sets of `supply`, by
    `air.cracs[...].failed`, `broken_sensors` and `silent_devices` (keys of devices)."""

    def __init__(self, description: PlantDescription, now_s: float = 0.0) -> None:
        self.description = description
        self.topology = build(description)
        self.now_s = now_s
        self.supply = Supply(self.topology)
        self.network = Network(description, self.topology)
        self.workload = Workload(description.loads, description.seed, description.utc_offset_h)
        self.air = Air(description)
        self.protection = Protection()
        self.meters = Meters()
        self.broken_sensors: set[str] = set()
        self.silent_devices: set[str] = set()
        self.uptime_s = 0.0
        self.tripped: list[str] = []
        self.pdus = {pdu.key: pdu for pdu in description.pdus}
        self._ups = {ups.key: ups for ups in description.ups}
        self._racks = [load.rack for load in description.loads]
        self.flows = self._solve()
        pick = random.Random(description.seed)  # noqa: S311 - repeatable on purpose
        self.meters.set(self.flows, hours=pick.uniform(4_000, 17_000))

    def step(self, dt_s: float) -> None:
        """Go on by dt_s seconds, in parts of at most MAX_STEP_S."""
        parts = max(1, math.ceil(dt_s / MAX_STEP_S))
        for _ in range(parts):
            self._step(dt_s / parts)

    def _step(self, dt_s: float) -> None:
        self.now_s += dt_s
        self.uptime_s += dt_s
        self.supply.step(dt_s, self.now_s)
        self.workload.step(dt_s)
        self._charge(dt_s)
        self.flows = self._solve()
        self._discharge(dt_s)
        self.meters.count(self.flows, dt_s / 3600)
        self._protect(dt_s)
        self._breathe(dt_s)

    def _solve(self) -> Flows:
        supply = self.supply
        return self.network.solve(
            supply.ratio,
            supply.chosen,
            self.workload.watts(self.now_s),
            {key: state.draws_w for key, state in self.air.cracs.items()},
            {key: state.charging_w for key, state in supply.ups.items()},
            frozenset(k for k, s in supply.ups.items() if s.mode is UpsMode.NORMAL),
        )

    def _charge(self, dt_s: float) -> None:
        """Charging takes what the battery still lacks, at most `charge_w`."""
        for key, ups in self._ups.items():
            state = self.supply.ups[key]
            lack_wh = ups.battery_wh - state.stored_wh
            state.charging_w = 0.0
            if state.mode is UpsMode.NORMAL and lack_wh > 0:
                state.charging_w = min(ups.charge_w, lack_wh * 3600 / dt_s) if dt_s > 0 else 0.0
                state.stored_wh = min(
                    ups.battery_wh, state.stored_wh + state.charging_w * dt_s / 3600
                )

    def _discharge(self, dt_s: float) -> None:
        for key, state in self.supply.ups.items():
            if state.mode is UpsMode.BATTERY:
                flow = self.flows.nodes[key]
                drawn_wh = (flow.power.real + flow.loss_w) * dt_s / 3600
                state.stored_wh = max(0.0, state.stored_wh - drawn_wh)

    def _protect(self, dt_s: float) -> None:
        closed = [b for b in self.description.breakers if b.key not in self.supply.open]
        tripped = self.protection.step(closed, self.flows, dt_s)
        self.supply.open.update(tripped)
        self.tripped += tripped

    def _breathe(self, dt_s: float) -> None:
        rack_w: dict[str, float] = {}
        for rack, watts in zip(self._racks, self.flows.load_w, strict=True):
            if rack is not None:
                rack_w[rack] = rack_w.get(rack, 0.0) + watts
        other_w: dict[str, float] = {}
        for ups in self.description.ups:
            if ups.zone is not None:
                loss_w = self.flows.nodes[ups.key].loss_w
                other_w[ups.zone] = other_w.get(ups.zone, 0.0) + loss_w
        live = {key for key in self.air.cracs if self.supply.live(key)}
        self.air.step(dt_s, self.now_s, live, rack_w, other_w)

    def runtime_s(self, ups: Ups) -> float:
        """What the battery would last at the load of now."""
        state, flow = self.supply.ups[ups.key], self.flows.nodes[ups.key]
        watts = flow.power.real
        efficiency = physics.interpolate(ups.efficiency, watts / ups.rated_w)
        return physics.runtime_s(state.stored_wh, watts, efficiency, LONGEST_RUNTIME_S)
