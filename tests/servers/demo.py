"""The real `rackhouse` command as a child: one of its commands at work, or the whole demo site."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers.processes import LOOPBACK, free_port, stop, wait_until

ROOT = Path(__file__).resolve().parents[2]
#: A first start writes the site; on a machine that is busy with other tests it takes its time.
READY_S = 240.0


@dataclass(frozen=True)
class Demo:
    """A running `rackhouse demo`."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def passwords(self) -> dict[str, str]:
        """User name -> password."""
        found: dict[str, str] = json.loads((self.folder / "demo/sign-ins.json").read_text("utf-8"))
        return found


def answers(url: str) -> bool:
    """True when a GET of the URL gives 200."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a `rackhouse` command that works on `folder`."""
    own = {k: v for k, v in os.environ.items() if not k.startswith("RACKHOUSE_")}
    return own | {"RACKHOUSE_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT), **more}


def command(*words: str) -> list[str]:
    """`rackhouse WORDS`, by this interpreter."""
    return [sys.executable, "-m", "facilities.cli", *words]


def rackhouse(
    folder: Path, *words: str, seconds: float = 100, **more: str
) -> subprocess.CompletedProcess[str]:
    """What a command did that ends by itself; `more` are settings."""
    return subprocess.run(
        command(*words), env=environment(folder, **more), cwd=ROOT,
        capture_output=True, text=True, timeout=seconds,
    )  # fmt: skip


def launch(folder: Path, log: Path, words: Sequence[str], **more: str) -> subprocess.Popen[bytes]:
    """A command that runs until it is stopped; all it says goes to `log`."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command(*words), env=environment(folder, **more), cwd=ROOT,
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip


def until_answers(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Wait until `url` gives 200. Fails with the tail of `log` when the process ended instead."""
    try:
        wait_until(lambda: process.poll() is not None or answers(url), url, READY_S)
    except TimeoutError as error:
        raise TimeoutError(f"{error}\n{log.read_text('utf-8')[-3000:]}") from error
    assert process.poll() is None, log.read_text("utf-8")[-3000:]


@contextmanager
def demo_site(folder: Path, port: int) -> Iterator[Demo]:
    """`rackhouse demo` on `folder`, from the moment its collector polls until the block ends."""
    url, log = f"http://{LOOPBACK}:{port}", folder.with_name(f"{folder.name}.log")
    process = launch(folder, log, ["demo", "--bind", f"{LOOPBACK}:{port}"])
    try:
        until_answers(process, f"{url}/readyz", log)
        yield Demo(url, folder, process)
    finally:
        stop(process)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo site with its emulated devices, polled and ready; one for the run."""
    with demo_site(tmp_path_factory.mktemp("demo") / "var", free_port()) as site:
        yield site
