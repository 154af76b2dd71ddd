"""An environment is made once, from a lock file, in a path that may hold a space."""

import subprocess
from pathlib import Path

import pytest

from tools.environment import caches, ensure, venv_python

PYPROJECT = '[project.scripts]\nrackhouse = "facilities.cli:main"\n'
CLI = "import sys\n\ndef main():\n    print('here', sys.argv[1:])\n    return 3\n"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose run set is empty, so that no index is asked."""
    root = tmp_path_factory.mktemp("a checkout")
    (root / "requirements").mkdir()
    (root / "requirements" / "run.txt").write_text("# nothing\n", "utf-8")
    (root / "pyproject.toml").write_text(PYPROJECT, "utf-8")
    (root / "facilities").mkdir()
    (root / "facilities" / "cli.py").write_text(CLI, "utf-8")
    assert ensure("run", root / ".venv", root)
    return root


def test_the_command_runs_the_checkout(checkout: Path, tmp_path: Path) -> None:
    command = [checkout / ".venv" / "bin" / "rackhouse", "demo"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "here ['demo']\n")


def test_a_second_call_does_nothing(checkout: Path) -> None:
    assert not ensure("run", checkout / ".venv", checkout)


def test_a_changed_lock_installs_into_the_same_environment(checkout: Path) -> None:
    kept = checkout / ".venv" / "kept"
    kept.touch()
    (checkout / "requirements" / "run.txt").write_text("# still nothing\n", "utf-8")
    assert ensure("run", checkout / ".venv", checkout)
    assert kept.exists()


def test_another_python_or_place_makes_the_environment_anew(checkout: Path) -> None:
    gone = checkout / ".venv" / "gone"
    gone.touch()
    (checkout / ".venv" / "made-from").write_text("3.10 elsewhere", "utf-8")
    (checkout / ".venv" / "installed-run").unlink()
    assert ensure("run", checkout / ".venv", checkout)
    assert not gone.exists()
    assert venv_python(checkout / ".venv").exists()


def test_a_lock_that_cannot_be_installed_is_told_and_not_stamped(
    checkout: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (checkout / "requirements" / "test.txt").write_text("flask==3.1.3\n", "utf-8")
    with pytest.raises(SystemExit, match=r"pip could not install test\.txt"):
        ensure("test", checkout / ".venv", checkout)
    assert "hash" in capfd.readouterr().err
    assert not (checkout / ".venv" / "installed-test").exists()


def test_caches_stay_in_the_checkout_unless_the_user_has_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("PIP_CACHE_DIR", "npm_config_cache"):
        monkeypatch.delenv(name, raising=False)
    assert caches(Path("/here")) == {
        "PIP_CACHE_DIR": "/here/.cache/pip",
        "npm_config_cache": "/here/.cache/npm",
    }
    (tmp_path / ".npm").mkdir()
    (tmp_path / ".cache" / "pip").mkdir(parents=True)
    assert caches(Path("/here")) == {}
