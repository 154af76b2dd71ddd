"""Cooling units and environment probes: what their points read."""

from telemetry.emulator import terminals
from telemetry.emulator.air import CracState, water
from telemetry.emulator.bridge_subject import NOT_MODELLED, Place, Reading, Subject
from telemetry.emulator.description import Crac
from telemetry.emulator.named_states import flags, state
from telemetry.emulator.plant import Plant
from telemetry.points import Quantity

Q = Quantity
FULL_RPM = 1500.0
FULL_PRESSURE_PA = 45.0
HUMIDITY_SETPOINT = 45.0
HOT_C = 29.0
_WATER = ("water", "chilled", "fluid", "glycol", "chw")
_LEAVING = ("out", "leaving", "return", "outlet")
_HEAT = ("cooling", "capacity", "thermal", "heat", "sensible", "circuit")
_IDLE = ("reheat", "humidifier", "dehumidifier", "heating", "heater", "economizer")
_AT_RACK = ("remote", "rack", "inlet", "cold", "aisle")


def crac_value(plant: Plant, place: Place, subject: Subject) -> Reading:
    """A cooling unit. A point of a unit that is switched off shows what its probes still feel."""
    crac = plant.topology.nodes.get(place.node)
    if not isinstance(crac, Crac):
        return NOT_MODELLED
    own = plant.air.cracs[crac.key]
    if subject.is_state:
        return _state(crac, own, subject)
    if subject.is_flags:
        return flags(subject.meaning, conditions(crac, own))
    match subject.quantity:
        case Q.TEMPERATURE:
            return _temperature(plant, crac, own, subject)
        case Q.HUMIDITY:
            return _humidity(plant, crac, own, subject)
        case Q.DEW_POINT:
            return plant.air.zones[crac.zone].dew_point_c
        case Q.COUNT:
            return (
                float(len(conditions(crac, own)))
                if subject.has("alarm", "alarms")
                else NOT_MODELLED
            )
    return _machine(plant, crac, own, subject)


def conditions(crac: Crac, own: CracState) -> list[str]:
    """What is wrong with it now."""
    hot = own.return_c > crac.setpoint_c + 2 * 11
    checks = {"fault": own.failed, "off": not own.running, "high_temperature": hot}
    return [name for name, holds in checks.items() if holds]


def _temperature(plant: Plant, crac: Crac, own: CracState, subject: Subject) -> Reading:
    zone = plant.air.zones[crac.zone]
    if subject.has(*_WATER):
        return water(crac, own)[1] if subject.has(*_LEAVING) else crac.water_in_c
    if subject.has("setpoint", "set"):
        return crac.setpoint_c
    if subject.has("outside", "ambient", "outdoor", "condenser"):
        return next(z.outside_c for z in plant.description.zones if z.key == crac.zone)
    if subject.has("supply", "discharge"):
        return own.supply_c
    if subject.has("today", "high", "low"):
        return own.return_c + (0.6 if subject.has("high") else -0.6)
    if subject.has(*_AT_RACK):
        racks = [rack.key for rack in plant.description.racks if rack.zone == crac.zone]
        number = (subject.number or 1) - 1
        return plant.air.front_c(racks[number % len(racks)], 0.5) if racks else zone.cold_c
    return own.return_c


def _humidity(plant: Plant, crac: Crac, own: CracState, subject: Subject) -> Reading:
    if subject.has("setpoint", "set"):
        return HUMIDITY_SETPOINT
    celsius = own.supply_c if subject.has("supply", "discharge") else own.return_c
    if subject.has(*_AT_RACK):
        celsius = plant.air.zones[crac.zone].cold_c
    return plant.air.humidity(crac.zone, celsius)


def _machine(plant: Plant, crac: Crac, own: CracState, subject: Subject) -> Reading:
    match subject.quantity:
        case Q.FAN_SPEED:
            return own.fan * (FULL_RPM if subject.meaning.unit == "rpm" else 100)
        case Q.SPEED:
            return own.fan * FULL_RPM
        case Q.VALVE:
            return 100 * own.valve
        case Q.LOAD:
            return (
                0.0 if subject.has(*_IDLE) else 100 * (own.fan if subject.has("fan") else own.valve)
            )
        case Q.AIRFLOW:
            return own.airflow_m3_s
        case Q.WATER_FLOW:
            return water(crac, own)[0]
        case Q.PRESSURE:
            return FULL_PRESSURE_PA * own.fan**2
        case Q.DURATION:
            idle = subject.has(*_IDLE)
            return 3600.0 * 900 if idle else 3600.0 * 11_000 + own.run_s
        case Q.ACTIVE_POWER if subject.has(*_HEAT):
            return own.heat_w
    value = terminals.output(plant, crac.key).value(subject.quantity, subject.phase, subject.words)
    return NOT_MODELLED if value is None else value


def _state(crac: Crac, own: CracState, subject: Subject) -> Reading:
    meaning = subject.meaning
    if subject.has("alarm", "alarms", "fault", "failure"):
        return state(meaning, "fault" if conditions(crac, own) else "normal")
    if subject.has(*_IDLE):
        return state(meaning, "off")
    if subject.has("unit", "operating", "system", "fan", "compressor", "cooling", "pump", "status"):
        if subject.has("reason", "mode", "class", "sensor"):
            return NOT_MODELLED
        return state(meaning, "on" if own.running else "off")
    return NOT_MODELLED


def environment_value(plant: Plant, place: Place, subject: Subject) -> Reading:
    """The probe on the port of that number, or the first. A port without a probe has no value; a
    broken probe has none either, and says so in its state."""
    number = (subject.number or 1) - 1
    key = place.sensors[number] if number < len(place.sensors) else None
    sensor = next((s for s in plant.description.sensors if s.key == key), None)
    broken = key in plant.broken_sensors
    if subject.is_state:
        if subject.has("smoke", "leak", "contact", "door", "water"):
            return state(subject.meaning, "no_smoke")
        return state(subject.meaning, "fault" if broken or sensor is None else "normal")
    if subject.is_flags:
        return flags(subject.meaning, ("fault",) if broken else ())
    if sensor is None or broken:
        return None
    air = plant.air
    side = air.front_c if sensor.side == "front" else air.rear_c
    celsius, zone = side(sensor.rack, sensor.height), air.zone_of(sensor.rack)
    match subject.quantity:
        case Q.TEMPERATURE:
            return celsius
        case Q.HUMIDITY:
            return air.humidity(zone, celsius)
        case Q.DEW_POINT:
            return air.zones[zone].dew_point_c
    return NOT_MODELLED
