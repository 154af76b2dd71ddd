"""What monitoring shows on the pages of others: links, facts, overlays, cards, search hits."""

from collections.abc import Collection, Mapping, Sequence

from flask import url_for
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from facilities.accounts.permissions import Permission
from facilities.monitoring import device_list, inlets
from facilities.monitoring.device_list import Asked, state_column
from facilities.monitoring.machine import DeviceHealth
from facilities.monitoring.models import Device
from facilities.monitoring.poll_state import PollState
from facilities.readings import ObjectRef, Readings
from facilities.sites.models import Site
from facilities.web import show
from facilities.web.house import house
from facilities.web.registry import Card, CardRow, Hit, KeyFact, ObjectLink, Shade, Viewer

CARD_ROWS = 5


def find_devices(session: Session, ids: Collection[int]) -> Mapping[int, ObjectLink]:
    """Links of devices by id."""
    wanted = (
        select(Device.id, Device.key, Device.site_id, Site.code)
        .join(Site, Site.id == Device.site_id)
        .where(Device.id.in_(ids))
    )
    return {
        id_: ObjectLink(ObjectRef("device", id_), key, _page_of(id_), code, site_id)
        for id_, key, site_id, code in session.execute(wanted)
    }


def rack_facts(session: Session, ref: ObjectRef) -> Sequence[KeyFact]:
    """The hottest inlet of a rack with its age; nothing where no sensor is bound."""
    del session
    value = inlets.of_racks(house().readings, [ref.id])[ref.id]
    if value is None:
        return ()
    tone, _ = inlets.tone_of(value)
    if value.number is None:
        text = f"no data ({show.age(value.age_s)} old)" if value.at else "no data"
    else:
        text = f"{show.quantity(value.number, value.unit)} · {show.age(value.age_s)}"
    url = url_for("monitoring.rack_inlets")
    return (KeyFact("Hottest inlet", text, url, "" if tone in ("ok", "unknown") else tone),)


def temperature_shades(
    session: Session, readings: Readings, rack_ids: Sequence[int]
) -> Mapping[int, Shade]:
    """Racks by their hottest front inlet (EN-05)."""
    del session
    found = inlets.of_racks(readings, rack_ids)
    return {rack_id: inlets.shade_of(value) for rack_id, value in found.items()}


def device_shades(
    session: Session, readings: Readings, rack_ids: Sequence[int]
) -> Mapping[int, Shade]:
    """Racks by how many of their devices do not answer. One statement."""
    del readings
    state = state_column(house().clock())
    bad = func.sum(case((state.in_([PollState.SILENT.value, PollState.FAILING.value]), 1), else_=0))
    wanted = (
        select(Device.rack_id, func.count(), bad)
        .outerjoin(DeviceHealth, DeviceHealth.device_id == Device.id)
        .where(Device.rack_id.in_(rack_ids), Device.enabled)
        .group_by(Device.rack_id)
    )
    counted = {rack_id: (total, silent) for rack_id, total, silent in session.execute(wanted)}
    return {rack_id: _device_shade(*counted.get(rack_id, (0, 0))) for rack_id in rack_ids}


def silent_card(session: Session, readings: Readings, viewer: Viewer) -> Card:
    """Devices that do not answer; a dead collector shows as all of them."""
    del readings
    now = house().clock()
    asked = Asked(viewer.sites_for(Permission.DEVICES_VIEW), state=PollState.SILENT)
    rows = session.scalars(device_list.devices(asked, now).limit(CARD_ROWS)).all()
    lines = [CardRow(row.key, _page_of(row.id), _silence(row), "critical") for row in rows]
    return Card(
        device_list.counts(session, asked, now)[PollState.SILENT],
        lines,
        url_for("monitoring.devices", state=PollState.SILENT.value),
        "Every polled device answers.",
    )


def hot_card(session: Session, readings: Readings, viewer: Viewer) -> Card:
    """Racks whose hottest inlet is above what is recommended; the count is unknown when one is."""
    rows = inlets.listed(session, readings, viewer.sites_for(Permission.READINGS_VIEW))
    hot = [row for row in rows if row.tone in ("warning", "critical")]
    blind = sum(1 for row in rows if row.value.number is None)
    lines = [
        CardRow(row.link.label, row.link.url, show.quantity(row.value.number, "degC"), row.tone)
        for row in hot[:CARD_ROWS]
    ]
    url = url_for("monitoring.rack_inlets")
    if blind:
        words = f"{blind} of {len(rows)} racks with a sensor give no data"
        lines.append(CardRow(words, url, "no data", "unknown"))
    empty = f"No rack inlet is above {inlets.HIGH_C:g} °C." if rows else "No rack has a sensor yet."
    return Card(len(hot) if rows and (hot or blind < len(rows)) else None, lines, url, empty)


def search_devices(session: Session, viewer: Viewer, words: str, limit: int) -> Sequence[Hit]:
    """Devices by key, name or address."""
    asked = Asked(viewer.sites_for(Permission.DEVICES_VIEW), words)
    wanted = select(Device.id, Device.key, Device.name, Device.url)
    wanted = wanted.where(*device_list.conditions(asked)).order_by(Device.key).limit(limit)
    exact = words.strip().casefold()
    return [
        Hit(
            ObjectRef("device", id_),
            key,
            _page_of(id_),
            f"{name} · {url}",
            exact=exact in (key.casefold(), name.casefold()),
            rank=3,
        )
        for id_, key, name, url in session.execute(wanted)
    ]


def _page_of(device_id: int) -> str:
    return url_for("monitoring.device", device_id=device_id)


def _silence(device: Device) -> str:
    last = device.health.last_good_at if device.health else None
    return "never answered" if last is None else show.since(last, house().clock())


def _device_shade(total: int, silent: int) -> Shade:
    if not total:
        return Shade(None, "no device")
    text = f"{silent} of {total} do not answer" if silent else f"{total} answer"
    return Shade(silent / total, text, "critical" if silent else "ok")
