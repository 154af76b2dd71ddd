"""Samples in InfluxDB: 1.x, 2.x or 3, by line protocol and InfluxQL only.

The database must exist. Layouts live in the catalogue, numbers and times in InfluxDB; lines.py says
what is kept and what is not. Writing the same block again is safe. Steps are cut by the server at
the same multiples as by the other stores.
"""

import threading
from collections.abc import Collection, Iterator, Sequence

from telemetry.errors import StoreAway, StoreError
from telemetry.points import PollClass
from telemetry.sample import Block, Layout
from telemetry.stores import influxql
from telemetry.stores.base import Bucket, Catalogue, Latest, SeriesQuery
from telemetry.stores.checks import check_block, check_query
from telemetry.stores.influx_http import InfluxReader, InfluxWriter
from telemetry.stores.influx_latest import Newest, assemble, silent, unusable, worded
from telemetry.stores.influx_url import InfluxUrl
from telemetry.stores.lines import lines_of, series_of

_LINES_AT_ONCE = 5000
_DEVICES_AT_ONCE = 200
_RECENTLY = "1h"

_Key = tuple[str, PollClass]


class InfluxStore:
    """A Store in an InfluxDB database."""

    def __init__(self, url: InfluxUrl, catalogue: Catalogue, *, read_only: bool = False) -> None:
        self._url = url
        self._catalogue = catalogue
        self._writer = None if read_only else InfluxWriter(url)
        self._reader = InfluxReader(url)
        self._lock = threading.Lock()
        self._known: dict[_Key, tuple[int, Layout]] = {}
        self._series: dict[_Key, tuple[Layout, list[tuple[str, str]]]] = {}

    def write(self, blocks: Sequence[Block]) -> None:
        """See Store. A block with the time of another replaces its cells.

        On StoreAway nothing, or only the first blocks, were taken: write all of them again.
        """
        if self._writer is None:
            raise StoreError(f"{self._url.where}: opened for reading only")
        for block in blocks:
            check_block(block)
        with self._lock:
            for block in blocks:
                self._note_layout(block)
            lines = [line for block in blocks for line in lines_of(block, self._series_of(block))]
            _send_all(self._writer, lines)

    def latest(self, devices: Collection[str] | None = None) -> list[Latest]:
        """See Store. Texts of identity points come back, texts of other points do not."""
        layouts = sorted(
            self._catalogue.layouts(devices), key=lambda one: (one.device, one.poll_class)
        )
        by_device: dict[str, list[Layout]] = {}
        for layout in layouts:
            by_device.setdefault(layout.device, []).append(layout)
        found = []
        for names in _parts(list(by_device), _DEVICES_AT_ONCE):
            found += self._latest([layout for name in names for layout in by_device[name]])
        return found

    def series(self, query: SeriesQuery) -> list[Bucket]:
        """See Store."""
        check_query(query)
        if query.start_ms >= query.end_ms:
            return []
        columns = ("mean", "min", "max", "count", "sum")
        tables = self._reader.ask(influxql.bucketed(query), columns)
        # The server reads each column by itself: of a write that is just coming in, a row may have
        # some and lack others. Such a row is not there yet.
        rows = [row for table in tables for row in table.rows if None not in row]
        return [_bucket(query, row) for row in rows]

    def close(self) -> None:
        """See Store."""
        if self._writer:
            self._writer.close()
        self._reader.close()

    def _latest(self, layouts: list[Layout]) -> list[Latest]:
        """Of some devices: what was said lately, then what else is needed of whom."""
        newest = Newest()
        names = {layout.device for layout in layouts}
        recent = influxql.newest_cells(sorted(names), _RECENTLY)
        newest.add_cells(self._reader.ask(recent, influxql.CELLS))
        if old := silent(layouts, newest):
            newest.add_cells(self._reader.ask(influxql.newest_cells(old), influxql.CELLS))
        if wanting := unusable(layouts, newest):
            newest.add_last(self._reader.ask(influxql.last_values(wanting), ["last"]))
        if texts := worded(layouts):
            newest.add_texts(self._reader.ask(influxql.newest_texts(texts), ["last"]))
        found = (assemble(layout, newest) for layout in layouts)
        return [latest for latest in found if latest]

    def _note_layout(self, block: Block) -> None:
        """Put a layout into the catalogue when it is new, unless the block is late."""
        key = block.layout.device, block.layout.poll_class
        at_ms, layout = self._known.get(key, (-1, None))
        if block.at_ms < at_ms:
            return
        if layout is not block.layout and layout != block.layout:
            self._catalogue.put(block.layout)
        self._known[key] = block.at_ms, block.layout

    def _series_of(self, block: Block) -> list[tuple[str, str]]:
        key = block.layout.device, block.layout.poll_class
        layout, series = self._series.get(key, (None, []))
        if layout is not block.layout:
            series = series_of(block.layout)
            self._series[key] = block.layout, series
        return series


def _send_all(writer: InfluxWriter, lines: list[str]) -> None:
    """Send in batches; one that is refused for good does not keep back the others."""
    refused = None
    for batch in _parts(lines, _LINES_AT_ONCE):
        try:
            writer.send(batch)
        except StoreAway:
            raise
        except StoreError as error:
            refused = refused or error
    if refused:
        raise refused


def _parts(items: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _bucket(query: SeriesQuery, row: list[float]) -> Bucket:
    start, mean, least, most, count, covered_s = row
    at_ms = int(start)
    within_ms = min(at_ms + query.step_ms, query.end_ms) - max(at_ms, query.start_ms)
    coverage = min(1.0, 1000 * covered_s / within_ms)
    return Bucket(at_ms, float(least), float(mean), float(most), int(count), coverage)
