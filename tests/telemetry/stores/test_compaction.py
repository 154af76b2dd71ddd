"""Closed hours become chunks, closed days day chunks; nothing that is read changes by it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from telemetry.sample import Block
from telemetry.stores import compaction
from telemetry.stores.base import SeriesQuery
from telemetry.stores.embedded import EmbeddedStore
from tests.telemetry.stores.conftest import OpenEmbedded
from tests.telemetry.stores.test_embedded import rows
from tests.telemetry.stores.world import DAY, HOUR, MINUTE, PDU, POWER, SECOND, T0, block, pdu

MIDNIGHT = T0 // DAY * DAY


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "samples.db"


@pytest.fixture
def store(embedded: OpenEmbedded, path: Path) -> EmbeddedStore:
    return embedded(path)


def compact_all(store: EmbeddedStore, now_ms: int) -> int:
    steps = 0
    while store.compact(now_ms).more:
        steps += 1
    return steps


def watts(store: EmbeddedStore, device: str = "pdu-a-r07") -> list[tuple[int, float]]:
    query = SeriesQuery(device, POWER.id, MIDNIGHT - DAY, MIDNIGHT + 3 * DAY, SECOND)
    return [(bucket.at_ms, bucket.mean) for bucket in store.series(query)]


def test_an_hour_is_compacted_when_it_is_over_and_late_blocks_had_their_grace(
    store: EmbeddedStore, path: Path
) -> None:
    store.write([pdu(T0 + n * MINUTE, watts=n) for n in range(90)])
    closed = T0 + HOUR + 5 * MINUTE
    assert store.compact(closed - 1) == compaction.NOTHING
    before = watts(store)
    assert store.compact(closed) == compaction.Compaction(HOUR, 1, 60, True)
    assert store.compact(closed) == compaction.NOTHING
    assert (rows(path, "chunk"), rows(path, "recent")) == (1, 30)
    assert watts(store) == before


def test_a_step_is_bounded_by_devices_and_asks_for_the_next(
    store: EmbeddedStore, path: Path
) -> None:
    layouts = [replace(PDU, device=f"pdu-{n}") for n in range(10)]
    store.write([block(layout, T0, 1, 2, 3) for layout in layouts])
    for chunks in (4, 8, 10):
        assert store.compact(T0 + 2 * HOUR, devices=4).more
        assert rows(path, "chunk") == chunks
    assert not store.compact(T0 + 2 * HOUR, devices=4).more


def test_a_closed_day_is_one_chunk(store: EmbeddedStore, path: Path) -> None:
    store.write([pdu(MIDNIGHT + n * 10 * MINUTE, watts=n) for n in range(150)])
    before = watts(store)
    compact_all(store, MIDNIGHT + DAY + HOUR - 1)
    assert rows(path, "chunk") == 1
    compact_all(store, MIDNIGHT + 2 * DAY)
    assert (rows(path, "chunk"), rows(path, "recent")) == (2, 0)
    assert watts(store) == before


def test_a_late_block_is_merged_into_its_hour_and_its_day(store: EmbeddedStore, path: Path) -> None:
    store.write([pdu(MIDNIGHT + n * HOUR, watts=n) for n in range(0, 24, 2)])
    compact_all(store, MIDNIGHT + 2 * DAY)
    store.write([pdu(MIDNIGHT + n * HOUR, watts=n) for n in range(1, 24, 2)])
    before = watts(store)
    assert len(before) == 24
    compact_all(store, MIDNIGHT + 2 * DAY)
    assert (rows(path, "chunk"), rows(path, "recent")) == (1, 0)
    assert watts(store) == before == [(MIDNIGHT + n * HOUR, n) for n in range(24)]


def test_a_late_block_is_merged_into_its_hour_while_the_day_is_open(
    store: EmbeddedStore, path: Path
) -> None:
    store.write([pdu(T0 + n * MINUTE, watts=n) for n in range(0, 60, 2)])
    compact_all(store, T0 + 2 * HOUR)
    store.write([pdu(T0 + n * MINUTE, watts=n) for n in range(1, 60, 2)])
    compact_all(store, T0 + 2 * HOUR)
    assert (rows(path, "chunk"), rows(path, "recent")) == (1, 0)
    assert watts(store) == [(T0 + n * MINUTE, n) for n in range(60)]


def test_a_block_that_comes_again_after_its_hour_was_compacted_counts_once(
    store: EmbeddedStore,
) -> None:
    blocks = [pdu(T0 + n * MINUTE, watts=n) for n in range(60)]
    store.write(blocks)
    compact_all(store, T0 + 2 * HOUR)
    store.write(blocks)
    query = SeriesQuery("pdu-a-r07", POWER.id, T0, T0 + HOUR, HOUR)
    assert [bucket.count for bucket in store.series(query)] == [60]
    compact_all(store, T0 + 2 * HOUR)
    assert [bucket.count for bucket in store.series(query)] == [60]


def test_layouts_of_one_hour_go_into_chunks_of_their_own(store: EmbeddedStore, path: Path) -> None:
    turned = replace(PDU, points=PDU.points[::-1])
    store.write([pdu(T0 + n * MINUTE, watts=n) for n in range(30)])
    store.write([block(turned, T0 + n * MINUTE, 1, n, 2) for n in range(30, 60)])
    compact_all(store, MIDNIGHT + 2 * DAY)
    assert rows(path, "chunk") == 2
    assert watts(store) == [(T0 + n * MINUTE, n) for n in range(60)]


def test_a_step_that_fails_changes_nothing(
    store: EmbeddedStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write([pdu(T0 + n * MINUTE, watts=n) for n in range(60)])
    before = watts(store)
    with monkeypatch.context() as broken:
        broken.setattr(compaction, "encode", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            store.compact(T0 + 2 * HOUR)
    assert (rows(path, "chunk"), rows(path, "recent")) == (0, 60)
    compact_all(store, T0 + 2 * HOUR)
    assert watts(store) == before


def test_the_space_of_compacted_blocks_is_used_again(store: EmbeddedStore, path: Path) -> None:
    sizes = []
    for day in range(4):
        start = MIDNIGHT + day * DAY
        store.write([pdu(start + n * 30 * SECOND, watts=n % 50) for n in range(2880)])
        compact_all(store, start + 2 * DAY)
        sizes.append(path.stat().st_size)
    assert sizes[3] - sizes[1] < 2 * 3 * 2880


def test_a_rack_pdu_costs_less_than_a_byte_per_sample(store: EmbeddedStore) -> None:
    noise = np.random.default_rng(11)
    points = tuple(replace(POWER, id=f"outlet.{n}.active_power") for n in range(48))
    layouts = [replace(PDU, device=f"pdu-{n}", points=points) for n in range(6)]
    for hour in range(24):
        numbers = np.round(noise.normal(230, 0.4, (120, 48)), 1).tolist()
        start = MIDNIGHT + hour * HOUR
        for layout in layouts:
            store.write([
                Block(layout, start + n * 30 * SECOND, tuple(row), bytes(48), tuple(row))
                for n, row in enumerate(numbers)
            ])  # fmt: skip
    compact_all(store, MIDNIGHT + DAY + HOUR - 1)
    assert used_bytes(store) / (6 * 2880 * 48) < 1.0
    compact_all(store, MIDNIGHT + 2 * DAY)
    assert used_bytes(store) / (6 * 2880 * 48) < 1.0


def used_bytes(store: EmbeddedStore) -> int:
    """Bytes of the file that hold something; the rest is there to be used again."""
    db = store._connect()[0]
    pages, free, size = (
        db.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)
