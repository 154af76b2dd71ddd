"""Profiles and devices made for a test, without a file."""

from typing import Any

from telemetry.binding import Bound, BoundPoint
from telemetry.plan import Plan
from telemetry.points import Kind, Point, PollClass, Quantity
from telemetry.profiles.model import (
    Cell,
    DeviceKind,
    Identity,
    Meaning,
    ModbusRules,
    Profile,
    Protocol,
    SnmpRules,
    Verified,
    WireType,
)
from telemetry.sample import Layout
from telemetry.transports.base import Request

COUNTS = {
    WireType.BIT: 1,
    WireType.UINT16: 1,
    WireType.INT16: 1,
    WireType.BCD16: 1,
    WireType.UINT32: 2,
    WireType.INT32: 2,
    WireType.FLOAT32: 2,
    WireType.BCD32: 2,
    WireType.UINT64: 4,
    WireType.INT64: 4,
    WireType.FLOAT64: 4,
}


def cell(address: int, type_: WireType = WireType.UINT16, **more: Any) -> Cell:
    """A cell of holding registers (or of coils for bits) unless told otherwise."""
    fc = more.pop("fc", 1 if type_ is WireType.BIT else 3)
    count = more.pop("count", COUNTS.get(type_, 2))
    return Cell(fc, address, count, type_, **more)


def meaning(quantity: Quantity = Quantity.COUNT, **more: Any) -> Meaning:
    """A plain gauge unless told otherwise."""
    kinds = {
        Quantity.STATE: Kind.STATE,
        Quantity.FLAGS: Kind.FLAGS,
        Quantity.IDENTITY: Kind.IDENTITY,
    }
    return Meaning(quantity, "", kinds.get(quantity, Kind.GAUGE), **more)


def bound_point(
    name: str, place: str | Cell, what: Meaning | None = None, factor: str | Cell | None = None
) -> BoundPoint:
    """A point of poll class normal."""
    means = what or meaning()
    point = Point(name, name, means.quantity, means.unit, means.kind, str(place), None, means.names)
    return BoundPoint(point, PollClass.NORMAL, means, place, factor)


def device(points: list[BoundPoint], rules: ModbusRules | None = None, max_oids: int = 20) -> Bound:
    """A device with these points."""
    modbus = any(isinstance(point.place, Cell) for point in points)
    profile = Profile(
        name="made",
        protocol=Protocol.MODBUS if modbus else Protocol.SNMP,
        kind=DeviceKind.POWER_METER,
        vendor="made",
        family="made",
        sources=("the test",),
        verified=Verified.DOCUMENTS,
        poll_s={PollClass.NORMAL: 30.0},
        identity=Identity(),
        modbus=rules or ModbusRules(),
        snmp=SnmpRules(max_oids=max_oids),
    )
    return Bound("device", profile, 1, tuple(points))


def plan_of(points: list[BoundPoint], requests: list[Request]) -> Plan:
    """A plan with requests of the test's own choice."""
    layout = Layout("device", PollClass.NORMAL, 30.0, tuple(p.point for p in points))
    return Plan(layout, 1, tuple(points), tuple(requests))
