"""`make run` in a fresh checkout: set up once, hand over the port, stop cleanly on Ctrl-C.

The checkout is a copy with the real Makefile and helpers and with nothing to download; what it
starts stands in for the demo and says what it was given.
"""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.architecture.source import CHECKOUT
from tests.servers import free_port
from tools.assets import digest

DEMO = """
import os, signal, sys

def main():
    try:
        print("up", os.environ["RACKHOUSE_BIND"], sys.argv[1:], flush=True)
        signal.pause()
    except KeyboardInterrupt:
        print("stopped", flush=True)
        return 0
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in a path with a space."""
    root = tmp_path_factory.mktemp("fresh clone")
    for name in ("Makefile", "pyproject.toml", "package-lock.json"):
        shutil.copy(CHECKOUT / name, root / name)
    for folder in ("requirements", "facilities", "static/vendor"):
        (root / folder).mkdir(parents=True)
    shutil.copytree(CHECKOUT / "tools", root / "tools")
    shutil.copy(CHECKOUT / "static" / "icons.txt", root / "static" / "icons.txt")
    (root / "requirements" / "run.txt").write_text("# nothing\n", "utf-8")
    (root / "static" / "vendor" / ".made-from").write_text(digest(root, with_tests=False), "utf-8")
    (root / "facilities" / "cli.py").write_text(DEMO, "utf-8")
    return root


def run_until_up_then_interrupt(root: Path, port: int) -> tuple[int, str]:
    """`make run`, and once it is up what Ctrl-C does: SIGINT to all of it. Exit code, output."""
    command = ["make", "--no-print-directory", "run", f"PORT={port}"]
    output = ""
    with subprocess.Popen(
        command, cwd=root, text=True, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as made:  # fmt: skip
        assert made.stdout
        for line in made.stdout:
            output += line
            if line.startswith("up "):
                os.killpg(made.pid, signal.SIGINT)
    return made.returncode, output


def test_it_sets_up_once_and_stops_cleanly(checkout: Path) -> None:
    port = free_port()
    _, first = run_until_up_then_interrupt(checkout, port)
    assert "Making .venv with Python 3." in first
    assert f"up 127.0.0.1:{port} ['demo']" in first
    code, second = run_until_up_then_interrupt(checkout, port)
    assert second.splitlines() == [f"up 127.0.0.1:{port} ['demo']", "stopped"]
    assert code == -signal.SIGINT


def test_everything_made_stays_in_the_checkout(checkout: Path) -> None:
    made = {path.name for path in checkout.iterdir()}
    known = {"Makefile", "pyproject.toml", "package-lock.json", "requirements", "facilities"}
    assert made - known <= {"static", "tools", ".venv", ".cache", "var", "node_modules"}
