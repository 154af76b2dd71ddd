"""Real time series servers: InfluxDB (whatever influxd is here) and VictoriaMetrics."""

import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

import pytest

from tests.servers.processes import LOOPBACK, free_port, running
from tests.servers.registry import require

INFLUX_1 = """
reporting-disabled = true
bind-address = "{host}:{rpc}"
[meta]
  dir = "{home}/meta"
[data]
  dir = "{home}/data"
  wal-dir = "{home}/wal"
  index-version = "tsi1"
  query-log-enabled = false
[monitor]
  store-enabled = false
[http]
  bind-address = "{host}:{port}"
  log-enabled = false
"""


def answers(url: str) -> bool:
    """True when a GET of `url` is answered with any success."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return 200 <= int(answer.status) < 300
    except (URLError, OSError):
        return False


@contextmanager
def influx_server(home: Path, port: int = 0) -> Iterator[str]:
    """InfluxDB 1.x over the data in `home`; yields its address. A set `port` is for restarts."""
    program, port = require("influxd"), port or free_port()
    config = home / "influx.conf"
    home.mkdir(parents=True, exist_ok=True)
    config.write_text(INFLUX_1.format(host=LOOPBACK, rpc=free_port(), port=port, home=home))
    url = f"http://{LOOPBACK}:{port}"
    command = [program, "run", "-config", config]
    with running(command, lambda: answers(f"{url}/ping"), home / "log"):
        yield url


@contextmanager
def victoria_server(home: Path, port: int = 0) -> Iterator[str]:
    """VictoriaMetrics over the data in `home`, set to count a rewritten sample once."""
    program, port = require("victoria-metrics"), port or free_port()
    home.mkdir(parents=True, exist_ok=True)
    url = f"http://{LOOPBACK}:{port}"
    command = [program, f"-storageDataPath={home}/data", f"-httpListenAddr={LOOPBACK}:{port}"]
    command += ["-retentionPeriod=10y", "-dedup.minScrapeInterval=1ms"]
    with running(command, lambda: answers(f"{url}/health"), home / "log"):
        yield url


@pytest.fixture(scope="session")
def influxd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real InfluxDB; make databases with names of your own."""
    with influx_server(tmp_path_factory.mktemp("influx")) as url:
        yield url


@pytest.fixture(scope="session")
def victoria(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real VictoriaMetrics."""
    with victoria_server(tmp_path_factory.mktemp("victoria")) as url:
        yield url
