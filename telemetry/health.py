"""When to ask a device again (rules 13, 14, 17). Pure: clock and chance come from outside."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Failure(StrEnum):
    """Whose fault a failed read is (rule 14)."""

    CONFIG = "config"
    DEVICE = "device"
    PATH = "path"
    TRANSPORT = "transport"


class State(StrEnum):
    """How a unit or a connection is treated."""

    HEALTHY = "healthy"
    BACKING_OFF = "backing_off"
    QUARANTINED = "quarantined"


class Action(StrEnum):
    """What to do with a unit whose turn it is."""

    POLL = "poll"
    PROBE = "probe"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Health:
    """State of a unit or connection and why. `retry_at_s` is on the caller's monotonic clock."""

    state: State = State.HEALTHY
    failures: int = 0
    retry_at_s: float = 0.0
    why: str = ""


Chance = Callable[[], float]
"""Uniform in [0, 1): random.random, or a fixed one in tests."""


def failure_of(error: BaseException) -> Failure:
    """The class of what a transport raised: NoAnswer -> transport, Refused by its Modbus code."""
    raise NotImplementedError


def succeeded(health: Health) -> Health:
    """After a good cycle or one good probe: healthy at once."""
    raise NotImplementedError


def failed(health: Health, now_s: float, every_s: float, why: str, chance: Chance) -> Health:
    """After a cycle without any good read: backing off, quarantined after the third."""
    raise NotImplementedError


def action(health: Health, now_s: float) -> Action:
    """Poll when healthy or backing off and due, one probe when quarantined and due, else wait."""
    raise NotImplementedError
