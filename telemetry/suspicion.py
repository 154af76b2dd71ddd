"""Readings that are too good to be true, seen only over time (EN-15). Pure.

Decode judges one answer by itself. What needs the past is here, for whoever keeps it: a sensor that
has just been powered up, and one that has not moved for a day. It is meant for sensors of the room
(temperature, humidity, pressure, airflow); a setpoint may rightly stand still for a year.
"""

import math
from dataclasses import dataclass

from telemetry.points import Quantity
from telemetry.sample import Quality

#: What a DS18B20 shows between power-up and its first measurement.
POWER_UP_DEGC = 85.0
#: A sensor that shows the same this long is stuck, in milliseconds (24 h).
STUCK_AFTER_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Steady:
    """A number, and since when the sensor has shown it."""

    number: float
    since_ms: int


@dataclass(frozen=True, slots=True)
class Suspicion:
    """The quality to go by, why it was lowered ("" if not), and what to hand in the next time."""

    quality: Quality
    why: str
    steady: Steady | None


def suspect(
    quantity: Quantity,
    number: float,
    quality: Quality,
    at_ms: int,
    before: Steady | None,
    *,
    resolution: float = 0.1,
    restarted: bool = False,
) -> Suspicion:
    """Lowers the quality of a sensor's number that is not to be trusted.

    `restarted` is True for the first sample after the device or the line came back. Exactly 85.0
    degC is then bad. A number within half a `resolution` of what was shown 24 h ago and ever since
    is uncertain. A number that is not usable says nothing either way: `before` is kept.
    """
    if not quality.usable or math.isnan(number):
        return Suspicion(quality, "", before)
    if restarted and quantity is Quantity.TEMPERATURE and number == POWER_UP_DEGC:
        return Suspicion(Quality.BAD, "85.0 degC just after power-up is no measurement", before)
    if before is None or abs(number - before.number) >= resolution / 2:
        return Suspicion(quality, "", Steady(number, at_ms))
    if quality is Quality.GOOD and at_ms - before.since_ms >= STUCK_AFTER_MS:
        return Suspicion(Quality.UNCERTAIN, f"{number:g} unchanged for 24 h", before)
    return Suspicion(quality, "", before)
