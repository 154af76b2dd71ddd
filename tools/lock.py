"""Write requirements/*.txt from pyproject.toml by uv, or `--check` offline that they are fresh.

A lock holds exact versions and the hashes of every file of them, for Python 3.11 to 3.14 on Linux
and macOS, and no index address: pip asks whatever index the machine is set up for.
"""

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.say import step, stop

ROOT = Path(__file__).resolve().parents[1]
NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")
PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==", re.MULTILINE)
INPUTS = re.compile(r"^# inputs: ([0-9a-f]{64})$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Lock:
    """One lock file: the extra or group it adds, and the lock whose versions it must keep."""

    name: str
    extra: str = ""
    group: str = ""
    follows: str = ""

    def arguments(self) -> list[str]:
        """What uv is asked for."""
        if self.group:
            return ["--group", self.group]
        return ["pyproject.toml", *(["--extra", self.extra] if self.extra else [])]


LOCKS = (
    Lock("run"),
    Lock("test", extra="test", follows="run"),
    Lock("optional", extra="optional", follows="test"),
    Lock("node", group="node"),
    Lock("lock", group="lock"),
)


def wanted(lock: Lock, pyproject: dict[str, Any]) -> list[str]:
    """The requirements a lock is made from."""
    if lock.group:
        return list(pyproject["dependency-groups"][lock.group])
    extra = pyproject["project"]["optional-dependencies"].get(lock.extra, [])
    return [*pyproject["project"]["dependencies"], *extra]


def inputs(lock: Lock, pyproject: dict[str, Any]) -> str:
    """The digest of all that should make a lock stale when it changes."""
    parts = [sorted(wanted(lock, pyproject)), pyproject["project"]["requires-python"]]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def canonical(name: str) -> str:
    """A package name as the indexes compare it: lower case, single dashes."""
    return re.sub(r"[-_.]+", "-", name).lower()


def faults(lock: Lock, pyproject: dict[str, Any], text: str) -> list[str]:
    """What is wrong with the text of a lock file; empty when it is fresh."""
    again = "run `make lock`"
    found = INPUTS.search(text)
    if found is None or found[1] != inputs(lock, pyproject):
        return [f"requirements/{lock.name}.txt is older than pyproject.toml: {again}"]
    pinned = {canonical(name) for name in PINNED.findall(text)}
    names = [NAME.match(requirement) for requirement in wanted(lock, pyproject)]
    missing = sorted({canonical(name[0]) for name in names if name} - pinned)
    problems = [f"requirements/{lock.name}.txt lacks {name}: {again}" for name in missing]
    if text.count("--hash=") < len(pinned):
        problems.append(f"requirements/{lock.name}.txt has a version without a hash: {again}")
    if "://" in text:
        problems.append(f"requirements/{lock.name}.txt holds an address: {again}")
    return problems


def header(lock: Lock, pyproject: dict[str, Any]) -> str:
    """The comment on top of a lock file."""
    return (
        f"# Made by `make lock` from pyproject.toml ({lock.extra or lock.group or 'run'} set).\n"
        f"# inputs: {inputs(lock, pyproject)}\n"
    )


def write(lock: Lock, pyproject: dict[str, Any], upgrade: bool) -> None:
    """Resolve one lock; versions already in it stay unless they must move or `upgrade`."""
    out = ROOT / "requirements" / f"{lock.name}.txt"
    command = ["uv", "pip", "compile", *lock.arguments(), "--output-file", str(out)]
    command += ["--universal", "--python-version", "3.11", "--generate-hashes", "--quiet"]
    command += ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
    if lock.follows:
        command += ["--constraint", f"requirements/{lock.follows}.txt"]
    if upgrade:
        command.append("--upgrade")
    step(f"Locking requirements/{lock.name}.txt")
    if subprocess.run([sys.executable, "-m", *command], cwd=ROOT).returncode:
        stop(f"uv could not resolve the {lock.name} set; its reason stands above")
    out.write_text(header(lock, pyproject) + out.read_text("utf-8"), "utf-8")


def main(arguments: list[str] | None = None) -> None:
    """Write the locks, or check them."""
    parser = argparse.ArgumentParser(prog="python -m tools.lock")
    parser.add_argument("--check", action="store_true", help="only say whether they are fresh")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    options = parser.parse_args(arguments)
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    if not options.check:
        for lock in LOCKS:
            write(lock, pyproject, options.upgrade)
        return
    problems = []
    for lock in LOCKS:
        path = ROOT / "requirements" / f"{lock.name}.txt"
        problems += faults(lock, pyproject, path.read_text("utf-8") if path.is_file() else "")
    if problems:
        stop("; ".join(problems))


if __name__ == "__main__":
    main()
