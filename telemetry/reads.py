"""What one cycle asked and what came of it: handed from the poller to decode and to the lessons."""

from dataclasses import dataclass

from telemetry.transports.base import Answer, Request


@dataclass(frozen=True, slots=True)
class Read:
    """One request of a cycle and what came: an answer, or the code it was refused with, or neither
    (silence, line down)."""

    request: Request
    answer: Answer | None = None
    code: int | None = None
