"""How careful to be with one Modbus connection, and what is raised when it is not there."""

from dataclasses import dataclass, replace
from enum import StrEnum

from telemetry.errors import NoAnswer


class Framing(StrEnum):
    """How a request is wrapped."""

    TCP = "tcp"
    RTU = "rtu"


@dataclass(frozen=True, slots=True)
class LineSettings:
    """How careful to be with one (host, port). `gap_s` lies between frames, `unit_gap_s` where the
    unit changes. `settle_s` is waited after a connect, `idle_close_s` closes an unused socket.
    `any_unit` takes answers that a gateway gives in the name of unit 0 or 255."""

    framing: Framing = Framing.TCP
    window: int = 1
    gap_s: float = 0.0
    unit_gap_s: float = 0.0
    settle_s: float = 0.0
    connect_timeout_s: float = 3.0
    idle_close_s: float | None = None
    any_unit: bool = False

    def and_as_careful_as(self, other: "LineSettings") -> "LineSettings":
        """What suits both users of one line."""
        idles = [s.idle_close_s for s in (self, other) if s.idle_close_s is not None]
        return replace(
            self,
            window=min(self.window, other.window),
            gap_s=max(self.gap_s, other.gap_s),
            unit_gap_s=max(self.unit_gap_s, other.unit_gap_s),
            settle_s=max(self.settle_s, other.settle_s),
            idle_close_s=min(idles) if idles else None,
            any_unit=self.any_unit or other.any_unit,
        )


class LineDown(NoAnswer):
    """The connection cannot be made just now; no unit behind it is to blame."""
