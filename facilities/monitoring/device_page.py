"""The page of one device: what it reads, how polling goes, what is asked, what it is bound to."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from facilities.errors import NotFound, Unavailable
from facilities.monitoring.device_forms import place_of
from facilities.monitoring.device_readings import Shown, Snapshot
from facilities.monitoring.models import Binding, Device
from facilities.monitoring.plan_view import planned
from facilities.monitoring.poll_state import PollState
from facilities.monitoring.ports import port
from facilities.readings import ObjectRef
from facilities.web import show
from facilities.web.house import house, session
from facilities.web.objects import Crumbs, ObjectHead, render_object
from facilities.web.registry import KeyFact

TABS = {
    "readings": ("Readings", "monitoring/device_readings.html"),
    "polling": ("Polling", "monitoring/device_polling.html"),
    "bindings": ("Bindings", "monitoring/device_bindings.html"),
}


def by_key(session: Session, key: str) -> Device:
    """The device of that key. Raises NotFound."""
    found = session.scalar(select(Device).where(Device.key == key))
    if found is None:
        raise NotFound(f"There is no device {key!r}.")
    return found


def render(device: Device, state: PollState) -> str:
    """The page at the tab that the URL asks for."""
    head = ObjectHead(
        ObjectRef("device", device.id),
        device.kind.replace("_", " ").capitalize(),
        device.name,
        crumbs=_crumbs(device),
        state=state.text,
        tone=state.tone,
        facts=_facts(device),
    )
    return render_object(
        head,
        TABS,
        bindings=lambda: bindings_of(session(), device),
        plan=lambda: planned(session(), device),
        **readings_part(device),
    )


def readings_part(device: Device) -> dict[str, Any]:
    """What the live part of the page shows; `problem` says why there is nothing."""
    found: Sequence[Shown] = ()
    try:
        found, problem = Snapshot(session(), port(), [device.id]).rows(), ""
    except Unavailable as error:
        problem = str(error)
    if not found and not problem:
        problem = device.health.error if device.health else ""
    qualities = Counter(shown.live.quality.value for shown in found)
    return {
        "device": device,
        "shown": found,
        "problem": problem,
        "qualities": qualities,
        "bound": bound_by_point(session(), device),
    }


def bindings_of(session: Session, device: Device) -> list[tuple[Binding, Any]]:
    """Each binding with the link of its object (None when that is gone)."""
    rows = session.scalars(
        select(Binding)
        .where(Binding.device_id == device.id)
        .order_by(Binding.point, Binding.metric, Binding.id)
    ).all()
    refs = {row.id: ObjectRef(row.object_kind, row.object_id) for row in rows}
    links = house().registries.links(session, list(refs.values()))
    return [(row, links.get(refs[row.id])) for row in rows]


def bound_by_point(session: Session, device: Device) -> Mapping[str, list[tuple[Binding, Any]]]:
    """The bindings of each point."""
    found: dict[str, list[tuple[Binding, Any]]] = {}
    for binding, link in bindings_of(session, device):
        found.setdefault(binding.point, []).append((binding, link))
    return found


def _crumbs(device: Device) -> Crumbs:
    crumbs = [("Devices", url_for("monitoring.devices"))]
    place = place_of(device)
    link = house().registries.link(session(), place) if place else None
    return [*crumbs, (link.label, link.url)] if link else crumbs


def _facts(device: Device) -> list[KeyFact]:
    health = device.health
    last = health.last_good_at if health else None
    latency = health.latency_ms if health else None
    return [
        KeyFact("Last good answer", show.since(last, house().clock())),
        KeyFact("Key", device.key),
        KeyFact("Reached at", device.url),
        KeyFact("Profile", device.profile),
        KeyFact("Answer takes", None if latency is None else f"{max(1.0, latency):.0f} ms"),
        KeyFact("State", device.state.replace("_", " ")),
    ]
