"""Devices: add, change, remove. Takes a session and values; never commits."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilities.db import now
from facilities.errors import Conflict, NotFound, Refused
from facilities.hosting.models import Equipment, Rack
from facilities.monitoring.catalogue import forget
from facilities.monitoring.device_url import without_secret
from facilities.monitoring.models import DEVICE_STATES, Binding, Calibration, Device
from facilities.monitoring.reaching import check_reach, profile_named
from facilities.monitoring.sealing import PARTS, seal, unseal
from facilities.power.models import PowerNode
from facilities.readings import ObjectRef
from facilities.sites.models import Room, Site

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
POLL_CLASSES = ("fast", "normal", "slow")
LEAST_S, MOST_S = 1.0, 86_400.0
#: Where a device may be placed, and the column that says so.
Place = Room | Rack | Equipment | PowerNode
PLACES: Mapping[str, type[Place]] = {
    "room": Room,
    "rack": Rack,
    "equipment": Equipment,
    "power_node": PowerNode,
}


@dataclass(frozen=True, slots=True)
class Vault:
    """What devices are checked and sealed with: the allowed networks and the sealing key."""

    networks: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DeviceValues:
    """What a person says of a device. An empty secret keeps the stored one.

    url may hold a community; it is taken out and sealed. every_s: seconds by poll class.
    """

    site_id: int
    key: str
    name: str
    profile: str
    url: str
    community: str = field(default="", repr=False)
    auth_key: str = field(default="", repr=False)
    priv_key: str = field(default="", repr=False)
    enabled: bool = True
    state: str = "in_service"
    every_s: Mapping[str, float] = field(default_factory=dict)
    place: ObjectRef | None = None
    notes: str | None = None


def device_by_id(session: Session, device_id: int) -> Device:
    """The device. Raises NotFound."""
    device = session.get(Device, device_id)
    if device is None:
        raise NotFound("There is no such device.")
    return device


def add_device(session: Session, values: DeviceValues, vault: Vault) -> Device:
    """A new device. Raises Refused, Conflict naming the field."""
    if not KEY.fullmatch(values.key):
        raise Refused("A key has 1 to 80 letters, digits, dots, dashes, underscores.", "key")
    if session.scalar(select(Device.id).where(Device.key == values.key)):
        raise Conflict(f"There is a device {values.key!r} already; choose another key.", "key")
    if session.get(Site, values.site_id) is None:
        raise Refused("There is no such site.", "site_id")
    device = Device(key=values.key, site_id=values.site_id)
    _write(session, device, values, vault)
    session.add(device)
    session.flush()
    return device


def change_device(session: Session, device: Device, values: DeviceValues, vault: Vault) -> None:
    """Write what a person changed; key and site stay. Raises Refused naming the field."""
    if values.key != device.key:
        raise Refused("The key names the device in its samples and cannot change.", "key")
    before = (device.profile, device.url)
    _write(session, device, values, vault)
    if before != (device.profile, device.url):
        forget(session, device.id)
    session.flush()


def remove_device(session: Session, device: Device) -> None:
    """Remove a device with its bindings; each removal is in the history. Samples stay."""
    for kind in (Binding, Calibration):
        for row in session.scalars(select(kind).where(kind.device_id == device.id)):
            session.delete(row)
    session.flush()
    session.delete(device)
    session.flush()


def secrets_of(device: Device, key: str) -> dict[str, str]:
    """The opened secrets of a device, for polling only. Raises Unavailable."""
    return unseal(device.sealed, key)


def _write(session: Session, device: Device, values: DeviceValues, vault: Vault) -> None:
    profile = profile_named(values.profile)
    url, community = without_secret(values.url.strip())
    typed = {
        "community": values.community or community or "",
        "auth_key": values.auth_key,
        "priv_key": values.priv_key,
    }
    given = {part: typed[part] for part in PARTS if typed[part]}
    secrets = {**secrets_of(device, vault.key), **given}
    check_reach(url, secrets, profile, vault.networks)
    if values.state not in DEVICE_STATES:
        raise Refused(f"The state is one of {', '.join(DEVICE_STATES)}.", "state")
    if not values.name.strip():
        raise Refused("A device needs a name.", "name")
    device.name, device.notes = values.name.strip()[:120], values.notes
    device.profile, device.kind, device.url = profile.name, profile.kind.value, url
    device.enabled, device.state = values.enabled, values.state
    device.every_s = _seconds(values.every_s)
    if given:
        device.sealed, device.secret_set_at = seal(secrets, vault.key), now()
    _put(session, device, values.place)


def _seconds(every_s: Mapping[str, float]) -> dict[str, float]:
    for name, seconds in every_s.items():
        if name not in POLL_CLASSES:
            raise Refused(f"{name!r} is none of {', '.join(POLL_CLASSES)}.", "every_s")
        if not LEAST_S <= seconds <= MOST_S:
            raise Refused(
                f"Polling every {seconds:g} s is outside {LEAST_S:g} to {MOST_S:g} s.",
                f"every_{name}_s",
            )
    return {name: float(every_s[name]) for name in POLL_CLASSES if name in every_s}


def _put(session: Session, device: Device, place: ObjectRef | None) -> None:
    """Place the device; a rack tells its room as well."""
    device.room_id = device.rack_id = device.equipment_id = device.power_node_id = None
    if place is None:
        return
    found = session.get(PLACES[place.kind], place.id) if place.kind in PLACES else None
    row = cast(Place | None, found)
    if row is None or row.site_id != device.site_id:
        raise Refused(
            "A device stands in a room, rack, piece of equipment or power node of its own site.",
            "place",
        )
    setattr(device, f"{place.kind}_id", place.id)
    if not isinstance(row, Room):
        device.rack_id = row.id if isinstance(row, Rack) else row.rack_id
        device.room_id = getattr(row, "room_id", None)
