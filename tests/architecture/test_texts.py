"""No postponed work and no index address in anything that is tracked."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture.source import CHECKOUT
from tests.architecture.texts import HOSTS, POSTPONED, lines_with, tracked


@pytest.fixture(scope="module")
def files() -> list[Path]:
    """The tracked files of this checkout; without git there is nothing to ask."""
    if not (CHECKOUT / ".git").exists():
        pytest.skip("not a git checkout")
    return tracked(CHECKOUT)


def test_nothing_is_postponed(files: list[Path]) -> None:
    assert lines_with(POSTPONED, files, CHECKOUT) == []


def test_no_file_holds_the_address_of_an_index(files: list[Path]) -> None:
    assert lines_with(HOSTS, files, CHECKOUT) == []


def test_the_npm_lock_has_hashes_and_no_addresses() -> None:
    lock = json.loads((CHECKOUT / "package-lock.json").read_text("utf-8"))
    packages = {place: package for place, package in lock["packages"].items() if place}
    assert packages
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert not any("resolved" in package for package in packages.values())


BAD = (
    (POSTPONED, "x = 1  # TO" + "DO later"),
    (HOSTS, "--index-" + "url = https://example.net/simple"),
    (HOSTS, '"resolved"' + ': "https://example.net/a.tgz"'),
    (HOSTS, "see https://py" + "pi.org/project/flask"),
    (HOSTS, "https://registry.npm" + "js.org/uplot"),
)


@pytest.mark.parametrize(("pattern", "line"), BAD)
def test_a_bad_line_is_named_with_its_place(
    tmp_path: Path, pattern: re.Pattern[str], line: str
) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "notes.md").write_text(f"fine\n{line}\n", "utf-8")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    found = lines_with(pattern, tracked(tmp_path), tmp_path)
    assert len(found) == 1
    assert found[0].startswith("notes.md:2: ")
