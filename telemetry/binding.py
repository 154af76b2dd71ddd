"""From a family to one device: which of the profile's points this device has, and where.

SNMP devices are walked once (`discovery`), Modbus devices have what the profile says. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from telemetry.points import Point, PollClass
from telemetry.profiles.model import Cell, Meaning, Profile
from telemetry.transports.base import Answer, Request


@dataclass(frozen=True, slots=True)
class BoundPoint:
    """A point of one device. `place` is an OID or a Cell; `factor` that of its power of ten."""

    point: Point
    poll: PollClass
    meaning: Meaning
    place: str | Cell
    factor: str | Cell | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """A device with its profile and its points in stable order. `unit` is the Modbus unit."""

    device: str
    profile: Profile
    unit: int
    points: tuple[BoundPoint, ...]

    @property
    def poll_classes(self) -> tuple[PollClass, ...]:
        """The poll classes that have points."""
        raise NotImplementedError


def discovery(profile: Profile, *, singly: bool = False) -> tuple[Request, ...]:
    """What to ask once before polling, in order; () for Modbus.

    `singly` asks every scalar by itself: in SNMP v1 one missing object empties the answer.
    """
    raise NotImplementedError


def bind(
    profile: Profile, device: str, answers: Sequence[Answer | None] = (), *, unit: int | None = None
) -> Bound:
    """The device's points. `answers` run along `discovery(profile)`; None where nothing came.

    Only SNMP objects that answered become points. ConfigError if nothing is left (wrong profile).
    """
    raise NotImplementedError


def identity(bound: Bound, raws: Mapping[str, object]) -> dict[str, str | None]:
    """vendor, model, serial, firmware from the raw texts by point id; None where not told."""
    raise NotImplementedError
