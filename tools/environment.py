"""Make .venv from a hashed lock file: `python -m tools.environment run|test|optional`.

Runs on the standard library of any supported Python. A stamp in .venv says what it was made from,
so that a second start does nothing. The project itself is linked, not built: a path file and a
launcher need no build tool and no network, and changed code is live.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from tools.say import step, stop

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
#: A shell line before the Python part, because a `#!` line cannot hold a path with a space.
LAUNCHER = """#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import sys

from {module} import {function}

if __name__ == "__main__":
    sys.exit({function}())
"""


def venv_python(venv: Path = VENV) -> Path:
    """The interpreter of the environment."""
    return venv / "bin" / "python"


def caches(root: Path = ROOT) -> dict[str, str]:
    """Environment variables that keep pip's and npm's caches in the checkout unless one exists."""
    home, found = Path.home(), {}
    pip_homes = (home / ".cache" / "pip", home / "Library" / "Caches" / "pip")
    if "PIP_CACHE_DIR" not in os.environ and not any(path.is_dir() for path in pip_homes):
        found["PIP_CACHE_DIR"] = str(root / ".cache" / "pip")
    if "npm_config_cache" not in os.environ and not (home / ".npm").is_dir():
        found["npm_config_cache"] = str(root / ".cache" / "npm")
    return found


def identity(root: Path = ROOT) -> str:
    """What a whole environment depends on: the Python and where the checkout lies."""
    return f"{sys.version} {root}"


def digest(lock: Path, root: Path = ROOT) -> str:
    """What an installed set depends on: its lock file, the project's commands, and this script."""
    parts = [identity(root), repr(scripts(root)), lock.read_text("utf-8")]
    parts.append(Path(__file__).read_text("utf-8"))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def scripts(root: Path = ROOT) -> dict[str, str]:
    """The project's commands: name -> module:function."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    return dict(project["scripts"])


def read(path: Path) -> str:
    """The text of a stamp, empty when there is none."""
    return path.read_text("utf-8") if path.is_file() else ""


def create(venv: Path, root: Path) -> None:
    """An empty environment in `venv`; what was there is cleared. Stops with one line on failure."""
    step(f"Making {venv.name} with Python {sys.version.split()[0]}")
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(venv)], capture_output=True, text=True
    )
    if made.returncode:
        shutil.rmtree(venv, ignore_errors=True)
        said = (made.stdout + made.stderr).strip().splitlines() or ["no reason given"]
        stop(f"{sys.executable} could not make a virtual environment: {said[-1]}")
    (venv / "made-from").write_text(identity(root), "utf-8")


def install(lock: Path, venv: Path, root: Path) -> None:
    """Install `lock` into `venv`: hashes required and wheels only, so nothing unpinned is run."""
    count = sum(1 for line in lock.read_text("utf-8").splitlines() if line[:1].isalnum())
    step(f"Installing up to {count} packages from {lock.relative_to(root)}")
    command = [str(venv_python(venv)), "-m", "pip", "--disable-pip-version-check", "install"]
    command += ["--no-user", "--quiet", "--require-hashes", "--only-binary", ":all:"]
    command += ["-r", str(lock)]
    if subprocess.run(command, env=os.environ | caches(root)).returncode:
        stop(f"pip could not install {lock.name}; its reason stands above (is the network there?)")


def link(venv: Path, root: Path) -> None:
    """Put the checkout on the path of `venv` and its commands into bin/."""
    found = subprocess.run(
        [venv_python(venv), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    Path(found.stdout.strip(), "rackhouse.pth").write_text(f"{root}\n", "utf-8")
    for name, target in scripts(root).items():
        module, function = target.split(":")
        script = venv / "bin" / name
        text = LAUNCHER.format(python=venv_python(venv), module=module, function=function)
        script.write_text(text, "utf-8")
        script.chmod(0o755)


def ensure(which: str, venv: Path = VENV, root: Path = ROOT) -> bool:
    """Bring `venv` up to the set `which`. True when something had to be done."""
    lock = root / "requirements" / f"{which}.txt"
    stamp, wanted = venv / f"installed-{which}", digest(lock, root)
    if read(stamp) == wanted:
        return False
    if read(venv / "made-from") != identity(root) or not venv_python(venv).exists():
        create(venv, root)
    install(lock, venv, root)
    link(venv, root)
    stamp.write_text(wanted, "utf-8")
    return True


if __name__ == "__main__":
    ensure(sys.argv[1])
