"""From points to few reads (rules 1-4, 27). Pure and deterministic."""

from dataclasses import dataclass

from telemetry.binding import Bound, BoundPoint
from telemetry.learn import NOTHING, Learned
from telemetry.points import PollClass
from telemetry.sample import Layout
from telemetry.transports.base import Request


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask for one poll class of one device, in order, and the points it is for.

    `points` runs along `layout.points`. A point known to be bad (`Learned`) is in the layout but in
    no request; decode gives it quality bad. Every other point lies whole in exactly one request.
    """

    layout: Layout
    unit: int
    points: tuple[BoundPoint, ...]
    requests: tuple[Request, ...]


def plan(
    bound: Bound, poll_class: PollClass, learned: Learned = NOTHING, every_s: float | None = None
) -> Plan:
    """The reads of one poll class. `every_s` overrides the profile's seconds."""
    raise NotImplementedError


def split(plan: Plan, request: Request) -> tuple[Request, Request] | None:
    """The two halves of a refused read on value boundaries (rule 15), at the hole nearest to the
    middle if it has one; None if it holds a single value. Works on halves again."""
    raise NotImplementedError
