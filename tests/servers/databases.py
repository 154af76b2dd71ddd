"""A real PostgreSQL of our own: made by initdb in a temporary folder, gone with it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest

from tests.servers.processes import LOOPBACK, free_port, running
from tests.servers.registry import require

#: What keeps data over a crash of the machine costs most of the time, and a test needs none of it.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server. `port` is on loopback, its superuser is `postgres` without a password."""

    port: int
    folder: Path
    pid: int

    def url(self, database: str = "postgres") -> str:
        """The SQLAlchemy address of a database of this server."""
        return f"postgresql+psycopg://postgres@{LOOPBACK}:{self.port}/{database}"

    def create(self) -> str:
        """The address of a new, empty database."""
        name = f"t{os.getpid()}_{next(_numbers)}"
        address = self.url().replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)


def server_user() -> str | None:
    """PostgreSQL refuses to run as root: then it runs as the user the package made."""
    return "postgres" if os.geteuid() == 0 else None


def accepts_queries(port: int) -> bool:
    """True when the server answers a query; taking connections comes earlier."""
    try:
        address = f"postgresql://postgres@{LOOPBACK}:{port}/postgres"
        with psycopg.connect(address, connect_timeout=2) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


@contextmanager
def postgres_server(options: Mapping[str, str] = FAST) -> Iterator[Postgres]:
    """A PostgreSQL on a free port. Durability tests pass `options={}` for its honest defaults."""
    program, user = require("postgres"), server_user()
    # Not under pytest's own folder: that is closed to other users, and PostgreSQL may be one.
    home = Path(tempfile.mkdtemp(prefix="rackhouse-pg-", dir="/tmp"))
    try:
        if user:
            shutil.chown(home, user)
        data, port = home / "data", free_port()
        initdb = [
            str(program.with_name("initdb")),
            "-D",
            str(data),
            "-A",
            "trust",
            "-U",
            "postgres",
        ]
        subprocess.run([*initdb, "-E", "UTF8", "--no-sync", "--no-locale"], check=True, user=user,
                       capture_output=True, cwd=home)  # fmt: skip
        command = [str(program), "-D", str(data), "-p", str(port), "-h", LOOPBACK, "-k", str(home)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with running(command, lambda: accepts_queries(port), home / "log", user=user) as process:
            yield Postgres(port, data, process.pid)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL for the whole run (one per worker); take `.create()` for a database."""
    with postgres_server() as server:
        yield server
