"""Putting the newest block of a layout together from InfluxDB's rows. Pure."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from telemetry.points import Kind, Point
from telemetry.sample import Block, Layout, Quality, Raw
from telemetry.stores.base import Latest
from telemetry.stores.influx_http import Table
from telemetry.stores.lines import from_tag, quality_from, raw_from

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Cell:
    """The newest row of a point; None where a field was not written."""

    at_ms: int
    value: float | None
    other: float | None
    quality: float | None
    raw: float | None

    @property
    def number(self) -> float:
        """The number, usable or not; NaN for none."""
        number = self.other if self.value is None else self.value
        return math.nan if number is None else float(number)


@dataclass(slots=True)
class Newest:
    """What was found so far, by (device, point)."""

    cells: dict[Key, Cell] = field(default_factory=dict)
    last: dict[Key, tuple[float, int]] = field(default_factory=dict)
    texts: dict[Key, tuple[int, str]] = field(default_factory=dict)

    def add_cells(self, tables: Iterable[Table]) -> None:
        """Rows of (time, value, other, quality, raw)."""
        for table in tables:
            for at_ms, *fields in table.rows:
                self.cells[_key(table)] = Cell(int(at_ms), *fields)

    def add_last(self, tables: Iterable[Table]) -> None:
        """Rows of (time, last usable number)."""
        for table in tables:
            for at_ms, number in table.rows:
                self.last[_key(table)] = float(number), int(at_ms)

    def add_texts(self, tables: Iterable[Table]) -> None:
        """Rows of (time, seen), a table for each text; the one seen last counts."""
        for table in tables:
            text = from_tag(table.tags["text"])
            for at_ms, _ in table.rows:
                key = _key(table)
                self.texts[key] = max(self.texts.get(key, (0, "")), (int(at_ms), text))


def silent(layouts: Iterable[Layout], newest: Newest) -> list[str]:
    """Devices with a layout of which no row was found."""
    return _devices(
        layout for layout in layouts if not any(key in newest.cells for key in _keys(layout))
    )


def unusable(layouts: Iterable[Layout], newest: Newest) -> list[str]:
    """Devices with a number that is not usable now, so that the last usable one is wanted."""
    return _devices(
        layout
        for layout in layouts
        for point in layout.points
        if point.kind is not Kind.IDENTITY
        and (cell := newest.cells.get((layout.device, point.id)))
        and cell.value is None
    )


def worded(layouts: Iterable[Layout]) -> list[str]:
    """Devices with texts."""
    return _devices(
        layout for layout in layouts if any(point.kind is Kind.IDENTITY for point in layout.points)
    )


def assemble(layout: Layout, newest: Newest) -> Latest | None:
    """The newest block of a layout, None if nothing of it was ever written."""
    found = [newest.cells.get(key) for key in _keys(layout)]
    at_ms = max((cell.at_ms for cell in found if cell), default=None)
    if at_ms is None:
        return None
    cells = [cell if cell and cell.at_ms == at_ms else None for cell in found]
    block = Block(
        layout=layout,
        at_ms=at_ms,
        values=tuple(cell.number if cell else math.nan for cell in cells),
        quality=bytes(
            quality_from(cell.quality) if cell else Quality.NOT_AVAILABLE for cell in cells
        ),
        raw=tuple(
            _raw(layout.device, point, at_ms, cell, newest)
            for point, cell in zip(layout.points, cells, strict=True)
        ),
    )
    last = [_last(key, cell, newest) for key, cell in zip(_keys(layout), found, strict=True)]
    return Latest(block, tuple(value for value, _ in last), tuple(when for _, when in last))


def _last(key: Key, cell: Cell | None, newest: Newest) -> tuple[float, int]:
    if cell and cell.value is not None:
        return float(cell.value), cell.at_ms
    return newest.last.get(key, (math.nan, 0))


def _raw(device: str, point: Point, at_ms: int, cell: Cell | None, newest: Newest) -> Raw:
    if point.kind is Kind.IDENTITY:
        seen, text = newest.texts.get((device, point.id), (0, ""))
        if seen == at_ms:
            return text
    return raw_from(cell.raw) if cell else None


def _key(table: Table) -> Key:
    return from_tag(table.tags["device"]), from_tag(table.tags["point"])


def _keys(layout: Layout) -> Sequence[Key]:
    return [(layout.device, point.id) for point in layout.points]


def _devices(layouts: Iterable[Layout]) -> list[str]:
    return sorted({layout.device for layout in layouts})
