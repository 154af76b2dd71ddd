"""What a point is about, and what a device stands at: the two sides that the bridges join."""

from dataclasses import dataclass
from enum import Enum, auto

from telemetry.emulator.encode import Value
from telemetry.points import Kind, Phase, Quantity
from telemetry.profiles.model import Meaning


class Gap(Enum):
    """The plant knows nothing of this (an absent value is None, which is something else)."""

    NOT_MODELLED = auto()


NOT_MODELLED = Gap.NOT_MODELLED
Reading = Value | Gap
LINES = {Phase.L1: 0, Phase.L2: 1, Phase.L3: 2}


@dataclass(frozen=True, slots=True)
class Subject:
    """A point in plain words: those of its name and label, the number in its name or of its row."""

    words: frozenset[str]
    number: int | None
    phase: Phase | None
    meaning: Meaning

    @property
    def quantity(self) -> Quantity:
        """What is measured."""
        return self.meaning.quantity

    @property
    def is_state(self) -> bool:
        """True for a named state."""
        return self.meaning.kind is Kind.STATE

    @property
    def is_flags(self) -> bool:
        """True for named bits."""
        return self.meaning.kind is Kind.FLAGS

    def has(self, *words: str) -> bool:
        """True where one of the words is among its own."""
        return not self.words.isdisjoint(words)


@dataclass(frozen=True, slots=True)
class Place:
    """What a device stands at: a `node` of the plant (of a power meter also whether it is at its
    output or its `input`), and `sensors` in the order of the device's ports."""

    node: str
    at_input: bool = False
    sensors: tuple[str, ...] = ()
