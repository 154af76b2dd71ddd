"""When to ask a device again (rules 13, 14, 17). Pure: clock and chance come from outside."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from telemetry.errors import NoAnswer, Refused

#: Failed cycles in a row after which a unit is only probed.
QUARANTINE_AFTER = 3
#: A quarantined unit is probed at least this often, in seconds.
LONGEST_WAIT_S = 300.0
#: The first and the longest pause before a line is connected again, in seconds (rule 13).
FIRST_RECONNECT_S, LONGEST_RECONNECT_S = 1.0, 60.0
#: Pauses before a busy device is asked again, in seconds (rule 14: codes 5 and 6).
BUSY_PAUSES_S = (0.1, 0.2, 0.4)

_CONFIG_CODES = (1, 2, 3)
_BUSY_CODES = (5, 6)
_PATH_CODES = (0x0A, 0x0B)


class Failure(StrEnum):
    """Whose fault a failed read is (rule 14)."""

    CONFIG = "config"
    DEVICE = "device"
    BUSY = "busy"
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
    """The class of what a Modbus or SNMP transport raised (rule 14).

    Refused by code: 1-3 config (split and learn, no retry); 5, 6 busy (`BUSY_PAUSES_S`); 0x0A, 0x0B
    path (the gateway is fine, its unit is not); any other, also unknown ones, device. Everything
    else, NoAnswer among it, is the transport's.
    """
    if not isinstance(error, Refused):
        return Failure.TRANSPORT
    if error.code in _CONFIG_CODES:
        return Failure.CONFIG
    if error.code in _BUSY_CODES:
        return Failure.BUSY
    return Failure.PATH if error.code in _PATH_CODES else Failure.DEVICE


def may_retry(error: BaseException, tried: int, *, units_wait: bool) -> bool:
    """True if a failed read may be sent once more in the same cycle (rule 16).

    `tried` counts the tries so far; `units_wait` is True on a gateway whose other units wait.
    """
    if failure_of(error) is Failure.BUSY:
        return tried <= len(BUSY_PAUSES_S)
    waited = isinstance(error, NoAnswer)
    return waited and tried <= 1 and not units_wait


def succeeded(health: Health) -> Health:
    """After a good cycle or one good probe: healthy at once."""
    return health if health.state is State.HEALTHY and not health.failures else Health()


def failed(health: Health, now_s: float, every_s: float, why: str, chance: Chance) -> Health:
    """After a cycle without any good read: backing off, quarantined after the third.

    Backing off, it is asked again at its normal turn. In quarantine it is probed after
    min(300 s, interval x 2^k) x (0.5 to 1.0), k counting the failures since (rule 17).
    """
    failures = health.failures + 1
    if failures < QUARANTINE_AFTER:
        return Health(State.BACKING_OFF, failures, now_s + every_s, why)
    # The exponent is capped: a device that is dead for months must not overflow a float.
    doublings = min(failures - QUARANTINE_AFTER, 30)
    delay_s = min(LONGEST_WAIT_S, every_s * 2.0**doublings) * _half_to_whole(chance)
    return Health(State.QUARANTINED, failures, now_s + delay_s, why)


def action(health: Health, now_s: float) -> Action:
    """Poll when healthy or backing off, one probe when quarantined and due, else wait.

    A unit that is backing off keeps its normal turn, so its interval is not checked again here.
    """
    if health.state is not State.QUARANTINED:
        return Action.POLL
    return Action.PROBE if now_s >= health.retry_at_s else Action.WAIT


def reconnect_delay_s(attempt: int, chance: Chance) -> float:
    """Seconds before the attempt-th reconnect (from 0): full jitter up to 1 s x 2^n, at most 60."""
    top = min(LONGEST_RECONNECT_S, FIRST_RECONNECT_S * 2.0 ** min(max(attempt, 0), 30))
    return top * min(max(chance(), 0.0), 1.0)


def _half_to_whole(chance: Chance) -> float:
    return 0.5 + 0.5 * min(max(chance(), 0.0), 1.0)
