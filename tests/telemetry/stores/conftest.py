"""The stores under the contract. Servers are real; each test gets a database of its own.

`influx v1` speaks to whatever influxd is here through /write. `influx v2` posts to /api/v2/write:
of the server itself where it has that (1.8 and later, see INFLUXD), else of nginx, which hands it
to the /write of the same engine.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import pytest

from telemetry.stores.base import Store
from telemetry.stores.embedded import EmbeddedStore
from telemetry.stores.memory import MemoryCatalogue, MemoryStore
from telemetry.stores.open import open_store
from tests.servers import LOOPBACK, free_port, nginx_server
from tests.telemetry.stores.witness import influx_query, speaks_v2

_numbers = count(1)

V2_TO_V1 = """
map $arg_bucket $idb {{ ~*^(?<d>.*?)(/|%2F)(?<r>.*)$ $d;  default $arg_bucket; }}
map $arg_bucket $irp {{ ~*^(?<d2>.*?)(/|%2F)(?<r2>.*)$ $r2; default ""; }}
server {{ listen {host}:{port}; client_max_body_size 32m;
  location = /api/v2/write {{
    rewrite ^ /write?db=$idb&rp=$irp&precision=$arg_precision? break; proxy_pass {engine}; }}
  location / {{ proxy_pass {engine}; }} }}
"""


class OpenEmbedded(Protocol):
    """Opens an embedded store that is closed after the test."""

    def __call__(self, path: Path, **options: Any) -> EmbeddedStore: ...


@pytest.fixture
def embedded() -> Iterator[OpenEmbedded]:
    """EmbeddedStore, but none is left open."""
    with ExitStack() as stack:
        yield lambda path, **options: stack.enter_context(closing(EmbeddedStore(path, **options)))


@pytest.fixture(scope="session")
def influx_v2(influxd: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An address where /api/v2/write is answered."""
    if speaks_v2(influxd):
        yield influxd
        return
    port = free_port()
    body = V2_TO_V1.format(host=LOOPBACK, port=port, engine=influxd)
    with nginx_server(tmp_path_factory.mktemp("nginx"), body, port) as url:
        yield url


@pytest.fixture
def database(influxd: str) -> Iterator[str]:
    """An empty InfluxDB database."""
    name = f"t{next(_numbers)}"
    influx_query(influxd, f"CREATE DATABASE {name}")
    yield name
    influx_query(influxd, f"DROP DATABASE {name}")


@pytest.fixture
def open_influx(request: pytest.FixtureRequest) -> Callable[[str], Store]:
    """Opens a store of the mode `v1` or `v2` over a database of its own."""

    def make(mode: str) -> Store:
        server = request.getfixturevalue("influxd" if mode == "v1" else "influx_v2")
        database = request.getfixturevalue("database")
        url = f"{server.replace('http', 'influx')}/{database}?mode={mode}"
        return open_store(url, MemoryCatalogue())

    return make


@pytest.fixture(params=["memory", "embedded", "influx v1", "influx v2"])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, open_influx: Callable[[str], Store]
) -> Iterator[Store]:
    """Each store in turn, empty."""
    made: Store
    if request.param == "memory":
        made = MemoryStore()
    elif request.param == "embedded":
        made = EmbeddedStore(tmp_path / "samples.db")
    else:
        made = open_influx(request.param.removeprefix("influx "))
    yield made
    made.close()
