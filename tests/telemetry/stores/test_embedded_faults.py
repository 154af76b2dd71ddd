"""A killed writer and a full disk lose nothing that was acknowledged."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from telemetry.stores.base import SeriesQuery
from telemetry.stores.embedded import EmbeddedStore
from tests.telemetry.stores import child
from tests.telemetry.stores.world import MINUTE, POWER, T0


@contextmanager
def writer(path: Path, *more: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, child.__file__, str(path), *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout
    return process.stdout.readline().split(maxsplit=1)


def assert_all_there(path: Path, batches: int) -> None:
    """Every block of the first `batches` batches can be read, in a sound file."""
    store = EmbeddedStore(path, read_only=True)
    for number in range(child.DEVICES):
        query = SeriesQuery(f"pdu-{number:02}", POWER.id, T0, T0 + batches * MINUTE, MINUTE)
        found = store.series(query)
        assert [bucket.at_ms for bucket in found] == [T0 + k * MINUTE for k in range(batches)]
        assert {bucket.mean for bucket in found} == {float(number)}
    store.close()
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA quick_check").fetchall() == [("ok",)]
    db.close()


def test_a_writer_killed_under_load_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    path, acknowledged = tmp_path / "samples.db", -1
    for until in (70, 71, 140):
        with writer(path) as process:
            assert int(said(process)[1]) > acknowledged
            while acknowledged < until:
                word, number = said(process)
                assert word == "ack"
                acknowledged = int(number)
            process.kill()
            rest = process.stdout.read() if process.stdout else ""
        whole = [line for line in rest.splitlines(keepends=True) if line.endswith("\n")]
        acknowledged += len(whole)
        assert_all_there(path, acknowledged + 1)


def test_a_reader_beside_a_writer_at_full_speed_never_sees_a_hole(tmp_path: Path) -> None:
    path = tmp_path / "samples.db"
    reader = EmbeddedStore(path, read_only=True)
    with writer(path) as process:
        said(process)
        batches = 0
        while batches < 130:
            batches = int(said(process)[1]) + 1
            query = SeriesQuery("pdu-03", POWER.id, T0, T0 + batches * MINUTE, MINUTE)
            assert len(reader.series(query)) == batches
            assert len(reader.latest(["pdu-03", "pdu-04"])) == 2
    reader.close()


@pytest.mark.parametrize("limit", [60_000, 400_000, 2_000_000])
def test_a_full_disk_is_said_and_costs_nothing_acknowledged(tmp_path: Path, limit: int) -> None:
    path = tmp_path / "samples.db"
    EmbeddedStore(path).close()
    with writer(path, str(limit)) as process:
        said(process)
        acknowledged = -1
        while (line := said(process))[0] == "ack":
            acknowledged = int(line[1])
        assert line[0] == "away"
        assert line[1].startswith(f"{acknowledged + 1}: {path}")
        assert said(process) == ["ack", f"{acknowledged + 1}\n"]
        assert process.wait(30) == 0
    assert_all_there(path, acknowledged + 2)
