"""What is asked of a device in each poll class, shown to people (rule 4)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilities.monitoring.machine import DevicePoint
from facilities.monitoring.models import Device
from telemetry.binding import bind
from telemetry.errors import ConfigError
from telemetry.plan import plan
from telemetry.points import PollClass
from telemetry.profiles.loader import shipped
from telemetry.profiles.model import Profile, Protocol
from telemetry.target import parse
from telemetry.transports.base import ModbusRead


@dataclass(frozen=True, slots=True)
class Ask:
    """One request as text, and how many points it is for."""

    text: str
    points: int


@dataclass(frozen=True, slots=True)
class ClassPlan:
    """The requests of one poll class."""

    poll_class: str
    every_s: float
    points: int
    asks: Sequence[Ask]


def planned(session: Session, device: Device) -> list[ClassPlan]:
    """The plan by poll class. A device that was never walked has none yet: then it is []."""
    try:
        profile = shipped(device.profile)
    except ConfigError:
        return []
    if profile.protocol is Protocol.MODBUS:
        return _of_modbus(device, profile)
    return _of_snmp(session, device, profile)


def _of_modbus(device: Device, profile: Profile) -> list[ClassPlan]:
    try:
        bound = bind(profile, device.key, unit=parse(device.url).unit)
    except ConfigError:
        return []
    plans = []
    for poll_class in bound.poll_classes:
        made = plan(bound, poll_class, every_s=device.every_s.get(poll_class.value))
        asks = [
            Ask(f"unit {r.unit}, fc {r.fc}, {r.address} to {r.address + r.count - 1}", r.count)
            for r in made.requests
            if isinstance(r, ModbusRead)
        ]
        plans.append(ClassPlan(poll_class.value, made.layout.every_s, len(made.points), asks))
    return plans


def _of_snmp(session: Session, device: Device, profile: Profile) -> list[ClassPlan]:
    rows = session.scalars(
        select(DevicePoint)
        .where(DevicePoint.device_id == device.id, DevicePoint.present)
        .order_by(DevicePoint.place)
    ).all()
    plans = []
    for poll_class in PollClass:
        mine = [row for row in rows if row.poll_class == poll_class.value]
        if mine:
            asks = [
                Ask(f"GET {', '.join(row.source for row in some)}", len(some))
                for some in _chunks(mine, profile.snmp.max_oids)
            ]
            plans.append(ClassPlan(poll_class.value, mine[0].every_s, len(mine), asks))
    return plans


def _chunks(rows: Sequence[DevicePoint], size: int) -> list[Sequence[DevicePoint]]:
    return [rows[n : n + size] for n in range(0, len(rows), size)]
