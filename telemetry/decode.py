"""From answers to a block (rules 23-26, EN-15). Pure; never raises for what a device sends."""

from collections.abc import Sequence
from dataclasses import dataclass

from telemetry.plan import Plan
from telemetry.sample import Block, Layout, Quality
from telemetry.transports.base import Answer, Request


@dataclass(frozen=True, slots=True)
class Read:
    """One request of a cycle and what came: an answer, or the code it was refused with, or neither
    (silence, line down)."""

    request: Request
    answer: Answer | None = None
    code: int | None = None


class Decoder:
    """Decodes the answers of one plan; made once per plan, then used for every cycle."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def block(self, reads: Sequence[Read], now_ms: int) -> Block:
        """The block of a cycle. `reads` is what was asked: the plan's requests, and halves of those
        that were refused. Its time is the receipt of the first answer, or `now_ms` without any.
        A point without a raw value is bad."""
        raise NotImplementedError


def without_answer(layout: Layout, now_ms: int, quality: Quality = Quality.BAD) -> Block:
    """A block of a device that did not answer (rule 17), so that alarms can fire."""
    raise NotImplementedError
