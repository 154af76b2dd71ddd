"""From answers to a block (rules 23-26, EN-15). Pure; never raises for what a device sends.

`interpret` is the rule. The decoder is the quick way to the same result: it scales all plain
numbers in one pass and hands to `interpret` only what is not plainly good.
"""

import math
from collections.abc import Sequence

from telemetry.binding import BoundPoint
from telemetry.gather import Gather, ModbusGather, Raws, SnmpGather
from telemetry.interpret import interpret, plausible_range
from telemetry.plan import Plan
from telemetry.points import Kind
from telemetry.profiles.model import Bits, Cell, Meaning
from telemetry.reads import Read
from telemetry.sample import Block, Layout, Quality, Raw

__all__ = ["Decoder", "Read", "without_answer"]

_LARGEST = 1.7976931348623157e308
#: multiply, divide, offset, lowest and highest value that is plainly good.
_Line = tuple[float, float, float, float, float]
#: Nothing lies between these ends, so the value always goes to `interpret`.
_NEVER: _Line = (1.0, 1.0, 0.0, 1.0, 0.0)


class Decoder:
    """Decodes the answers of one plan; made once per plan, then used for every cycle."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._meanings = [point.meaning for point in plan.points]
        self._lines = [_line(point) for point in plan.points]
        self._guards = [(n, stop) for n, m in enumerate(self._meanings) if (stop := _stops(m))]
        self._powers, places = _places(plan.points)
        self._count = len(plan.points)
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
        values = self._quick(raws)
        odd = [n for n, value in enumerate(values) if value is None]
        odd += [n for n, stop in self._guards if values[n] is not None and raws[n] in stop]
        if not odd and len(raws) == self._count:
            return Block(self.plan.layout, at_ms, tuple(values), self._good, tuple(raws))  # type: ignore[arg-type]
        return self._careful(raws, values, odd, at_ms)

    def _quick(self, raws: Raws) -> list[float | None]:
        """Scaled values; None for what is not plainly a good number."""
        if self._texts:
            raws = raws.copy()
            for n in self._texts:
                raws[n] = 0
        try:
            return [
                v if low <= (v := raw * multiply / divide + offset) <= high else None
                for raw, (multiply, divide, offset, low, high) in zip(
                    raws, self._lines, strict=False
                )
            ]
        except (TypeError, OverflowError):
            # Something is missing or is no number: look at each before scaling it.
            return self._quick([raw if _is_plain(raw) else math.nan for raw in raws])

    def _careful(self, raws: Raws, values: list[float | None], odd: list[int], at_ms: int) -> Block:
        quality = bytearray(self._count)
        shown: list[Raw] = raws[: self._count]
        numbers = [math.nan if value is None else value for value in values]
        for n in odd:
            power = self._powers.get(n)
            reading = interpret(self._meanings[n], raws[n], None if power is None else raws[power])
            numbers[n], quality[n], shown[n] = reading.value, reading.quality, reading.raw
        return Block(self.plan.layout, at_ms, tuple(numbers), bytes(quality), tuple(shown))


def without_answer(layout: Layout, now_ms: int, quality: Quality = Quality.BAD) -> Block:
    """A block of a device that did not answer (rule 17), so that alarms can fire."""
    count = len(layout.points)
    return Block(layout, now_ms, (math.nan,) * count, bytes([quality]) * count, (None,) * count)


def _line(point: BoundPoint) -> _Line:
    meaning = point.meaning
    if meaning.scale_ref is not None or _is_text(point):
        return _NEVER
    low, high = plausible_range(meaning) or (-_LARGEST, _LARGEST)
    if meaning.valid_raw is not None:
        ends = [
            raw * meaning.multiply / meaning.divide + meaning.offset for raw in meaning.valid_raw
        ]
        low, high = max(low, min(ends)), min(high, max(ends))
    return meaning.multiply, meaning.divide, meaning.offset, low, high


def _is_plain(raw: object) -> bool:
    return type(raw) is float or (type(raw) is int and -(2**64) <= raw <= 2**64)


def _is_text(point: BoundPoint) -> bool:
    meaning = point.meaning
    return meaning.kind is Kind.IDENTITY or bool(meaning.texts) or meaning.bits is not Bits.INTEGER


def _stops(meaning: Meaning) -> frozenset[int | float | str]:
    return meaning.not_available | meaning.faults


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
