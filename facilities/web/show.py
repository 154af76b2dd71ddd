"""Numbers, ages and moments as people read them. Pure; installed as Jinja filters."""

import math
from datetime import datetime
from zoneinfo import ZoneInfo

THIN = "\u2009"
#: Decimals by unit: A, kW, degC one; V, % none.
DECIMALS = {"A": 1, "kW": 1, "kVA": 1, "degC": 1, "kWh": 0, "V": 0, "%": 0, "W": 0, "VA": 0}
DECIMALS |= {"Hz": 2, "1": 2, "kg": 1, "m3/s": 2, "L/s": 2}
SHOWN = {"degC": "°C", "1": "", "m3/s": "m³/s"}
#: From this many of the small unit on, people read the large one.
LARGER = {
    "W": (1000.0, "kW"),
    "VA": (1000.0, "kVA"),
    "Wh": (1000.0, "kWh"),
    "var": (1000.0, "kvar"),
}


def quantity(value: float | None, unit: str = "", decimals: int | None = None) -> str:
    """`1 234.5 A`: thin space for thousands, decimals by unit; "no data" for None and NaN."""
    if value is None or math.isnan(value):
        return "no data"
    if unit in LARGER and abs(value) >= LARGER[unit][0]:
        factor, unit = LARGER[unit]
        value /= factor
    places = DECIMALS.get(unit, 1 if value % 1 else 0) if decimals is None else decimals
    text = f"{value:,.{places}f}".replace(",", THIN)
    return f"{text}{THIN}{SHOWN.get(unit, unit)}".rstrip(THIN)


def age(seconds: float | None) -> str:
    """`8 s`, `5 min`, `3 h`, `12 d`; "never" for None. A clock ahead reads as 0 s."""
    if seconds is None:
        return "never"
    seconds = max(0.0, seconds)
    for limit, size, name in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit:
            return f"{int(seconds // size)}{THIN}{name}"
    return f"{int(seconds // 86_400)}{THIN}d"


def moment(at: datetime | None, zone: str, seconds: bool = False) -> str:
    """`2026-11-22 17:00 CET`: the site's wall clock with its zone named; "never" for None."""
    if at is None:
        return "never"
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%Y-%m-%d %H:%M:%S} {local:%Z}" if seconds else f"{local:%Y-%m-%d %H:%M %Z}"


def since(at: datetime | None, now: datetime) -> str:
    """How long ago, in words that fit a table cell."""
    return "never" if at is None else f"{age((now - at).total_seconds())} ago"


#: What people call a metric (UN-03); the longest beginning counts, the rest follows it.
METRICS = {
    "power.active": "Power",
    "power.active.total": "Power, all feeds",
    "power.apparent": "Apparent power",
    "power.reactive": "Reactive power",
    "energy.active": "Energy",
    "energy.apparent": "Apparent energy",
    "temperature.inlet": "Inlet temperature",
    "temperature.outlet": "Exhaust temperature",
    "battery.charge": "Battery charge",
    "battery.runtime": "Battery runtime",
    "state.battery": "Battery state",
    "fan_speed": "Fan speed",
}


def metric_words(metric: str) -> str:
    """`power.active` -> Power, `current.l1` -> Current L1, `temperature.inlet.top` -> ... top."""
    parts = metric.split(".")
    for cut in range(len(parts), 0, -1):
        words = METRICS.get(".".join(parts[:cut]))
        if words is not None:
            rest = parts[cut:]
            break
    else:
        words, rest = parts[0].replace("_", " ").capitalize(), parts[1:]
    shown = [_conductor(part) for part in rest]
    return " ".join([words, *shown])


def _conductor(part: str) -> str:
    pairs = part.split("_")
    phases = all(p in ("l1", "l2", "l3", "n") for p in pairs)
    return "-".join(p.upper() for p in pairs) if phases else part.replace("_", " ")


def half_units(half_u: int) -> str:
    """Half-units as rack units: 3 -> `1.5U`, 4 -> `2U` (SP-03)."""
    return f"{half_u / 2:g}U"
