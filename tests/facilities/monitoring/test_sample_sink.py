"""The sink of the collector: store first, catalogue beside it, compaction when it is due."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from facilities.monitoring.catalogue import RecordsCatalogue
from facilities.monitoring.sample_sink import SampleSink
from telemetry.errors import StoreAway
from telemetry.sample import Layout
from telemetry.stores.embedded import EmbeddedStore
from telemetry.stores.health import check
from telemetry.stores.memory import MemoryStore
from tests.facilities.monitoring.conftest import NOW, PDU_POINTS, PROBE_POINTS, block, layout


class Shelf(RecordsCatalogue):
    """A catalogue that can be away."""

    def __init__(self) -> None:
        self.kept: list[Layout] = []
        self.away = False

    def put_all(self, layouts: Collection[Layout]) -> None:
        if self.away:
            raise StoreAway("the catalogue is away")
        self.kept += layouts


def probe(minute: int = 0, device: str = "probe-1") -> Any:
    return block(layout(device, PROBE_POINTS), (20.0,), NOW.replace(minute=minute))


def test_each_layout_is_noted_once() -> None:
    shelf = Shelf()
    sink = SampleSink(MemoryStore(), shelf, 60.0)
    sink.take([probe(1), probe(2), probe(1, "probe-2")])
    sink.take([probe(3)])
    assert [each.device for each in shelf.kept] == ["probe-1", "probe-2"]
    sink.take([block(layout("probe-1", PDU_POINTS), (1.0, 2.0, 1), NOW)])
    assert [each.device for each in shelf.kept] == ["probe-1", "probe-2", "probe-1"]


def test_samples_are_kept_while_the_catalogue_is_away_and_layouts_follow() -> None:
    shelf, store = Shelf(), MemoryStore()
    shelf.away = True
    sink = SampleSink(store, shelf, 60.0)
    sink.take([probe(1)])
    assert len(store.latest()) == 1
    assert sink.trouble == "the catalogue is away"
    shelf.away = False
    sink.take([probe(2)])
    assert [each.device for each in shelf.kept] == ["probe-1"]
    assert sink.trouble == ""


def test_what_the_store_refuses_is_raised_and_nothing_is_noted() -> None:
    class Away(MemoryStore):
        def write(self, blocks: Any) -> None:
            raise StoreAway(f"no room for {len(blocks)}")

    shelf = Shelf()
    with pytest.raises(StoreAway):
        SampleSink(Away(), shelf, 60.0).take([probe(1)])
    assert shelf.kept == []


def test_closed_hours_are_compacted_when_it_is_due(tmp_path: Path) -> None:
    path = tmp_path / "samples.db"
    sink = SampleSink(EmbeddedStore(path), Shelf(), 0.0)
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=3)
    of = layout("probe-1", PROBE_POINTS)
    sink.take([block(of, (20.0 + n,), hour + timedelta(minutes=n)) for n in range(30)])
    sink.close()
    found = check(path)
    assert (found.chunks, found.recent_blocks, found.samples) == (1, 0, 30)
    assert sink.trouble == ""
