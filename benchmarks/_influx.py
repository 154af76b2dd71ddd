"""An InfluxDB 1.x of our own on loopback, as a peer."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import urllib3

_CONFIG = """
reporting-disabled = true
bind-address = "127.0.0.1:{rpc}"
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
  bind-address = "127.0.0.1:{port}"
  log-enabled = false
"""
_START_S = 30.0


def influxd_program() -> str | None:
    """The server, None where there is none."""
    return shutil.which(os.environ.get("INFLUXD") or "influxd")


@contextmanager
def influxd(home: Path) -> Iterator[str]:
    """Run it over `home`; yields the store URL of an empty database."""
    home.mkdir()
    port, config = _free_port(), home / "influx.conf"
    config.write_text(_CONFIG.format(home=home, port=port, rpc=_free_port()))
    command = [influxd_program() or "influxd", "run", "-config", str(config)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _create_database(port)
            yield f"influx://127.0.0.1:{port}/bench?mode=v1"
        finally:
            server.terminate()


def _create_database(port: int) -> None:
    pool = urllib3.PoolManager(retries=False)
    deadline = time.monotonic() + _START_S
    while True:
        try:
            url = f"http://127.0.0.1:{port}/query"
            pool.request("POST", url, fields={"q": "CREATE DATABASE bench"}, encode_multipart=False)
            return
        except urllib3.exceptions.HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
