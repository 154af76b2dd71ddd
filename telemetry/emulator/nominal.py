"""Believable values for a device that stands alone: steady, a little alive, the same every run.

Used by `rackhouse emulate`; a device in a plant gets its values from the plant instead.
"""

import math
import zlib
from collections.abc import Mapping

from telemetry.emulator.encode import Value
from telemetry.points import Kind, Phase, Quantity
from telemetry.profiles.model import Meaning

Q = Quantity
#: What a healthy rack-size device shows, per quantity, in its unit.
USUAL: Mapping[Quantity, float] = {
    Q.ACTIVE_POWER: 2400.0,
    Q.APPARENT_POWER: 2500.0,
    Q.REACTIVE_POWER: 700.0,
    Q.CURRENT: 7.2,
    Q.VOLTAGE: 208.0,
    Q.FREQUENCY: 60.0,
    Q.POWER_FACTOR: 0.96,
    Q.ACTIVE_ENERGY: 4_200_000.0,
    Q.APPARENT_ENERGY: 4_400_000.0,
    Q.REACTIVE_ENERGY: 1_200_000.0,
    Q.LOAD: 42.0,
    Q.CHARGE: 100.0,
    Q.RUNTIME: 1500.0,
    Q.TEMPERATURE: 23.5,
    Q.HUMIDITY: 43.0,
    Q.DEW_POINT: 10.4,
    Q.PRESSURE: 12.0,
    Q.AIRFLOW: 1.8,
    Q.WATER_FLOW: 1.2,
    Q.FAN_SPEED: 65.0,
    Q.VALVE: 48.0,
    Q.LEVEL: 75.0,
    Q.VOLUME: 800.0,
    Q.RESISTANCE: 1000.0,
    Q.THD: 3.1,
    Q.COUNT: 4.0,
    Q.DURATION: 3600.0,
    Q.SPEED: 1800.0,
    Q.CONCENTRATION: 450.0,
}
#: The largest value that a power of ten must leave room for, where it is not ten times the usual.
LARGEST: Mapping[Quantity, float] = {
    Q.VOLTAGE: 700.0,
    Q.FREQUENCY: 70.0,
    Q.POWER_FACTOR: 1.0,
    Q.LOAD: 150.0,
    Q.CHARGE: 100.0,
    Q.TEMPERATURE: 100.0,
    Q.HUMIDITY: 100.0,
    Q.CURRENT: 600.0,
    Q.ACTIVE_POWER: 250_000.0,
    Q.APPARENT_POWER: 250_000.0,
    Q.REACTIVE_POWER: 250_000.0,
}
_TO_NEUTRAL = frozenset({Phase.L1, Phase.L2, Phase.L3})
_COUNTED_W = 2400.0
_STEADY = frozenset({Q.CHARGE, Q.COUNT, Q.VOLUME, Q.LEVEL})
#: Words in the name of a state that say all is well, the plainest first.
WELL = ("normal", "ok", "online", "on", "good", "closed", "running", "active", "enabled", "present",
        "none", "no", "off")  # fmt: skip


def largest(quantity: Quantity) -> float:
    """The largest value a device of this kind would show."""
    return LARGEST.get(quantity, 10 * USUAL.get(quantity, 1.0))


def usual_value(
    point_id: str, meaning: Meaning, seconds: float, phase: Phase | None = None
) -> Value:
    """The value of a point after so many seconds: within 5 % of the usual one, its own by its id;
    counters go on with the seconds. States are well, flags are clear. `phase`: the point's own or
    its row's."""
    if meaning.kind is Kind.STATE:
        return well_state(meaning)
    if meaning.kind is Kind.FLAGS:
        return []
    if meaning.kind is Kind.IDENTITY:
        return "EMULATED"
    base = USUAL[meaning.quantity]
    if meaning.quantity is Q.VOLTAGE and phase in _TO_NEUTRAL:
        base /= math.sqrt(3)
    own = zlib.crc32(point_id.encode()) % 1000 / 1000
    if meaning.kind is Kind.COUNTER:
        return base * (0.5 + own) + seconds * _COUNTED_W * own / 3600
    if meaning.quantity in _STEADY:
        return base
    swing = 0.0005 if meaning.quantity in (Q.FREQUENCY, Q.VOLTAGE) else 0.05
    return base * (1 + swing * math.sin(seconds / 60 + 6.28 * own))


def well_state(meaning: Meaning) -> int:
    """The code of the state whose name says that all is well; else the lowest code."""
    names = {code: name.lower().replace("_", " ") for code, name in meaning.names.items()}
    for word in WELL:
        for code, name in names.items():
            if word == name or word in name.split():
                return code
    return min(names, default=0)
