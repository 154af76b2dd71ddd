"""The mixin of rows whose changes are history, and who changes them."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes things: kind is user, token or import. Machine chatter has no actor."""

    kind: str
    id: int | None
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


class Recorded:
    """A row whose every change by a person, token or import becomes a history entry.

    history_kind:    the object kind, as in ObjectRef.
    history_hidden:  columns whose values never enter the history (secrets, machine chatter); a
                     change of hidden columns alone makes no entry.
    """

    history_kind: ClassVar[str] = ""
    history_hidden: ClassVar[frozenset[str]] = frozenset()

    @property
    def history_label(self) -> str:
        """What people call the object."""
        return str(getattr(self, "name", None) or getattr(self, "id", ""))

    @property
    def history_site_id(self) -> int | None:
        """The site whose chain the change belongs to; None for the house's own chain."""
        return getattr(self, "site_id", None)

    @property
    def history_parents(self) -> tuple[tuple[str, int], ...]:
        """Other objects on whose History tab this change is shown as well, as (kind, id)."""
        return ()
