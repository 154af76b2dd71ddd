"""Rules 13, 14, 16, 17: whose fault it is, and when to ask again."""

import pytest

from telemetry.errors import NoAnswer, Refused
from telemetry.health import (
    Action,
    Failure,
    Health,
    State,
    action,
    failed,
    failure_of,
    may_retry,
    reconnect_delay_s,
    succeeded,
)


def _most() -> float:
    return 1.0


def _least() -> float:
    return 0.0


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        (1, Failure.CONFIG),
        (2, Failure.CONFIG),
        (3, Failure.CONFIG),
        (4, Failure.DEVICE),
        (5, Failure.BUSY),
        (6, Failure.BUSY),
        (8, Failure.DEVICE),
        (0x0A, Failure.PATH),
        (0x0B, Failure.PATH),
        (0x41, Failure.DEVICE),
        (255, Failure.DEVICE),
    ],
)
def test_a_code_says_whose_fault_it_is(code: int, failure: Failure) -> None:
    assert failure_of(Refused("no", code)) is failure


def test_silence_and_broken_lines_are_the_transports() -> None:
    assert failure_of(NoAnswer("silent")) is Failure.TRANSPORT
    assert failure_of(ConnectionResetError()) is Failure.TRANSPORT


def _after(failures: int, every_s: float = 10.0, chance: float = 1.0) -> Health:
    health = Health()
    for _ in range(failures):
        health = failed(health, 1000.0, every_s, "no answer", lambda: chance)
    return health


def test_two_failures_back_off_and_the_third_is_quarantine() -> None:
    assert _after(1).state is State.BACKING_OFF
    assert _after(2).state is State.BACKING_OFF
    assert _after(3).state is State.QUARANTINED
    assert _after(3).why == "no answer"


def test_probes_come_at_doubling_delays_up_to_five_minutes() -> None:
    delays = [_after(n).retry_at_s - 1000 for n in range(3, 10)]
    assert delays == [10, 20, 40, 80, 160, 300, 300]
    assert _after(5, chance=0.0).retry_at_s - 1000 == 20
    assert _after(10_000).retry_at_s - 1000 == 300


def test_a_quarantined_unit_waits_then_gets_one_probe() -> None:
    health = _after(3)
    assert action(health, 1009.9) is Action.WAIT
    assert action(health, 1010.0) is Action.PROBE
    assert action(_after(2), 1000.0) is Action.POLL
    assert action(Health(), 0.0) is Action.POLL


def test_one_good_probe_brings_the_unit_back_at_once() -> None:
    health = succeeded(_after(7))
    assert health == Health()
    assert action(health, 0.0) is Action.POLL


def test_a_read_is_retried_once_and_not_while_other_units_wait() -> None:
    silent = NoAnswer("silent")
    assert may_retry(silent, 1, units_wait=False)
    assert not may_retry(silent, 2, units_wait=False)
    assert not may_retry(silent, 1, units_wait=True)
    assert not may_retry(Refused("no", 2), 1, units_wait=False)
    assert not may_retry(Refused("no", 4), 1, units_wait=False)


def test_a_busy_device_is_asked_three_times_more() -> None:
    busy = Refused("busy", 6)
    assert [may_retry(busy, n, units_wait=True) for n in (1, 2, 3, 4)] == [True, True, True, False]


def test_reconnects_are_spread_from_nothing_to_a_minute() -> None:
    assert [reconnect_delay_s(n, _most) for n in (0, 1, 5, 6, 10_000)] == [1, 2, 32, 60, 60]
    assert reconnect_delay_s(5, _least) == 0
