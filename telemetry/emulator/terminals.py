"""What an electrical meter would read at a place of the plant: any quantity, on any phase."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from telemetry.emulator.network import OutletFlow
from telemetry.emulator.physics import NO_LINES, Lines
from telemetry.emulator.plant import Plant
from telemetry.points import Phase, Quantity

Q = Quantity
_LINE = {Phase.L1: 0, Phase.L2: 1, Phase.L3: 2}
_PAIR = {Phase.L1_L2: (0, 1), Phase.L2_L3: (1, 2), Phase.L3_L1: (2, 0)}
_TO_NEUTRAL = frozenset({"n", "ln", "neutral"})
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Terminal:
    """A place with up to three lines. `single` is set where there is only one conductor pair (an
    outlet, a pole): then the phase asked for does not matter."""

    volts: Lines
    amps: Lines
    powers: Lines
    wh: Sequence[float]
    hz: float
    vah: float = 0.0
    varh: float = 0.0
    limit_a: float = 0.0
    limit_w: float = 0.0
    limit_va: float = 0.0
    single: bool = False

    def value(
        self, quantity: Quantity, phase: Phase | None, words: Collection[str] = ()
    ) -> float | None:
        """The reading, or None for what no electrical meter reads."""
        if "export" in words or "exported" in words or "ground" in words:
            return 0.0
        line = None if self.single or phase is None else _LINE.get(phase)
        match quantity:
            case Q.CURRENT:
                return self._current(phase, line)
            case Q.VOLTAGE:
                return self._voltage(phase, line, words)
            case Q.FREQUENCY:
                return self.hz
            case Q.LOAD:
                return self._load(line)
            case Q.THD:
                return 2.5 if self.hz else 0.0
        return self._power(quantity, line)

    def _power(self, quantity: Quantity, line: int | None) -> float | None:
        power = sum(self.powers) if line is None else self.powers[line]
        match quantity:
            case Q.ACTIVE_POWER:
                return power.real
            case Q.REACTIVE_POWER:
                return power.imag
            case Q.APPARENT_POWER:
                return abs(power)
            case Q.POWER_FACTOR:
                return power.real / abs(power) if abs(power) > _TINY else 1.0
            case Q.ACTIVE_ENERGY:
                return sum(self.wh) if line is None else self.wh[line]
            case Q.APPARENT_ENERGY:
                return self.vah
            case Q.REACTIVE_ENERGY:
                return self.varh
        return None

    def _current(self, phase: Phase | None, line: int | None) -> float:
        if self.single:
            return abs(self.amps[0])
        if phase is Phase.N:
            return abs(sum(self.amps))
        if line is not None:
            return abs(self.amps[line])
        used = [abs(a) for a in self.amps]
        return sum(used) / 3

    def _voltage(self, phase: Phase | None, line: int | None, words: Collection[str]) -> float:
        if self.single:
            return abs(self.volts[0])
        if phase is Phase.N:
            return 0.0
        if line is not None:
            return abs(self.volts[line])
        if phase in _PAIR:
            i, j = _PAIR[phase]
            return abs(self.volts[i] - self.volts[j])
        if _TO_NEUTRAL & set(words):
            return sum(map(abs, self.volts)) / 3
        return sum(abs(self.volts[i] - self.volts[j]) for i, j in _PAIR.values()) / 3

    def _load(self, line: int | None) -> float:
        """Percent of the tightest limit that is known."""
        shares = [0.0]
        amps = [abs(a) for a in self.amps] if line is None else [abs(self.amps[line])]
        power = sum(self.powers) if line is None else 3 * self.powers[line]
        if self.limit_a:
            shares.append(max(amps) / self.limit_a)
        if self.limit_w:
            shares.append(power.real / self.limit_w)
        if self.limit_va:
            shares.append(abs(power) / self.limit_va)
        return 100 * max(shares)


def frequency(plant: Plant, key: str) -> float:
    """Hz at a live node (the inverter's own below a UPS), 0 at a dark one."""
    supply = plant.supply
    if not supply.live(key):
        return 0.0
    while True:
        node = plant.topology.nodes[key]
        hz = getattr(node, "frequency_hz", None)
        if hz is not None:
            return float(hz) * (1 + (supply.ratio[key] - 1) / 20)
        key = supply.chosen[key]


def output(plant: Plant, key: str) -> Terminal:
    """The output of a node: what it feeds."""
    flow, meters = plant.flows.nodes[key], plant.meters
    node = plant.topology.nodes[key]
    return Terminal(
        flow.volts,
        flow.amps,
        flow.powers,
        meters.out[key],
        frequency(plant, key),
        meters.apparent[key],
        meters.reactive[key],
        limit_a=float(getattr(node, "rating_a", 0) or getattr(node, "main_a", 0)),
        limit_w=float(getattr(node, "rated_w", 0)),
        limit_va=float(getattr(node, "rated_va", 0)),
    )


def entry(plant: Plant, key: str) -> Terminal:
    """The input of a node: what it takes from its feeder."""
    flow = plant.flows.nodes[key]
    source = plant.supply.chosen.get(key)
    hz = frequency(plant, source) if source else 0.0
    return Terminal(
        flow.input_volts, flow.input_amps, flow.input_powers, plant.meters.into[key], hz
    )


def pole(plant: Plant, breaker: str, line: int) -> Terminal:
    """One line of a breaker, as a branch meter clamps it."""
    whole = output(plant, breaker)
    return _single(whole.volts[line], whole.amps[line], whole.powers[line], whole.wh[line],
                   whole.hz, whole.limit_a)  # fmt: skip


def outlet(plant: Plant, pdu: str, number: int) -> Terminal:
    """One outlet of a rack PDU."""
    flow = plant.flows.outlets[pdu, number]
    limit_a = next(o.rating_a for o in plant.pdus[pdu].outlets if o.number == number)
    wh = plant.meters.outlets[pdu, number]
    return _single(flow.volts, flow.amps, flow.power, wh, frequency(plant, pdu), limit_a)


def bank(plant: Plant, pdu: str, number: int, limit_a: float = 16.0) -> Terminal:
    """The outlets of one bank together: the highest current of its lines."""
    members = [o for o in plant.pdus[pdu].outlets if o.bank == number]
    flows: list[OutletFlow] = [plant.flows.outlets[pdu, o.number] for o in members]
    lines = [0j, 0j, 0j]
    for member, flow in zip(members, flows, strict=True):
        lines[member.lines[0]] += flow.amps
        if len(member.lines) == 2:
            lines[member.lines[1]] -= flow.amps
    volts = flows[0].volts if flows else 0j
    wh = sum(plant.meters.outlets[pdu, o.number] for o in members)
    power = sum(flow.power for flow in flows)
    return _single(volts, max(lines, key=abs), power, wh, frequency(plant, pdu), limit_a)


def _single(
    volts: complex, amps: complex, power: complex, wh: float, hz: float, limit_a: float
) -> Terminal:
    return Terminal(
        (volts, 0j, 0j), (amps, 0j, 0j), (power, 0j, 0j), (wh, 0.0, 0.0), hz,
        limit_a=limit_a, single=True,
    )  # fmt: skip


#: A place with nothing on it.
NOTHING = Terminal(NO_LINES, NO_LINES, NO_LINES, (0.0, 0.0, 0.0), 0.0)
