"""Rack PDUs, panels, meters, transfer switches and generators: what their points read."""

from collections.abc import Collection

from telemetry.emulator import terminals
from telemetry.emulator.bridge_air import environment_value
from telemetry.emulator.bridge_subject import NOT_MODELLED, Place, Reading, Subject
from telemetry.emulator.description import Ats, Breaker, Generator
from telemetry.emulator.named_states import flags, state
from telemetry.emulator.plant import Plant
from telemetry.emulator.supply import GeneratorState
from telemetry.emulator.terminals import NOTHING, Terminal
from telemetry.points import Phase, Quantity

_AIR = frozenset({Quantity.TEMPERATURE, Quantity.HUMIDITY, Quantity.DEW_POINT})
_BRANCH = ("branch", "circuit", "breaker", "pole", "channel", "cct", "ct")
_BANK = ("bank", "ocp", "fuse", *_BRANCH)
_PHASES = (Phase.L1, Phase.L2, Phase.L3)
NEAR, OVER = 80.0, 100.0
FULL_TANK_S = 24 * 3600.0


def electrical(terminal: Terminal, subject: Subject) -> Reading:
    """A meter's reading; `phase 2` in the name is as good as a phase of the vocabulary."""
    phase = subject.phase
    if phase is None and subject.number in (1, 2, 3) and subject.has("phase", "line"):
        phase = _PHASES[subject.number - 1]
    value = terminal.value(subject.quantity, phase, subject.words)
    return NOT_MODELLED if value is None else value


def load_state(terminal: Terminal, subject: Subject) -> int:
    """Normal, near overload or overload, by percent of the limit."""
    percent = terminal.value(Quantity.LOAD, subject.phase) or 0.0
    if percent > OVER:
        return state(subject.meaning, "overload", "fault")
    return state(subject.meaning, *(("near_overload",) if percent > NEAR else ()), "normal")


def rack_pdu_value(plant: Plant, place: Place, subject: Subject) -> Reading:
    """An outlet, a bank, a phase or the whole; a probe where the PDU has one."""
    if subject.quantity in _AIR or subject.has("sensor", "probe"):
        return environment_value(plant, place, subject)
    if subject.is_flags:
        return flags(subject.meaning, ())
    pdu = plant.pdus[place.node]
    number = subject.number or 1
    if subject.has("outlet", "receptacle", "socket"):
        known = sorted(outlet.number for outlet in pdu.outlets)
        if number > len(known):
            return None
        if subject.is_state:
            return state(subject.meaning, "on" if plant.supply.live(pdu.key) else "off")
        return electrical(terminals.outlet(plant, pdu.key, known[number - 1]), subject)
    if subject.has(*_BANK):
        terminal = terminals.bank(plant, pdu.key, number)
    else:
        terminal = terminals.output(plant, pdu.key)
    return load_state(terminal, subject) if subject.is_state else electrical(terminal, subject)


def panel_value(plant: Plant, place: Place, subject: Subject) -> Reading:
    """A pole by its position in the panel, or the panel's main."""
    if subject.has(*_BRANCH) and subject.number is not None:
        breaker, line = poles(plant, place.node).get(subject.number, (None, 0))
        if subject.is_state:
            shut = breaker is None or breaker not in plant.supply.open
            return state(subject.meaning, "on" if shut else "off")
        terminal = NOTHING if breaker is None else terminals.pole(plant, breaker, line)
        return electrical(terminal, subject)
    return meter_value(plant, place, subject)


def poles(plant: Plant, panel: str) -> dict[int, tuple[str, int]]:
    """(breaker, line) by pole position. Breakers without positions take the places after each
    other in the order of the description."""
    found: dict[int, tuple[str, int]] = {}
    breakers: Collection[Breaker] = [b for b in plant.description.breakers if b.source == panel]
    for breaker in breakers:
        positions = breaker.positions or range(len(found) + 1, len(found) + 1 + len(breaker.lines))
        for position, line in zip(positions, breaker.lines, strict=False):
            found[position] = (breaker.key, line)
    return found


def meter_value(plant: Plant, place: Place, subject: Subject) -> Reading:
    """The node's output, or its input where the meter is there or the point says so."""
    at_input = place.at_input or subject.has("input", "primary", "incoming")
    terminal = (terminals.entry if at_input else terminals.output)(plant, place.node)
    if subject.is_state:
        return load_state(terminal, subject)
    if subject.is_flags:
        return flags(subject.meaning, ())
    return electrical(terminal, subject)


def switch_value(plant: Plant, place: Place, subject: Subject) -> Reading:
    """Source 1 (A, preferred), source 2 (B, alternate), or the load; which one it is on."""
    node = plant.topology.nodes[place.node]
    if not isinstance(node, Ats):
        return meter_value(plant, place, subject)
    on_preferred = plant.supply.chosen[node.key] == node.preferred
    if subject.is_state and not subject.has("source", "input") | subject.has("available"):
        return state(subject.meaning, "preferred" if on_preferred else "alternate")
    if subject.quantity is Quantity.COUNT:
        return float(plant.supply.ats[node.key].transfers)
    second = subject.number == 2 or subject.has("b", "alternate", "emergency", "generator")
    first = subject.number == 1 or subject.has("a", "preferred", "source", "normal")
    if subject.is_state:
        live = plant.supply.live(node.alternate if second else node.preferred)
        return state(subject.meaning, "normal" if live else "fault")
    if second or first:
        return electrical(_side(plant, node, second), subject)
    return meter_value(plant, place, subject)


def _side(plant: Plant, node: Ats, second: bool) -> Terminal:
    key = node.alternate if second else node.preferred
    source = terminals.output(plant, key)
    if plant.supply.chosen[node.key] == key:
        own = terminals.output(plant, node.key)
        return Terminal(source.volts, own.amps, own.powers, own.wh, source.hz)
    return Terminal(source.volts, NOTHING.amps, NOTHING.powers, NOTHING.wh, source.hz)


def generator_value(plant: Plant, place: Place, subject: Subject) -> Reading:
    """Engine and alternator."""
    node = plant.topology.nodes[place.node]
    own = plant.supply.generators.get(place.node)
    if own is None or not isinstance(node, Generator):
        return meter_value(plant, place, subject)
    if subject.is_state:
        return state(subject.meaning, "on" if own.running else "off")
    if subject.is_flags:
        return flags(subject.meaning, ("fault",) if place.node in plant.supply.lost else ())
    if subject.has("battery"):
        return NOT_MODELLED
    found = _engine(node, own).get(subject.quantity)
    if found is not None:
        return found
    return electrical(terminals.output(plant, place.node), subject)


def _engine(node: Generator, own: GeneratorState) -> dict[Quantity, float]:
    """What is not electrical; a full tank lasts FULL_TANK_S."""
    left = max(0.0, 1 - own.run_s / FULL_TANK_S)
    return {
        Quantity.SPEED: 1800.0 if own.running else 0.0,
        Quantity.LEVEL: 100 * left,
        Quantity.VOLUME: node.fuel_l * left,
        Quantity.TEMPERATURE: 84.0 if own.running else 38.0,
        Quantity.COUNT: float(own.starts),
        Quantity.DURATION: own.run_s,
    }
