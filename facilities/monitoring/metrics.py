"""The names of metrics (UN-03) and which quantity each is measured in. Pure.

A metric is `<quantity>[.<qualifier>...]` in lower snake: `power.active`, `current.l1`,
`temperature.inlet.top`. Its unit is that of its quantity.
"""

import re

from facilities.errors import Refused

RULE = "UN-03"
_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+){0,4}")

#: Beginning of a metric -> the quantities of telemetry that may stand behind it.
BEGINNINGS: dict[str, tuple[str, ...]] = {
    "power.active": ("active_power",),
    "power.apparent": ("apparent_power",),
    "power.reactive": ("reactive_power",),
    "power_factor": ("power_factor",),
    "current": ("current",),
    "voltage": ("voltage",),
    "frequency": ("frequency",),
    "energy.active": ("active_energy",),
    "energy.apparent": ("apparent_energy",),
    "energy.reactive": ("reactive_energy",),
    "load": ("load",),
    "battery.charge": ("charge",),
    "battery.runtime": ("runtime",),
    "battery.temperature": ("temperature",),
    "battery.voltage": ("voltage",),
    "temperature": ("temperature",),
    "humidity": ("humidity",),
    "dew_point": ("dew_point",),
    "pressure": ("pressure",),
    "airflow": ("airflow",),
    "water_flow": ("water_flow",),
    "fan_speed": ("fan_speed", "speed"),
    "valve": ("valve",),
    "fuel.level": ("level",),
    "level": ("level",),
    "volume": ("volume",),
    "resistance": ("resistance",),
    "thd": ("thd",),
    "count": ("count",),
    "duration": ("duration",),
    "speed": ("speed",),
    "concentration": ("concentration",),
    "contact": ("state", "flags"),
    "state": ("state",),
    "flags": ("flags",),
    "identity": ("identity",),
}
#: What a quantity is called where nothing better is known.
_USUAL = {
    quantity: beginning
    for beginning, quantities in reversed(BEGINNINGS.items())
    for quantity in quantities
    if not beginning.startswith(("battery.v", "battery.t", "contact", "fuel"))
}


def suggest(quantity: str, phase: str | None) -> str:
    """The usual metric of a point. Ex: current, L1 -> `current.l1`; voltage, L1 -> `voltage.l1_n`.

    phase: as telemetry names it (`L1_L2`), None for a total.
    """
    beginning = _USUAL.get(quantity, quantity)
    if phase is None:
        return beginning
    qualifier = phase.lower()
    if quantity == "voltage" and "_" not in qualifier:
        qualifier += "_n"
    return f"{beginning}.{qualifier}"


def beginning_of(metric: str) -> str | None:
    """The longest known beginning of a metric, or None."""
    parts = metric.split(".")
    tries = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
    return next((text for text in tries if text in BEGINNINGS), None)


def check_metric(metric: str, quantity: str | None) -> None:
    """Refuse a name outside UN-03, and one that its point cannot mean.

    quantity: the point's, or None while the device has not been read yet.
    """
    beginning = beginning_of(metric) if _NAME.fullmatch(metric) else None
    if beginning is None:
        known = ", ".join(BEGINNINGS)
        raise Refused(
            f"{metric!r} is no metric. It begins with one of {known}, in small letters, as in "
            "current.l1 or temperature.inlet.top.",
            "metric",
            RULE,
        )
    if quantity is not None and quantity not in BEGINNINGS[beginning]:
        allowed = " or ".join(BEGINNINGS[beginning])
        raise Refused(
            f"{metric} is a matter of {allowed}, but this point reads {quantity}. "
            f"Bind it as {suggest(quantity, None)}, or choose another point.",
            "metric",
            RULE,
        )
