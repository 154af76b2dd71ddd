"""A UPS: what its points read."""

from telemetry.emulator import terminals
from telemetry.emulator.bridge_power import electrical
from telemetry.emulator.bridge_subject import NOT_MODELLED, Place, Reading, Subject
from telemetry.emulator.description import Ups
from telemetry.emulator.named_states import flags, state
from telemetry.emulator.plant import Plant
from telemetry.emulator.supply import UpsMode, UpsState
from telemetry.emulator.terminals import NOTHING, Terminal
from telemetry.points import Quantity

Q = Quantity
LOW_RUNTIME_S = 180.0
_INPUT = ("input", "mains", "utility", "incoming")
_RATING = ("rating", "rated", "nominal", "config")
_ELECTRIC = frozenset({Q.CURRENT, Q.VOLTAGE, Q.ACTIVE_POWER})


def ups_value(plant: Plant, place: Place, subject: Subject) -> Reading:
    """Battery, input, bypass or output, by the words of the point."""
    node = plant.topology.nodes[place.node]
    if not isinstance(node, Ups):
        return NOT_MODELLED
    own = plant.supply.ups[node.key]
    if subject.is_state or subject.is_flags:
        return _words(plant, node, own, subject)
    found = _battery(plant, node, own, subject)
    if found is not NOT_MODELLED:
        return found
    if subject.has(*_RATING):
        return _rating(node, subject)
    if subject.quantity is Q.COUNT:
        counts_inputs = subject.has("input", "transfer", "transfers", "failures")
        active = conditions(plant, node)
        return float(own.transfers if counts_inputs else len(active))
    if subject.quantity is Q.TEMPERATURE:
        return 26.0 + 9.0 * (terminals.output(plant, node.key).value(Q.LOAD, None) or 0) / 100
    return electrical(_side(plant, node, subject), subject)


def conditions(plant: Plant, node: Ups) -> list[str]:
    """What is wrong with it now: on_battery, input_lost, battery_low, overload, off."""
    own = plant.supply.ups[node.key]
    load = terminals.output(plant, node.key).value(Q.LOAD, None) or 0.0
    fed = plant.supply.ratio[node.source] > 0
    on_battery = own.mode is UpsMode.BATTERY
    checks = {
        "on_battery": on_battery,
        "input_lost": not fed,
        "battery_low": on_battery and plant.runtime_s(node) < LOW_RUNTIME_S,
        "overload": load > 100,
        "fault": node.key in plant.supply.rectifier_off,
        "off": own.mode is UpsMode.OFF,
    }
    return [name for name, holds in checks.items() if holds]


def _side(plant: Plant, node: Ups, subject: Subject) -> Terminal:
    if subject.has("bypass"):
        source = terminals.entry(plant, node.key)
        return Terminal(source.volts, NOTHING.amps, NOTHING.powers, NOTHING.wh, source.hz)
    if subject.has(*_INPUT):
        return terminals.entry(plant, node.key)
    return terminals.output(plant, node.key)


def _battery(plant: Plant, node: Ups, own: UpsState, subject: Subject) -> Reading:
    share = own.stored_wh / node.battery_wh
    match subject.quantity:
        case Q.CHARGE:
            return 100 * share
        case Q.RUNTIME:
            return plant.runtime_s(node)
        case Q.DURATION:
            return own.on_battery_s
    if not subject.has("battery", "dc"):
        return NOT_MODELLED
    discharge_w = 0.0
    if own.mode is UpsMode.BATTERY:
        flow = plant.flows.nodes[node.key]
        discharge_w = flow.power.real + flow.loss_w
    volts = node.battery_v * (0.88 + 0.12 * share if discharge_w else 1.06 + 0.04 * share)
    passing_w = discharge_w or own.charging_w
    found = {
        Q.VOLTAGE: volts,
        Q.CURRENT: passing_w / volts,
        Q.ACTIVE_POWER: passing_w,
        Q.TEMPERATURE: 24.0 + 6.0 * discharge_w / node.rated_w,
        Q.LEVEL: 100 * share,
        Q.LOAD: 100 * share,
    }
    return found.get(subject.quantity, NOT_MODELLED)


def _rating(node: Ups, subject: Subject) -> Reading:
    match subject.quantity:
        case Q.ACTIVE_POWER:
            return node.rated_w
        case Q.APPARENT_POWER:
            return node.rated_va
        case Q.VOLTAGE:
            return node.v_ll
        case Q.FREQUENCY:
            return node.frequency_hz
    return NOT_MODELLED


def _words(plant: Plant, node: Ups, own: UpsState, subject: Subject) -> Reading:
    active = conditions(plant, node)
    if subject.is_flags:
        return flags(subject.meaning, active)
    meaning = subject.meaning
    if subject.has("test"):
        return NOT_MODELLED
    if subject.has("battery") and not subject.has("output"):
        return state(meaning, *_battery_words(own, "battery_low" in active))
    if subject.has(*_INPUT, "bypass"):
        return state(meaning, "fault" if "input_lost" in active else "normal")
    match own.mode:
        case UpsMode.BATTERY:
            return state(meaning, "battery", "fault")
        case UpsMode.OFF:
            return state(meaning, "dark", "fault")
    return state(meaning, "overload" if "overload" in active else "inverter", "inverter")


def _battery_words(own: UpsState, low: bool) -> tuple[str, ...]:
    if own.stored_wh <= 0:
        return ("battery_empty", "battery_low")
    if low:
        return ("battery_low",)
    if own.mode is UpsMode.BATTERY:
        return ("battery", "battery_normal") if own.on_battery_s else ("battery_normal",)
    return ("charging",) if own.charging_w > 0 else ("battery_normal",)
