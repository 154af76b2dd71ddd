"""When a device is read: in phase with its name, never twice for one turn, never queued up (19)."""

import hashlib
import math
from dataclasses import dataclass

from telemetry.binding import is_identity
from telemetry.decode import Decoder
from telemetry.plan import Plan

SLACK_S = 0.002
"""A timer may fire this much early."""


def spread(device: str) -> float:
    """0 to 1, the same for a name in every process: where in its interval a device is read."""
    digest = hashlib.blake2b(device.encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big") / 2**48


def next_turn(now_s: float, due_s: float, every_s: float, phase: float) -> tuple[float, int]:
    """The turn after the one that was due at `due_s` and is over now, and how many were skipped.

    Turns are at (n + phase) x every_s of the monotonic clock, phase 0 to 1.
    """
    done_s = max(now_s, due_s + SLACK_S)
    next_s = (math.floor(done_s / every_s - phase) + 1 + phase) * every_s
    return next_s, max(0, math.floor((next_s - due_s) / every_s + 0.01) - 1)


@dataclass(slots=True)
class Job:
    """One poll class of a device: what to ask, and when next."""

    decoder: Decoder
    every_s: float
    due_s: float
    phase: float
    identity: tuple[tuple[int, str], ...] = ()

    @property
    def plan(self) -> Plan:
        """What is asked."""
        return self.decoder.plan

    def is_due(self, now_s: float) -> bool:
        """True when its turn has come."""
        return self.due_s <= now_s + SLACK_S

    def done(self, now_s: float) -> int:
        """Its turn is over; returns how many were skipped since."""
        self.due_s, skipped = next_turn(now_s, self.due_s, self.every_s, self.phase)
        return skipped


def make_job(made: Plan, due_s: float) -> Job:
    """The job of a plan. `identity` are the places of its points that say who the device is."""
    named = tuple((n, p.point.id) for n, p in enumerate(made.points) if is_identity(p))
    layout = made.layout
    return Job(Decoder(made), layout.every_s, due_s, spread(layout.device), named)
