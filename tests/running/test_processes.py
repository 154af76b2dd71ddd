"""The commands as processes: one line when refused, nothing beyond loopback, a clean end."""

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.demo import Demo, demo_site, rackhouse
from tests.servers.family import alive, child, ears, family
from tests.servers.processes import LOOPBACK, free_port, wait_until

STOPS_WITHIN_S = 20.0
pytestmark = [
    pytest.mark.timeout(500),
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc of Linux"),
]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo of our own, to be broken."""
    with demo_site(tmp_path_factory.mktemp("own") / "var", free_port()) as site:
        yield site


def collector(demo: Demo) -> int:
    """The pid of the demo's collector, or 0."""
    return child(demo.process.pid, "rh-collect")


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_busy_port_is_refused_in_one_line(command: str, tmp_path: Path) -> None:
    assert rackhouse(tmp_path, "db", "upgrade").returncode == 0
    with socket.socket() as busy:
        busy.bind((LOOPBACK, 0))
        busy.listen()
        port = busy.getsockname()[1]
        done = rackhouse(tmp_path, command, "--bind", f"{LOOPBACK}:{port}")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert f"Cannot listen on {LOOPBACK}:{port}: Address already in use" in line


def test_a_wrong_settings_name_is_refused_in_one_line(tmp_path: Path) -> None:
    done = rackhouse(tmp_path, "serve", RACKHOUSE_COLOUR="blue")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("rackhouse: RACKHOUSE_COLOUR: no such setting")
    assert done.stdout == ""


def test_serving_without_a_schema_says_what_to_do(tmp_path: Path) -> None:
    done = rackhouse(tmp_path, "serve", "--bind", f"{LOOPBACK}:{free_port()}")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "db upgrade" in line


def test_nothing_listens_on_anything_but_loopback(own: Demo) -> None:
    wait_until(lambda: bool(collector(own)), "the collector runs")
    heard = ears(set(family(own.process.pid)))
    assert {ear.protocol for ear in heard} >= {"tcp", "udp"}, "devices listen by both protocols"
    assert [ear for ear in heard if not ear.address.is_loopback] == []


def test_a_killed_collector_is_started_again(own: Demo) -> None:
    wait_until(lambda: bool(collector(own)), "the collector runs")
    first = collector(own)
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: collector(own) not in (0, first), "another collector runs", 30)
    assert own.process.poll() is None
    log = own.folder.with_name("var.log").read_text("utf-8")
    assert "the collector ended (-9); starting it again" in log


def test_ctrl_c_stops_everything_and_the_second_start_is_quick(
    own: Demo, capsys: pytest.CaptureFixture[str]
) -> None:
    members = family(own.process.pid)
    assert len(members) >= 5, members
    asked_s = time.monotonic()
    own.process.send_signal(signal.SIGINT)
    wait_until(lambda: own.process.poll() is not None, "the demo ends", STOPS_WITHIN_S)
    took_s = time.monotonic() - asked_s
    assert own.process.returncode == 0
    assert [said for pid, said in members.items() if alive(pid)] == []
    assert "Traceback" not in own.folder.with_name("var.log").read_text("utf-8")
    started_s = time.monotonic()
    with demo_site(own.folder, free_port()) as again:
        page_s = time.monotonic() - started_s
        assert again.passwords == own.passwords
    with capsys.disabled():
        sys.stdout.write(f"\n[demo stopped in {took_s:.1f} s, ready again in {page_s:.1f} s]\n")
