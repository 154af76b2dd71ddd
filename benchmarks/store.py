"""The sample stores: ingest, bytes per sample, charts, latest; beside the limits and InfluxDB.

Numbers are those of rack PDUs: 0.1 V, 0.01 A, whole watts, counters, power factors, with the noise
of real ones, one block every 30 s. InfluxDB does a bounded share of the same work in the same run,
where an `influxd` is on PATH or named by INFLUXD.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks._influx import influxd, influxd_program
from benchmarks.table import Row, median_of, show
from telemetry.points import Kind, Point, PollClass, Quantity
from telemetry.sample import Block, Layout
from telemetry.stores.base import SeriesQuery, Store
from telemetry.stores.embedded import EmbeddedStore
from telemetry.stores.health import check
from telemetry.stores.memory import MemoryCatalogue
from telemetry.stores.open import open_store

T0 = 1_790_553_600_000  # a midnight
EVERY_MS = 30_000
DAY_MS = 86_400_000
ROUNDS_A_DAY = DAY_MS // EVERY_MS
#: Sizes of the peer's share: enough to be past its start-up, little enough to wait for.
PEER_DEVICES, PEER_ROUNDS, PEER_POINTS = 250, 40, 20


def rack_pdu(device: str, points: int) -> Layout:
    """A PDU of so many points of five kinds."""
    kinds = (
        ("voltage", Quantity.VOLTAGE, "V"),
        ("current", Quantity.CURRENT, "A"),
        ("active_power", Quantity.ACTIVE_POWER, "W"),
        ("active_energy", Quantity.ACTIVE_ENERGY, "Wh"),
        ("power_factor", Quantity.POWER_FACTOR, "1"),
    )
    made = []
    for index in range(points):
        name, quantity, unit = kinds[index % 5]
        kind = Kind.COUNTER if quantity is Quantity.ACTIVE_ENERGY else Kind.GAUGE
        id_ = f"outlet.{index // 5}.{name}"
        made.append(Point(id_, f"Outlet {index // 5}", quantity, unit, kind, f"fc3:{index}"))
    return Layout(device, PollClass.NORMAL, EVERY_MS / 1000, tuple(made))


def readings(rounds: int, points: int, seed: int) -> list[tuple[float, ...]]:
    """What a PDU says over time: rounds x points."""
    noise = np.random.default_rng(seed)
    day = np.sin(np.arange(rounds) / ROUNDS_A_DAY * 2 * np.pi)
    columns = []
    for index in range(points):
        jitter = noise.normal(0, 1, rounds)
        columns.append(
            (
                np.round(230 + 1.5 * day + 0.3 * jitter, 1),
                np.round(1.8 + 0.4 * day + 0.03 * jitter, 2),
                np.round(410 + 90 * day + 6 * jitter),
                np.floor(1e6 + np.cumsum(3.4 + 0.5 * np.abs(jitter))),
                np.round(0.97 + 0.004 * jitter, 2),
            )[index % 5]
        )
    return [tuple(row) for row in np.array(columns).T.tolist()]


def life(layout: Layout, rounds: int, seed: int = 0) -> list[Block]:
    """The blocks of one device, 30 s apart, answered with a little jitter."""
    jitter = np.random.default_rng(seed).integers(0, 60, rounds).tolist()
    good, count = bytes(len(layout.points)), len(layout.points)
    return [
        Block(layout, T0 + n * EVERY_MS + jitter[n], row, good, tuple(map(int, row)))
        for n, row in enumerate(readings(rounds, count, seed))
    ]


def fleet(devices: int, points: int, rounds: int) -> list[list[Block]]:
    """Rounds of blocks of every device; PDUs of one model share their list of points."""
    model = rack_pdu("", points)
    rows = readings(rounds + devices, points, 1)
    layouts = [
        Layout(f"pdu-{n:05}", model.poll_class, model.every_s, model.points) for n in range(devices)
    ]
    good, raws = bytes(points), [tuple(map(int, row)) for row in rows]
    return [
        [
            Block(layout, T0 + r * EVERY_MS + n % 60, rows[r + n], good, raws[r + n])
            for n, layout in enumerate(layouts)
        ]
        for r in range(rounds)
    ]


def parts(blocks: list[Block], size: int) -> Iterator[list[Block]]:
    """Blocks as the poller hands them over: some hundreds a transaction."""
    for start in range(0, len(blocks), size):
        yield blocks[start : start + size]


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ingest(store: Store, rounds: list[list[Block]]) -> float:
    """Samples per second, in transactions of 500 blocks; devices are known already."""

    def write_all() -> None:
        for blocks in rounds[1:]:
            for part in parts(blocks, 500):
                store.write(part)

    store.write(rounds[0])
    samples = sum(len(block.values) for blocks in rounds[1:] for block in blocks)
    return samples / seconds(write_all)


def compact(store: EmbeddedStore, now_ms: int) -> None:
    """Everything that is closed."""
    while store.compact(now_ms).more:
        pass


def wide_and_narrow(folder: Path) -> list[Row]:
    """Ingest and latest of 100,000 series, as few wide and as many narrow devices."""
    rows = []
    for devices, points, limit in ((1000, 100, 2.6), (5000, 20, None)):
        path = folder / f"wide{points}.db"
        store = EmbeddedStore(path)
        speed = ingest(store, fleet(devices, points, 12)) / 1e6
        name = f"{devices} devices x {points} points"
        rows.append(Row(f"ingest, {name}", speed, "M samples/s", limit, more_is_better=True))
        reader = EmbeddedStore(path, read_only=True)
        cold = seconds(reader.latest) * 1000
        warm = median_of(lambda r=reader: seconds(r.latest) * 1000)  # type: ignore[misc]
        rows.append(Row(f"latest of all, {name}", warm, "ms", 28.0))
        rows.append(Row("  the first time in a process", cold, "ms"))
        reader.close()
        store.close()
    return rows


def size_and_compaction(folder: Path, devices: int = 12, points: int = 24) -> list[Row]:
    """Two days of some PDUs, compacted each hour as a collector does."""
    path, spent = folder / "size.db", 0.0
    store = EmbeddedStore(path)
    lives = [life(rack_pdu(f"pdu-{n}", points), 2 * ROUNDS_A_DAY, n) for n in range(devices)]
    for start in range(0, 2 * ROUNDS_A_DAY, 120):
        for blocks in lives:
            store.write(blocks[start : start + 120])
        spent += seconds(lambda now=T0 + start * EVERY_MS: compact(store, now))  # type: ignore[misc]
    spent += seconds(lambda: compact(store, T0 + 4 * DAY_MS))
    store.close()
    samples, health = devices * points * 2 * ROUNDS_A_DAY, check(path)
    one_hour = 100_000 * 120
    share = spent / samples * one_hour / 3600 * 100
    return [
        Row("bytes per sample, chunks", health.chunk_bytes / samples, "B", 1.0),
        Row("bytes per sample, whole file in use", health.used_bytes / samples, "B", 1.0),
        Row("bytes per sample, file on disk", path.stat().st_size / samples, "B"),
        Row("compaction of 100,000 series at 30 s", share, "% of a core"),
    ]


def month(store: Store, points: int) -> SeriesQuery:
    """Write 30 days of one device; the query for 500 buckets of one of its points."""
    layout = rack_pdu("pdu-month", points)
    for part in parts(life(layout, 30 * ROUNDS_A_DAY), 2880):
        store.write(part)
    end_ms = T0 + 30 * DAY_MS
    return SeriesQuery("pdu-month", layout.points[1].id, T0, end_ms, 30 * DAY_MS // 500)


def chart(store: Store, query: SeriesQuery) -> float:
    """Milliseconds for one chart."""
    assert len(store.series(query)) in (500, 501)  # noqa: S101 (a chart of nothing is quick)
    return median_of(lambda: seconds(lambda: store.series(query)) * 1000)


def charts(folder: Path) -> list[Row]:
    """One series of a 24-point device, from day chunks."""
    store = EmbeddedStore(folder / "month.db")
    query = month(store, 24)
    compact(store, T0 + 32 * DAY_MS)
    row = Row("one series, 30 days to 500 buckets", chart(store, query), "ms", 28.0)
    store.close()
    return [row]


def beside_influx(folder: Path) -> list[Row]:
    """The same share of work by both; the limit is InfluxDB."""
    name = f"{PEER_DEVICES} devices x {PEER_POINTS} points"
    rounds = fleet(PEER_DEVICES, PEER_POINTS, PEER_ROUNDS)
    embedded = EmbeddedStore(folder / "peer.db")
    with influxd(folder / "influx") as url:
        influx = open_store(url, MemoryCatalogue())
        speeds = [ingest(store, rounds) / 1e6 for store in (embedded, influx)]
        latest = [
            median_of(lambda s=store: seconds(s.latest) * 1000, 3)  # type: ignore[misc]
            for store in (embedded, influx)
        ]
        queries = [month(store, 2) for store in (embedded, influx)]
        compact(embedded, T0 + 32 * DAY_MS)
        times = [chart(store, q) for store, q in zip((embedded, influx), queries, strict=True)]
        influx.close()
    embedded.close()
    peer = "InfluxDB"
    return [
        Row(f"ingest, {name}", speeds[0], "M samples/s", speeds[1], peer, more_is_better=True),
        Row(f"latest of all, {name}", latest[0], "ms", latest[1], peer),
        Row("one series, 30 days to 500 buckets", times[0], "ms", times[1], peer),
    ]


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        rows = [*wide_and_narrow(place), *size_and_compaction(place), *charts(place)]
        show("Embedded store, against the targets", rows)
        if influxd_program():
            show("Embedded store, against InfluxDB in this run", beside_influx(place))
        else:
            sys.stdout.write("InfluxDB: skipped, no influxd on PATH nor in INFLUXD\n")


if __name__ == "__main__":
    main()
