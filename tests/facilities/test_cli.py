"""The `rackhouse` command as a program: what it prints, where, and its exit codes."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    environ = {name: text for name, text in os.environ.items() if not name.startswith("RACKHOUSE_")}
    environ["RACKHOUSE_DATA_DIR"] = str(tmp_path)

    def rackhouse(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "facilities.cli", *words]
        return subprocess.run(
            command, env=environ | settings, capture_output=True, text=True, timeout=60, check=False
        )

    return rackhouse


def test_the_store_of_the_settings_is_looked_after_without_naming_it(
    run: Run, tmp_path: Path
) -> None:
    told = run("store", "check")
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout == f"{tmp_path / 'samples.db'}: nothing was written yet\n"


def test_the_version_is_told_from_a_checkout_too(run: Run) -> None:
    told = run("--version")
    assert told.returncode == 0 and told.stdout.startswith("rackhouse, version ")


def test_what_is_refused_is_one_line_and_exit_code_1(run: Run) -> None:
    told = run("db", "upgrade", RACKHOUSE_TIME_ZONE="Mars/Olympus")
    assert told.returncode == 1 and told.stdout == ""
    (line,) = told.stderr.splitlines()
    assert line.startswith("rackhouse: RACKHOUSE_TIME_ZONE: ") and "docs/settings.md" in line


def test_wrong_usage_is_exit_code_2(run: Run) -> None:
    told = run("serve", "--cert", __file__)
    assert told.returncode == 2 and "--cert and --key go together" in told.stderr
