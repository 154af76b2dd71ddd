"""A house of its own on disk, served by the real command, on SQLite and on an honest PostgreSQL."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.servers.databases import postgres_server
from tests.servers.demo import launch, rackhouse, until_answers
from tests.servers.family import alive, family
from tests.servers.processes import LOOPBACK, free_port, stop, wait_until

if sys.platform != "linux":
    collect_ignore_glob = ["test_*.py"]


@dataclass
class Served:
    """`rackhouse serve` on a folder; `database` is its RACKHOUSE_DATABASE_URL, "" for SQLite."""

    folder: Path
    database: str
    token: str = ""
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def do(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A `rackhouse` command on the same records."""
        return rackhouse(self.folder, *words, RACKHOUSE_DATABASE_URL=self.database)

    def start(self) -> None:
        """Serve, and wait until it answers."""
        log = self.folder / "serve.log"
        words = ["serve", "--bind", f"{LOOPBACK}:{self.port}"]
        self.process = launch(self.folder, log, words, RACKHOUSE_DATABASE_URL=self.database)
        until_answers(self.process, f"http://{LOOPBACK}:{self.port}/healthz", log)

    def pids(self) -> set[int]:
        """The master and its workers."""
        return set(family(self.process.pid)) if self.process else set()

    def kill(self) -> None:
        """kill -9 for the master and every worker, all at once."""
        assert self.process is not None
        pids = self.pids()
        assert len(pids) >= 2, "a master and a worker"
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        self.process.wait()
        wait_until(lambda: not any(alive(pid) for pid in pids), "they are gone")

    def check(self) -> None:
        """The history verifies, and SQLite finds its file whole."""
        verified = self.do("history", "verify")
        assert verified.returncode == 0, verified.stderr
        if not self.database:
            with sqlite3.connect(self.folder / "rackhouse.db") as records:
                assert records.execute("PRAGMA quick_check").fetchall() == [("ok",)]
                assert records.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """ "" for SQLite in the folder, else a PostgreSQL that syncs as it does in earnest."""
    if request.param == "sqlite":
        yield ""
        return
    with postgres_server(options={}) as server:
        yield server.create()


@pytest.fixture
def served(tmp_path: Path, database: str) -> Iterator[Served]:
    """An empty house that is served, with a token that may edit parties."""
    house = Served(tmp_path, database)
    assert house.do("db", "upgrade").returncode == 0
    made = house.do("token", "add", "load", "--scope", "facilities")
    assert made.returncode == 0, made.stderr
    house.token = made.stdout.strip()
    house.start()
    try:
        yield house
    finally:
        if house.process is not None:
            stop(house.process)
