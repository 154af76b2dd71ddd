"""From answers to a block (rules 23-26, EN-15). Pure; never raises for what a device sends.

`interpret` is the rule. The decoder is the quick way to the same result: it scales all plain
numbers in one pass and hands to `interpret` only what is not plainly good.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

from telemetry.binding import BoundPoint
from telemetry.gather import Gather, ModbusGather, Raws, SnmpGather
from telemetry.interpret import interpret, plausible_range, scale_of
from telemetry.plan import Plan
from telemetry.points import Kind
from telemetry.profiles.model import Bits, Cell
from telemetry.reads import Read
from telemetry.sample import Block, Layout, Quality, Raw

__all__ = ["Decoder", "Read", "without_answer"]

_LARGEST = 1.7976931348623157e308
#: index of the point, multiply, divide, offset, lowest and highest value that is plainly good.
_Line = tuple[int, float, float, float, float, float]
#: Nothing lies between these ends, so the value always goes to `interpret`.
_NEVER = (1.0, 1.0, 0.0, 1.0, 0.0)


class Decoder:
    """Decodes the answers of one plan; made once per plan, then used for every cycle."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._meanings = [point.meaning for point in plan.points]
        self._guards = [
            (n, m.not_available | m.faults)
            for n, m in enumerate(self._meanings)
            if m.not_available or m.faults
        ]
        self._stops = frozenset().union(*(stop for _, stop in self._guards))
        self._powers, places = _places(plan.points)
        self._count = len(plan.points)
        self._scaled_for: tuple[object, ...] = ()
        self._lines = self._lines_for([None] * len(places))
        self._gather = _gather(plan, places)
        self._texts = [n for n, point in enumerate(plan.points) if _is_text(point)]
        self._good = bytes(self._count)

    def block(self, reads: Sequence[Read], now_ms: int) -> Block:
        """The block of a cycle. `reads` is what was asked: the plan's requests, and halves of those
        that were refused. Its time is the receipt of the first answer, or `now_ms` without any.
        A point without a raw value is bad."""
        raws = self._gather.raws(reads)
        times = [read.answer.at_ms for read in reads if read.answer is not None]
        at_ms = min(times) if times else now_ms
        odd: list[int] = []
        if self._powers and self._scaled_for != tuple(raws[self._count :]):
            self._lines = self._lines_for(raws)
        values = self._quick(raws, odd)
        if not self._stops.isdisjoint(raws):
            odd += [n for n, stop in self._guards if raws[n] in stop]
        if odd or self._powers:  # with powers of ten there are more raws than points
            return self._careful(raws, values, odd, at_ms)
        return Block(self.plan.layout, at_ms, tuple(values), self._good, tuple(raws))

    def _lines_for(self, raws: Raws) -> list[_Line]:
        """The straight line of each point under these powers of ten, which seldom change."""
        self._scaled_for = tuple(raws[self._count :])
        powers = [raws[at] if (at := self._powers.get(n)) else None for n in range(self._count)]
        return [
            _line(n, point, power)
            for n, (point, power) in enumerate(zip(self.plan.points, powers, strict=True))
        ]

    def _quick(self, raws: Raws, odd: list[int]) -> list[Any]:
        """Scaled values; the index of what is not plainly a good number goes into `odd`."""
        if self._texts:
            raws = raws.copy()
            for n in self._texts:
                raws[n] = 0
        note: Callable[[int], Any] = odd.append
        try:
            return [
                value if low <= (value := raw * multiply / divide + offset) <= high else note(n)
                for raw, (n, multiply, divide, offset, low, high) in zip(
                    raws, self._lines, strict=False
                )
            ]
        except (TypeError, OverflowError):
            # Something is missing or is no number: look at each before scaling it.
            odd.clear()
            return self._quick([raw if _is_plain(raw) else math.nan for raw in raws], odd)

    def _careful(self, raws: Raws, values: list[Any], odd: list[int], at_ms: int) -> Block:
        quality = bytearray(self._count)
        shown: list[Raw] = raws[: self._count]
        for n in odd:
            power = self._powers.get(n)
            reading = interpret(self._meanings[n], raws[n], None if power is None else raws[power])
            values[n], quality[n], shown[n] = reading.value, reading.quality, reading.raw
        return Block(self.plan.layout, at_ms, tuple(values), bytes(quality), tuple(shown))


def without_answer(layout: Layout, now_ms: int, quality: Quality = Quality.BAD) -> Block:
    """A block of a device that did not answer (rule 17), so that alarms can fire."""
    count = len(layout.points)
    return Block(layout, now_ms, (math.nan,) * count, bytes([quality]) * count, (None,) * count)


def _line(n: int, point: BoundPoint, power: object) -> _Line:
    meaning = point.meaning
    scale = None if _is_text(point) else scale_of(meaning, power)
    if scale is None:
        return n, *_NEVER
    multiply, divide = scale
    low, high = plausible_range(meaning) or (-_LARGEST, _LARGEST)
    if meaning.valid_raw is not None:
        ends = [raw * multiply / divide + meaning.offset for raw in meaning.valid_raw]
        low, high = max(low, min(ends)), min(high, max(ends))
    return n, multiply, divide, meaning.offset, low, high


def _is_plain(raw: object) -> bool:
    return type(raw) is float or (type(raw) is int and -(2**64) <= raw <= 2**64)


def _is_text(point: BoundPoint) -> bool:
    meaning = point.meaning
    return meaning.kind is Kind.IDENTITY or bool(meaning.texts) or meaning.bits is not Bits.INTEGER


def _places(points: Sequence[BoundPoint]) -> tuple[dict[int, int], list[str | Cell]]:
    """The places to gather: of the points, then of the powers of ten; and, by point, the index of
    its power."""
    places = [point.place for point in points]
    at: dict[str | Cell, int] = {}
    powers: dict[int, int] = {}
    for n, point in enumerate(points):
        if point.factor is not None:
            if point.factor not in at:
                at[point.factor] = len(places)
                places.append(point.factor)
            powers[n] = at[point.factor]
    return powers, places


def _gather(plan: Plan, places: Sequence[str | Cell]) -> Gather:
    cells = [place for place in places if isinstance(place, Cell)]
    if len(cells) == len(places) and cells:
        return ModbusGather(plan, cells)
    return SnmpGather([place for place in places if isinstance(place, str)])
