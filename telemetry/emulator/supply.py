"""Which nodes have voltage: feeds, generators, transfer switches, UPS batteries, breakers.

`Supply.step` runs the timers and leaves `ratio`: voltage over nominal by key, 0 where dark.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from telemetry.emulator.description import Ats, Generator, Ups, Utility
from telemetry.emulator.topology import Topology


class UpsMode(StrEnum):
    """What the inverter lives on."""

    NORMAL = "normal"
    BATTERY = "battery"
    OFF = "off"


@dataclass
class UpsState:
    """`stored_wh` falls on battery and rises at `charge_w` after it."""

    stored_wh: float
    mode: UpsMode = UpsMode.NORMAL
    on_battery_s: float = 0.0
    charging_w: float = 0.0
    transfers: int = 0


@dataclass
class GeneratorState:
    """`asked_s` counts while someone needs it, `idle_s` while it runs unneeded."""

    running: bool = False
    asked_s: float = 0.0
    idle_s: float = 0.0
    run_s: float = 0.0
    starts: int = 0


@dataclass
class AtsState:
    """`waiting_s` counts up to the transfer or the return."""

    source: str
    waiting_s: float = 0.0
    transfers: int = 0


class Supply:
    """The state of everything that can lose or regain voltage. `lost`, `open` and `rectifier_off`
    are switches for scenarios."""

    def __init__(self, topology: Topology) -> None:
        nodes = topology.nodes.values()
        self.lost: set[str] = set()
        self.open: set[str] = set()
        self.rectifier_off: set[str] = set()
        self.ratio: dict[str, float] = {}
        self.chosen: dict[str, str] = {}
        self.generators = {n.key: GeneratorState() for n in nodes if isinstance(n, Generator)}
        self.ats = {n.key: AtsState(n.preferred) for n in nodes if isinstance(n, Ats)}
        self.ups = {n.key: UpsState(n.battery_wh) for n in nodes if isinstance(n, Ups)}
        self._topology = topology
        self._asks = _who_asks(topology)
        self.step(0.0, 0.0)

    def live(self, key: str) -> bool:
        """True where there is voltage at the node's output."""
        return self.ratio[key] > 0

    def input_live(self, key: str) -> bool:
        """True where the node is fed."""
        source = self.chosen.get(key)
        return source is not None and self.ratio[source] > 0

    def step(self, dt_s: float, now_s: float) -> None:
        """One pass from the sources down."""
        for key in self._topology.order:
            node = self._topology.nodes[key]
            if isinstance(node, Utility):
                wobble = 0.004 * math.sin(now_s / 97 + len(key)) + 0.002 * math.sin(now_s / 13)
                self.ratio[key] = 0.0 if key in self.lost else 1.0 + wobble
            elif isinstance(node, Generator):
                self.ratio[key] = 1.0 if self._run_generator(node, dt_s) else 0.0
            elif isinstance(node, Ats):
                self.chosen[key] = self._switch(node, dt_s)
                self.ratio[key] = self.ratio[self.chosen[key]]
            else:
                self.chosen[key] = node.source
                fed = 0.0 if key in self.open else self.ratio[node.source]
                self.ratio[key] = self._invert(node, fed, dt_s) if isinstance(node, Ups) else fed

    def _run_generator(self, node: Generator, dt_s: float) -> bool:
        state = self.generators[node.key]
        if node.key in self.lost:
            state.running, state.asked_s = False, 0.0
            return False
        asked = any(
            self.ratio.get(ask.other, 1.0) == 0 or self.ats[ask.switch].source == ask.side
            for ask in self._asks[node.key]
        )
        state.asked_s = state.asked_s + dt_s if asked else 0.0
        state.idle_s = 0.0 if asked else state.idle_s + dt_s
        if not state.running and asked and state.asked_s >= node.start_s:
            state.running = True
            state.starts += 1
        elif state.running and state.idle_s > node.cool_down_s:
            state.running = False
        state.run_s += dt_s if state.running else 0.0
        return state.running

    def _switch(self, node: Ats, dt_s: float) -> str:
        state = self.ats[node.key]
        preferred, alternate = self.ratio[node.preferred] > 0, self.ratio[node.alternate] > 0
        on_preferred = state.source == node.preferred
        go = alternate and not preferred if on_preferred else preferred
        if not go:
            state.waiting_s = 0.0
            return state.source
        state.waiting_s += dt_s
        patience_s = node.return_s if not on_preferred and alternate else node.transfer_s
        if state.waiting_s >= patience_s:
            state.source = node.alternate if on_preferred else node.preferred
            state.waiting_s = 0.0
            state.transfers += 1
        return state.source

    def _invert(self, node: Ups, fed: float, dt_s: float) -> float:
        state = self.ups[node.key]
        if fed > 0 and node.key not in self.rectifier_off:
            state.mode, state.on_battery_s = UpsMode.NORMAL, 0.0
            return 1.0
        if state.stored_wh > 0:
            state.transfers += state.mode is UpsMode.NORMAL
            state.mode = UpsMode.BATTERY
            state.on_battery_s += dt_s
            return 1.0
        state.mode = UpsMode.OFF
        return 0.0


@dataclass(frozen=True, slots=True)
class _Ask:
    """A switch wants what is on `side` while `other` is dead and while it stands on `side`."""

    switch: str
    side: str
    other: str


def _who_asks(topology: Topology) -> Mapping[str, tuple[_Ask, ...]]:
    """By generator: the switches it stands behind."""
    out: dict[str, list[_Ask]] = {
        key: [] for key, node in topology.nodes.items() if isinstance(node, Generator)
    }
    for node in topology.nodes.values():
        if isinstance(node, Ats):
            pair = (node.preferred, node.alternate)
            for side, other in (pair, pair[::-1]):
                for key in _upstream(topology, side) & out.keys():
                    out[key].append(_Ask(node.key, side, other))
    return {key: tuple(asks) for key, asks in out.items()}


def _upstream(topology: Topology, key: str) -> set[str]:
    """The node and everything that may feed it."""
    found = {key}
    for feeder in topology.feeders(key):
        found |= _upstream(topology, feeder)
    return found
