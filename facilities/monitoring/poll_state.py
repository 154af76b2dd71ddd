"""How polling a device goes, in one word for lists, plans and counts. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PollState(StrEnum):
    """From best to worst, and `off` for what nobody wants polled."""

    FINE = "fine"
    FAILING = "failing"
    SILENT = "silent"
    OFF = "off"

    @property
    def text(self) -> str:
        """As people read it."""
        return _TEXTS[self]

    @property
    def tone(self) -> str:
        """The colour and icon that go with it."""
        return _TONES[self]


_TEXTS = {
    PollState.FINE: "answers",
    PollState.FAILING: "fails now",
    PollState.SILENT: "silent",
    PollState.OFF: "not polled",
}
_TONES = {
    PollState.FINE: "ok",
    PollState.FAILING: "warning",
    PollState.SILENT: "critical",
    PollState.OFF: "unknown",
}


@dataclass(frozen=True, slots=True)
class Health:
    """What the collector last said. `fresh_until` None: it never answered."""

    state: str
    fresh_until: datetime | None


def poll_state(enabled: bool, health: Health | None, now: datetime) -> PollState:
    """Silent once its values are stale (AL-08), also when no collector is left to say so."""
    if not enabled:
        return PollState.OFF
    if health is None or health.fresh_until is None or health.fresh_until < now:
        return PollState.SILENT
    return PollState.FINE if health.state == "healthy" else PollState.FAILING
