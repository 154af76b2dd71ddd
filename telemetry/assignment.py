"""What a poller is given, and what it tells about each device. Plain frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from telemetry.health import State
from telemetry.points import PollClass
from telemetry.profiles.model import Profile
from telemetry.target import Target
from telemetry.transports.counters import LineCounts


@dataclass(frozen=True, slots=True)
class Assignment:
    """One device to poll. `device` is its name in every block. `every_s` overrides the profile's
    seconds by poll class. `auth_key` and `priv_key` are the SNMPv3 secrets."""

    device: str
    target: Target
    profile: Profile
    every_s: Mapping[PollClass, float] = field(default_factory=dict)
    auth_key: str = field(default="", repr=False)
    priv_key: str = field(default="", repr=False)

    def seconds(self, poll_class: PollClass) -> float:
        """How often the points of a class are read."""
        return self.every_s.get(poll_class, self.profile.poll_s.get(poll_class, 60.0))


class Phase(StrEnum):
    """How far the poller is with a device."""

    WAITING = "waiting"
    LEARNING = "learning"
    POLLING = "polling"


@dataclass(frozen=True, slots=True)
class DeviceHealth:
    """One look at a device (rule 29). Times are UTC milliseconds, None where there is none yet.

    `why` says in words what is wrong now, "" when nothing is. `failures` counts failed reads by
    class of fault (telemetry.health.Failure), `refusals` by the device's code. `missed` are turns
    that were skipped because the one before took too long. `points` and `requests` are those of
    all poll classes together. `identity` holds vendor, model, serial, firmware as far as read.
    """

    device: str
    phase: Phase
    state: State
    why: str
    last_good_at_ms: int | None
    next_poll_at_ms: int | None
    polls: int
    good: int
    missed: int
    splits: int
    failures: Mapping[str, int]
    refusals: Mapping[int, int]
    p50_ms: float | None
    p95_ms: float | None
    points: int
    requests: int
    learned: str
    identity: Mapping[str, str | None]
    line: LineCounts | None
