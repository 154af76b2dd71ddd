"""`make` alone says what can be done, and every public target is in it."""

import re
import subprocess

import pytest

from tests.architecture.source import CHECKOUT

PUBLIC = {"help", "run", "test", "check", "bench", "clean", "lock", "assets", "wheel"}


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make in the checkout."""
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)


def test_help_is_the_default_and_lists_every_public_target() -> None:
    listed = make().stdout
    assert set(re.findall(r"^  make (\S+) ", listed, re.MULTILINE)) == PUBLIC
    assert listed == make("help").stdout


@pytest.mark.parametrize("target", sorted(PUBLIC))
def test_every_public_target_can_be_made(target: str) -> None:
    done = make("--dry-run", target)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_bad_port_is_told_before_anything_is_installed() -> None:
    done = make("run", "PORT=house")
    assert done.returncode == 2
    assert done.stderr.splitlines()[0].startswith("rackhouse: PORT=house is no port")
    assert "Installing" not in done.stdout
