"""`tools/find-python` prints a Python that will do, or one line about why there is none."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import CHECKOUT

SCRIPT = CHECKOUT / "tools" / "find-python"


def find(cwd: Path, path: Path, **environ: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of the script with only `path` and the system's tools."""
    env = {"PATH": str(path), **environ}
    done = subprocess.run([SCRIPT], cwd=cwd, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.strip(), done.stderr.strip()


def pretend(folder: Path, name: str, prelude: str) -> Path:
    """A Python that runs `prelude` first: an older one, or one that lacks parts."""
    path = folder / name
    path.write_text(f"#!/bin/sh\nexec '{sys.executable}' -c \"{prelude}\n$2\"\n", "utf-8")
    path.chmod(0o755)
    return path


OLD = "import sys; sys.version_info = (3, 9, 2)"
NEW = "import sys; sys.version_info = (3, 15, 0)"
NO_VENV = "import sys; sys.modules['ensurepip'] = None"
NO_SQLITE = "import sys; sys.modules['sqlite3'] = None"
FINE = "pass"


@pytest.fixture
def bin_folder(tmp_path: Path) -> Path:
    """A folder for the PATH with what a shell script needs and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in ("uname",):
        (folder / tool).symlink_to(f"/usr/bin/{tool}")
    return folder


@pytest.mark.parametrize(
    ("prelude", "words"),
    [
        (OLD, "is Python 3.9.2; 3.11 to 3.1"),
        (NEW, "is Python 3.15.0; 3.11 to 3.1"),
        (NO_VENV, "cannot make virtual environments (no ensurepip); on Debian"),
        (NO_SQLITE, "was built without sqlite3"),
        ("raise SystemExit(3)", "does not start as a Python"),
    ],
)
def test_a_python_that_will_not_do_is_told_in_one_line(
    tmp_path: Path, bin_folder: Path, prelude: str, words: str
) -> None:
    chosen = pretend(tmp_path, "mine", prelude)
    for environ in ({"PYTHON": str(chosen)}, {}):
        (bin_folder / "python3").unlink(missing_ok=True)
        if not environ:
            (bin_folder / "python3").symlink_to(chosen)
        code, out, err = find(tmp_path, bin_folder, **environ)
        assert (code, out, err.count("\n")) == (1, "", 0)
        if environ or "SystemExit" not in prelude:
            assert words in err


def test_a_machine_without_python_is_told_what_is_needed(tmp_path: Path, bin_folder: Path) -> None:
    code, out, err = find(tmp_path, bin_folder)
    assert (code, out) == (1, "")
    assert err.startswith("rackhouse: no Python found; 3.11 to 3.1")


def test_one_that_will_do_is_taken_although_others_will_not(
    tmp_path: Path, bin_folder: Path
) -> None:
    pretend(bin_folder, "python3.13", NO_VENV)
    pretend(bin_folder, "python3.12", "raise SystemExit(127)")
    pretend(bin_folder, "python3", FINE)
    code, out, err = find(tmp_path, bin_folder)
    assert (code, err) == (0, "")
    assert Path(out).resolve() == Path(sys._base_executable).resolve()  # type: ignore[attr-defined]


def test_the_environment_that_is_there_keeps_its_python(tmp_path: Path, bin_folder: Path) -> None:
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    pretend(tmp_path / ".venv" / "bin", "python", "import sys; sys._base_executable = '/kept'")
    pretend(bin_folder, "python3.13", FINE)
    assert find(tmp_path, bin_folder) == (0, "/kept", "")


def test_the_chosen_python_wins_over_the_environment(tmp_path: Path, bin_folder: Path) -> None:
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    pretend(tmp_path / ".venv" / "bin", "python", "import sys; sys._base_executable = '/kept'")
    other = pretend(tmp_path, "my python", "import sys; sys._base_executable = '/chosen'")
    assert find(tmp_path, bin_folder, PYTHON=str(other)) == (0, "/chosen", "")
