"""Currents of the whole chain at one moment, from the outlets up to the sources. No time in it.

Energy is kept: what a node's feeders give is what it passes on plus its own losses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from telemetry.emulator import physics
from telemetry.emulator.description import Crac, Panel, PlantDescription, Ups
from telemetry.emulator.physics import NO_LINES, Lines
from telemetry.emulator.topology import Topology

#: Displacement power factor of rectifiers and of CRAC motors behind drives.
RECTIFIER_PF = 0.99
CRAC_PF = 0.92


@dataclass(slots=True)
class Flow:
    """What passes a node. `volts` and `amps` are at its output, `input_amps` what it draws from its
    feeder at the feeder's voltage. Watts are per line, complex power in `powers`."""

    volts: Lines = NO_LINES
    amps: Lines = NO_LINES
    powers: Lines = NO_LINES
    input_volts: Lines = NO_LINES
    input_amps: Lines = NO_LINES
    loss_w: float = 0.0

    @property
    def power(self) -> complex:
        """S at the output: P + jQ."""
        return sum(self.powers)

    @property
    def input_powers(self) -> Lines:
        """Complex power by line at the input."""
        return physics.line_powers(self.input_volts, self.input_amps)


@dataclass(slots=True)
class OutletFlow:
    """What an outlet gives: volts across it, the current phasor, complex power."""

    volts: complex = 0j
    amps: complex = 0j
    power: complex = 0j


@dataclass(slots=True)
class Flows:
    """Every node by key, every outlet by (PDU, number), the watts each load gets, in order."""

    nodes: dict[str, Flow] = field(default_factory=dict)
    outlets: dict[tuple[str, int], OutletFlow] = field(default_factory=dict)
    load_w: list[float] = field(default_factory=list)


class Network:
    """The compiled chain. `solve` is called once a step."""

    def __init__(self, plant: PlantDescription, topology: Topology) -> None:
        self._topology = topology
        self._upwards = tuple(reversed(topology.order))
        self._volts = {key: physics.phase_voltages(v) for key, v in topology.v_ll.items()}
        self._loads = tuple(plant.loads)
        self._tangents = [physics.complex_power(1.0, load.power_factor) for load in plant.loads]
        self._lines = {
            (pdu.key, outlet.number): outlet.lines for pdu in plant.pdus for outlet in pdu.outlets
        }

    def solve(
        self,
        ratio: Mapping[str, float],
        chosen: Mapping[str, str],
        wanted_w: Sequence[float],
        motors_w: Mapping[str, float],
        charging_w: Mapping[str, float],
        on_input: frozenset[str],
    ) -> Flows:
        """All flows. `ratio` is voltage over nominal (0: dark), `chosen` the feeder of each node,
        `wanted_w` what the loads would draw, `motors_w` what each CRAC draws, `charging_w` into
        each UPS's battery, `on_input` the UPSs that live on their input."""
        flows = Flows()
        drawn: dict[str, Lines] = {}
        self._feed_loads(flows, drawn, ratio, wanted_w)
        for key in self._upwards:
            flow = flows.nodes[key] = Flow()
            if ratio[key] > 0:
                flow.volts = _scaled(self._volts[key], ratio[key])
                flow.amps = drawn.get(key, NO_LINES)
                node = self._topology.nodes[key]
                if isinstance(node, Crac):
                    power = physics.complex_power(motors_w.get(key, 0.0), CRAC_PF)
                    flow.amps = physics.line_currents(power, flow.volts, node.lines)
                flow.powers = physics.line_powers(flow.volts, flow.amps)
            source = chosen.get(key)
            if source is not None and ratio[source] > 0:
                flow.input_volts = _scaled(self._volts[source], ratio[source])
                self._draw(key, flow, charging_w.get(key, 0.0), key in on_input)
                drawn[source] = physics.total((drawn.get(source, NO_LINES), flow.input_amps))
            else:
                self._lose(key, flow)
        return flows

    def _feed_loads(
        self,
        flows: Flows,
        drawn: dict[str, Lines],
        ratio: Mapping[str, float],
        wanted_w: Sequence[float],
    ) -> None:
        sums: dict[str, list[complex]] = {}
        flows.outlets = {place: OutletFlow() for place in self._lines}
        for (pdu, number), lines in self._lines.items():
            if ratio[pdu] > 0:
                volts = physics.across(self._volts[pdu], lines) * ratio[pdu]
                flows.outlets[pdu, number].volts = volts
        for load, tangent, watts in zip(self._loads, self._tangents, wanted_w, strict=True):
            live = [cord for cord in load.cords if ratio[cord.pdu] > 0]
            runs = len(live) >= max(1, load.needs)
            flows.load_w.append(watts if runs else 0.0)
            for cord in live if runs else ():
                outlet = flows.outlets[cord.pdu, cord.outlet]
                outlet.power = tangent * (watts / len(live))
                outlet.amps = (outlet.power / outlet.volts).conjugate()
                lines = self._lines[cord.pdu, cord.outlet]
                row = sums.setdefault(cord.pdu, [0j, 0j, 0j])
                row[lines[0]] += outlet.amps
                if len(lines) == 2:
                    row[lines[1]] -= outlet.amps
        for pdu, row in sums.items():
            drawn[pdu] = (row[0], row[1], row[2])

    def _draw(self, key: str, flow: Flow, charging_w: float, on_input: bool) -> None:
        """Set `input_amps` (and losses) of a node whose feeder has voltage."""
        node = self._topology.nodes[key]
        if isinstance(node, Ups):
            self._lose(key, flow)
            if on_input:
                watts = flow.power.real + flow.loss_w + charging_w
                power = physics.complex_power(watts, RECTIFIER_PF)
                flow.input_amps = physics.line_currents(power, flow.input_volts, (0, 1, 2))
        elif isinstance(node, Panel) and (node.v_ll is not None or node.efficiency < 1):
            flow.loss_w = flow.power.real * (1 / node.efficiency - 1)
            a, b, c = (
                (s / node.efficiency / v).conjugate()
                for s, v in zip(flow.powers, flow.input_volts, strict=True)
            )
            flow.input_amps = (a, b, c)
        else:
            flow.input_amps = flow.amps

    def _lose(self, key: str, flow: Flow) -> None:
        node = self._topology.nodes[key]
        if isinstance(node, Ups):
            watts = flow.power.real
            efficiency = physics.interpolate(node.efficiency, watts / node.rated_w)
            flow.loss_w = watts * (1 / efficiency - 1)


def _scaled(volts: Lines, ratio: float) -> Lines:
    return volts[0] * ratio, volts[1] * ratio, volts[2] * ratio
