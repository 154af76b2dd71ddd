"""What an agent can answer: OIDs in order, each with a value that is worked out when asked."""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from typing import Protocol

from telemetry.emulator.ber import Oid, Typed

#: Gives the value of the moment; None where the instance is not there just now.
Slot = Callable[[], Typed | None]


class MibView(Protocol):
    """A tree of OIDs as an agent sees it."""

    def get(self, oid: Oid) -> Typed | None:
        """The value at exactly this OID, or None."""

    def following(self, oid: Oid) -> tuple[Oid, Typed] | None:
        """The first OID after this one with its value, or None at the end."""

    def knows_object(self, oid: Oid) -> bool:
        """True where another instance of the same object exists: the parent OID is known."""


class Mib:
    """A MibView over slots. Values change by themselves; the set of OIDs does not."""

    def __init__(self, slots: Mapping[Oid, Slot]) -> None:
        self._slots = dict(slots)
        self._order = sorted(slots)
        self._objects = frozenset(oid[:-1] for oid in slots)

    def get(self, oid: Oid) -> Typed | None:
        """The value at exactly this OID, or None."""
        slot = self._slots.get(oid)
        return slot() if slot else None

    def following(self, oid: Oid) -> tuple[Oid, Typed] | None:
        """The first OID after this one that has a value just now."""
        for at in range(bisect_right(self._order, oid), len(self._order)):
            found = self._order[at]
            value = self._slots[found]()
            if value is not None:
                return found, value
        return None

    def knows_object(self, oid: Oid) -> bool:
        """True where another instance of the same object exists."""
        return oid[:-1] in self._objects

    def __len__(self) -> int:
        return len(self._order)


def fixed(value: Typed) -> Slot:
    """A slot that always says the same."""
    return lambda: value
