"""Finds devices: filtered by site, kind, state and words; counted by state."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from facilities.monitoring.machine import DeviceHealth
from facilities.monitoring.models import Device
from facilities.monitoring.poll_state import PollState


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is filtered by. `sites` None: every site; the others None: whatever."""

    sites: frozenset[int] | None = None
    words: str = ""
    site_id: int | None = None
    kind: str | None = None
    state: PollState | None = None


def state_column(now: datetime) -> ColumnElement[str]:
    """`poll_state` as SQL, over devices outer-joined with their health."""
    fresh = DeviceHealth.fresh_until >= now
    return case(
        (Device.enabled.is_(False), PollState.OFF.value),
        (or_(DeviceHealth.fresh_until.is_(None), ~fresh), PollState.SILENT.value),
        (DeviceHealth.state == "healthy", PollState.FINE.value),
        else_=PollState.FAILING.value,
    )


def devices(asked: Asked, now: datetime) -> Select[Device]:
    """Devices by key, with health, rack, room and site loaded."""
    wanted = (
        select(Device)
        .outerjoin(DeviceHealth, DeviceHealth.device_id == Device.id)
        .options(
            joinedload(Device.health),
            joinedload(Device.rack),
            joinedload(Device.room),
            joinedload(Device.site),
        )
        .where(*conditions(asked))
        .order_by(Device.key)
    )
    return wanted if asked.state is None else wanted.where(state_column(now) == asked.state.value)


def counts(session: Session, asked: Asked, now: datetime) -> Mapping[PollState, int]:
    """How many devices there are in each state; the asked state does not narrow it."""
    state = state_column(now).label("state")
    wanted = (
        select(state, func.count())
        .select_from(Device)
        .outerjoin(DeviceHealth, DeviceHealth.device_id == Device.id)
        .where(*conditions(asked))
        .group_by(state)
    )
    found = {row.state: row[1] for row in session.execute(wanted)}
    return {each: found.get(each.value, 0) for each in PollState}


def kinds(session: Session) -> list[str]:
    """The kinds of devices that there are."""
    return list(session.scalars(select(Device.kind).distinct().order_by(Device.kind)))


def conditions(asked: Asked) -> list[ColumnElement[bool]]:
    """The filters but for the state."""
    found: list[ColumnElement[bool]] = []
    if asked.sites is not None:
        found.append(Device.site_id.in_(asked.sites))
    if asked.site_id is not None:
        found.append(Device.site_id == asked.site_id)
    if asked.kind:
        found.append(Device.kind == asked.kind)
    for word in asked.words.split():
        columns = (Device.key, Device.name, Device.url)
        found.append(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return found
