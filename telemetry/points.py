"""What a reading may be called: the closed vocabulary of quantities, units, phases and point kinds.

Percent is 0-100. Values are in the unit given here and in no other (UN-01); a profile converts at
the edge. `Point` is what everyone above the wire sees of a measuring point of one device.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Quantity(StrEnum):
    """Everything that can be read. Closed: a profile that names another is refused."""

    ACTIVE_POWER = "active_power"
    APPARENT_POWER = "apparent_power"
    REACTIVE_POWER = "reactive_power"
    CURRENT = "current"
    VOLTAGE = "voltage"
    FREQUENCY = "frequency"
    POWER_FACTOR = "power_factor"
    ACTIVE_ENERGY = "active_energy"
    APPARENT_ENERGY = "apparent_energy"
    REACTIVE_ENERGY = "reactive_energy"
    LOAD = "load"
    CHARGE = "charge"
    RUNTIME = "runtime"
    TEMPERATURE = "temperature"
    HUMIDITY = "humidity"
    DEW_POINT = "dew_point"
    PRESSURE = "pressure"
    AIRFLOW = "airflow"
    WATER_FLOW = "water_flow"
    FAN_SPEED = "fan_speed"
    VALVE = "valve"
    LEVEL = "level"
    VOLUME = "volume"
    RESISTANCE = "resistance"
    THD = "thd"
    COUNT = "count"
    DURATION = "duration"
    SPEED = "speed"
    CONCENTRATION = "concentration"
    STATE = "state"
    FLAGS = "flags"
    IDENTITY = "identity"


Q = Quantity

#: The units each quantity may carry, the usual one first.
UNITS: Mapping[Quantity, tuple[str, ...]] = {
    Q.ACTIVE_POWER: ("W",),
    Q.APPARENT_POWER: ("VA",),
    Q.REACTIVE_POWER: ("var",),
    Q.CURRENT: ("A",),
    Q.VOLTAGE: ("V",),
    Q.FREQUENCY: ("Hz",),
    Q.POWER_FACTOR: ("1",),
    Q.ACTIVE_ENERGY: ("Wh",),
    Q.APPARENT_ENERGY: ("VAh",),
    Q.REACTIVE_ENERGY: ("varh",),
    Q.LOAD: ("%",),
    Q.CHARGE: ("%",),
    Q.RUNTIME: ("s",),
    Q.TEMPERATURE: ("degC",),
    Q.HUMIDITY: ("%",),
    Q.DEW_POINT: ("degC",),
    Q.PRESSURE: ("Pa",),
    Q.AIRFLOW: ("m3/s",),
    Q.WATER_FLOW: ("L/s",),
    Q.FAN_SPEED: ("%", "rpm"),
    Q.VALVE: ("%",),
    Q.LEVEL: ("%",),
    Q.VOLUME: ("L",),
    Q.RESISTANCE: ("ohm",),
    Q.THD: ("%",),
    Q.COUNT: ("1",),
    Q.DURATION: ("s",),
    Q.SPEED: ("rpm",),
    Q.CONCENTRATION: ("ppm",),
    Q.STATE: ("",),
    Q.FLAGS: ("",),
    Q.IDENTITY: ("",),
}

#: Physical ranges outside which a decoded value is `uncertain`, per quantity (rule 24, EN-15).
PLAUSIBLE: Mapping[Quantity, tuple[float, float]] = {
    Q.FREQUENCY: (0.0, 500.0),
    Q.POWER_FACTOR: (-1.0, 1.0),
    Q.LOAD: (0.0, 1000.0),
    Q.CHARGE: (0.0, 100.0),
    Q.TEMPERATURE: (-60.0, 150.0),
    Q.HUMIDITY: (0.0, 105.0),
    Q.DEW_POINT: (-60.0, 80.0),
    Q.VALVE: (0.0, 100.0),
    Q.LEVEL: (0.0, 100.0),
}


class Phase(StrEnum):
    """The conductor or pair a reading belongs to; a total has none (UN-03: L1 = A = R ...)."""

    L1 = "L1"
    L2 = "L2"
    L3 = "L3"
    N = "N"
    L1_L2 = "L1_L2"
    L2_L3 = "L2_L3"
    L3_L1 = "L3_L1"


class Kind(StrEnum):
    """How the number behaves over time."""

    GAUGE = "gauge"
    COUNTER = "counter"
    STATE = "state"
    FLAGS = "flags"
    IDENTITY = "identity"


class PollClass(StrEnum):
    """How often a point is worth asking for. The profile or the target gives the seconds."""

    FAST = "fast"
    NORMAL = "normal"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class Point:
    """One measuring point of one device, as everyone above the wire sees it.

    `id` is unique and stable within a device: `<table>.<row key>.<quantity>[.phase]`.
    `source` is an OID without a leading dot, or `fcN:ADDRESS` (zero-based, as on the wire).
    `names` gives state names by code (kind state) or bit names by bit number (kind flags).
    """

    id: str
    label: str
    quantity: Quantity
    unit: str
    kind: Kind
    source: str
    phase: Phase | None = None
    names: Mapping[int, str] = field(default_factory=dict)
