"""A small named world of devices to store: a rack PDU, a UPS, and blocks of what they said."""

import math

from telemetry.points import Kind, Phase, Point, PollClass, Quantity
from telemetry.sample import Block, Layout, Quality, Raw

NAN = math.nan
GOOD, UNCERTAIN, STALE, BAD, NOT_AVAILABLE, MAINTENANCE = (bytes([code]) for code in Quality)

#: 2026-11-22T17:00:00Z, the start of an hour.
T0 = 1_795_366_800_000
SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

CURRENT = Point(
    "outlet.1.current.L1",
    "Outlet 1",
    Quantity.CURRENT,
    "A",
    Kind.GAUGE,
    "1.3.6.1.4.1.318.1",
    Phase.L1,
)
POWER = Point(
    "outlet.1.active_power", "Outlet 1", Quantity.ACTIVE_POWER, "W", Kind.GAUGE, "fc3:100"
)
ENERGY = Point(
    "pdu.1.active_energy", "Energy", Quantity.ACTIVE_ENERGY, "Wh", Kind.COUNTER, "fc3:102"
)
STATE = Point(
    "ups.1.state", "Output", Quantity.STATE, "", Kind.STATE, "1.3.6.1.2.1.33.1.4.1.0",
    names={3: "normal", 5: "battery"},
)  # fmt: skip
SERIAL = Point(
    "device.1.identity", "Serial", Quantity.IDENTITY, "", Kind.IDENTITY, "1.3.6.1.2.1.33.1.1.5.0"
)

PDU = Layout("pdu-a-r07", PollClass.NORMAL, 30.0, (CURRENT, POWER, ENERGY))
UPS = Layout("ups-1", PollClass.FAST, 10.0, (STATE, POWER))
NAMEPLATE = Layout("ups-1", PollClass.SLOW, 3600.0, (SERIAL, ENERGY))


def block(
    layout: Layout,
    at_ms: int,
    *values: float,
    quality: bytes | None = None,
    raw: tuple[Raw, ...] | None = None,
) -> Block:
    """A block with good cells and raw values of ten times the number, unless told otherwise."""
    codes = GOOD * len(values) if quality is None else quality
    raws = tuple(None if math.isnan(v) else round(v * 10) for v in values) if raw is None else raw
    return Block(layout, at_ms, values, codes, raws)


def pdu(at_ms: int, amps: float = 1.5, watts: float = 345.0, wh: float = 12000.0) -> Block:
    """A good answer of the PDU."""
    return block(PDU, at_ms, amps, watts, wh)


def same(left: tuple[float, ...], right: tuple[float, ...]) -> bool:
    """Equal numbers, NaN being equal to NaN."""
    return len(left) == len(right) and all(
        a == b or (math.isnan(a) and math.isnan(b)) for a, b in zip(left, right, strict=True)
    )
