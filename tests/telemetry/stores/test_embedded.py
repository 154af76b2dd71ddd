"""The embedded store as a file: who may open it, what is in it, what compacting does."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from telemetry.errors import StoreAway, StoreError
from telemetry.stores import file
from telemetry.stores.base import SeriesQuery
from telemetry.stores.embedded import EmbeddedStore
from tests.telemetry.stores.child import CHECKOUT
from tests.telemetry.stores.conftest import OpenEmbedded
from tests.telemetry.stores.world import HOUR, MINUTE, PDU, POWER, T0, block, pdu


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "samples.db"


def rows(path: Path, table: str) -> int:
    db = sqlite3.connect(path)
    (count,) = db.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
    db.close()
    return int(count)


def series(
    store: EmbeddedStore, start_ms: int, end_ms: int, device: str = "pdu-a-r07"
) -> list[float]:
    query = SeriesQuery(device, POWER.id, start_ms, end_ms, MINUTE)
    return [bucket.mean for bucket in store.series(query)]


def test_a_reader_is_empty_until_there_is_a_file_and_then_follows_it(
    embedded: OpenEmbedded, path: Path
) -> None:
    reader = embedded(path, read_only=True)
    assert reader.latest() == []
    assert not path.exists()
    writer = embedded(path)
    assert reader.latest() == []
    for minute in range(3):
        writer.write([pdu(T0 + minute * MINUTE, watts=minute)])
        assert reader.latest()[0].block.values[1] == minute
    assert series(reader, T0, T0 + HOUR) == [0.0, 1.0, 2.0]


def test_a_file_that_is_made_but_has_no_tables_yet_reads_as_empty(
    embedded: OpenEmbedded, path: Path
) -> None:
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode=WAL")
    reader = embedded(path, read_only=True)
    assert reader.latest() == []
    db.close()
    path.with_name("empty.db").touch()
    assert embedded(path.with_name("empty.db"), read_only=True).latest() == []


def test_a_reader_in_another_process_reads_while_the_writer_is_open(
    embedded: OpenEmbedded, path: Path
) -> None:
    writer = embedded(path)
    writer.write([pdu(T0, watts=77.0)])
    code = (
        "import sys; from pathlib import Path; from telemetry.stores.embedded import EmbeddedStore;"
        "print(EmbeddedStore(Path(sys.argv[1]), read_only=True).latest()[0].block.values[1])"
    )
    for _ in range(2):
        told = subprocess.run(
            [sys.executable, "-c", code, path],
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert told.stdout == "77.0\n"
        writer.close()


def test_a_reader_survives_a_fork(embedded: OpenEmbedded, path: Path) -> None:
    embedded(path).write([pdu(T0)])
    code = (
        "import os, sys; from pathlib import Path;"
        "from telemetry.stores.embedded import EmbeddedStore;"
        "reader = EmbeddedStore(Path(sys.argv[1]), read_only=True);"
        "counts = [len(reader.latest())];"
        "child = os.fork();"
        "counts.append(len(reader.latest()));"
        "child or os._exit(counts != [1, 1]);"
        "sys.exit(counts != [1, 1] or os.waitpid(child, 0)[1])"
    )
    assert (
        subprocess.run([sys.executable, "-c", code, path], check=False, cwd=CHECKOUT).returncode
        == 0
    )


def test_a_reader_takes_up_a_file_that_was_put_in_the_place_of_the_old(
    embedded: OpenEmbedded, path: Path
) -> None:
    for name, watts in (("one.db", 1.0), ("two.db", 2.0)):
        store = embedded(path.with_name(name))
        store.write([pdu(T0, watts=watts), block(replace(PDU, device=name), T0, 1, 2, 3)])
        store.close()
    path.with_name("one.db").rename(path)
    reader = embedded(path, read_only=True)
    assert [x.block.layout.device for x in reader.latest()] == ["one.db", "pdu-a-r07"]
    path.with_name("two.db").rename(path)
    assert [x.block.layout.device for x in reader.latest()] == ["pdu-a-r07", "two.db"]
    path.unlink()
    assert reader.latest() == []


def test_only_one_process_writes(embedded: OpenEmbedded, path: Path) -> None:
    store = embedded(path)
    with pytest.raises(StoreError, match="another process writes"):
        embedded(path)
    store.close()
    embedded(path).close()


def test_a_reader_refuses_to_write(embedded: OpenEmbedded, path: Path) -> None:
    with pytest.raises(StoreError, match="reading only"):
        embedded(path, read_only=True).write([pdu(T0)])
    with pytest.raises(StoreError, match="reading only"):
        embedded(path, read_only=True).compact(T0)


def test_a_database_of_something_else_is_left_alone(embedded: OpenEmbedded, path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE people (name TEXT)")
    db.close()
    for read_only in (False, True):
        with pytest.raises(StoreError, match="not a sample store"):
            embedded(path, read_only=read_only).latest()
    assert rows(path, "people") == 0


def test_a_file_that_is_no_database_is_refused_as_such(embedded: OpenEmbedded, path: Path) -> None:
    path.write_text("holiday notes " * 100)
    with pytest.raises(StoreError, match="not a database"):
        embedded(path)


def test_a_file_of_a_newer_program_is_refused_with_both_versions(
    embedded: OpenEmbedded, path: Path
) -> None:
    embedded(path).close()
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version={file.VERSION + 1}")
    db.close()
    for read_only in (False, True):
        with pytest.raises(StoreError, match=f"version {file.VERSION + 1}.*knows {file.VERSION}"):
            embedded(path, read_only=read_only).latest()


def test_a_folder_that_cannot_be_made_is_said_in_one_line(
    embedded: OpenEmbedded, tmp_path: Path
) -> None:
    (tmp_path / "flat").write_text("")
    with pytest.raises(StoreAway, match="File exists"):
        embedded(tmp_path / "flat" / "samples.db")


def test_a_file_locked_by_another_program_is_away_and_comes_back(
    embedded: OpenEmbedded, path: Path
) -> None:
    store = embedded(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store._connect()[0].execute("PRAGMA busy_timeout=50")
    with pytest.raises(StoreAway, match="locked"):
        store.write([pdu(T0)])
    other.execute("ROLLBACK")
    other.close()
    store.write([pdu(T0)])
    assert len(store.latest()) == 1


@pytest.mark.parametrize(("sync", "level"), [("normal", 1), ("full", 2)])
def test_the_file_is_synced_as_asked(
    embedded: OpenEmbedded, path: Path, sync: str, level: int
) -> None:
    store = embedded(path, sync=sync)
    assert store._connect()[0].execute("PRAGMA synchronous").fetchone() == (level,)
    with pytest.raises(StoreError, match="sync=often"):
        embedded(path, sync="often")


def test_devices_of_one_model_share_their_points_in_the_file(
    embedded: OpenEmbedded, path: Path
) -> None:
    store = embedded(path)
    store.write([block(replace(PDU, device=f"pdu-{n}"), T0, 1, 2, 3) for n in range(20)])
    assert (rows(path, "points"), rows(path, "layout"), rows(path, "device")) == (1, 20, 20)


def test_a_new_interval_is_a_new_layout_and_coming_back_to_the_old_is_not(
    embedded: OpenEmbedded, path: Path
) -> None:
    store = embedded(path)
    for minute, every_s in enumerate((30.0, 60.0, 30.0)):
        store.write([block(replace(PDU, every_s=every_s), T0 + minute * MINUTE, 1, 2, 3)])
    assert rows(path, "layout") == 2


def test_many_threads_read_while_one_writes(embedded: OpenEmbedded, path: Path) -> None:
    writer, reader = embedded(path), embedded(path, read_only=True)
    layouts = [replace(PDU, device=f"pdu-{n}") for n in range(20)]

    def read(number: int) -> int:
        device = f"pdu-{number}"
        while len(found := series(reader, T0, T0 + HOUR, device)) < 60:
            assert found == [float(minute) for minute in range(len(found))]
            assert len(reader.latest()) <= 20
        return len(found)

    with ThreadPoolExecutor(8) as pool:
        told = [pool.submit(read, number) for number in range(8)]
        for minute in range(60):
            writer.write([block(layout, T0 + minute * MINUTE, 1, minute, 3) for layout in layouts])
        assert [one.result(30) for one in told] == [60] * 8
