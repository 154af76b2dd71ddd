"""From rows of devices to what the poller is given; a device that cannot be polled says why."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilities.errors import RackhouseError
from facilities.monitoring.models import Device
from facilities.monitoring.reaching import addresses_of, check_reach, profile_named
from facilities.monitoring.sealing import unseal
from facilities.monitoring.service import Vault
from telemetry.assignment import Assignment
from telemetry.errors import TelemetryError
from telemetry.points import PollClass

#: A name is looked up again after this long; its device is then polled at its new address.
LOOK_UP_AGAIN_S = 300.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A device that somebody wants polled, as plain values."""

    id: int
    key: str
    profile: str
    url: str
    sealed: str | None
    every_s: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How to poll a device, or why it cannot be."""

    assignment: Assignment | None
    why: str = ""


def load_wanted(session: Session) -> list[Wanted]:
    """Every enabled device, by key. One statement."""
    columns = (Device.id, Device.key, Device.profile, Device.url, Device.sealed, Device.every_s)
    found = session.execute(select(*columns).where(Device.enabled).order_by(Device.key))
    return [
        Wanted(id_, key, profile, url, sealed, tuple(sorted(every_s.items())))
        for id_, key, profile, url, sealed, every_s in found
    ]


class Assigner:
    """Judges wanted devices; remembers each verdict until its device changes or its name may."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._known: dict[Wanted, tuple[float, Verdict]] = {}

    def judge(self, wanted: list[Wanted], mono_s: float) -> Mapping[Wanted, Verdict]:
        """A verdict for each device. Looks up names; do not call it on the event loop."""
        fresh: dict[Wanted, tuple[float, Verdict]] = {}
        for device in wanted:
            known = self._known.get(device)
            if known is None or mono_s - known[0] > LOOK_UP_AGAIN_S:
                known = (mono_s, verdict_of(device, self._vault))
            fresh[device] = known
        self._known = fresh
        return {device: verdict for device, (_, verdict) in fresh.items()}


def verdict_of(device: Wanted, vault: Vault) -> Verdict:
    """How to poll a device: profile known, secret opened, network allowed; else why not.

    A name is pinned to the address that was checked, so that it cannot lead elsewhere later.
    """
    try:
        profile = profile_named(device.profile)
        secrets = unseal(device.sealed, vault.key)
        target = check_reach(device.url, secrets, profile, vault.networks)
    except (RackhouseError, TelemetryError) as error:
        return Verdict(None, str(error))
    if target.host:
        target = replace(target, host=addresses_of(target.host)[0])
    return Verdict(
        Assignment(
            device.key,
            target,
            profile,
            {PollClass(name): seconds for name, seconds in device.every_s},
            secrets.get("auth_key", ""),
            secrets.get("priv_key", ""),
        )
    )
