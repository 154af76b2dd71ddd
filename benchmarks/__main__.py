"""Run the benchmarks: `python -m benchmarks [NAME ...]`, all of them without a name.

A benchmark is a module of this package that can be run by itself and prints tables with a ratio to
a limit or a peer (benchmarks.table). Each runs in a process of its own, so that the memory and the
warm caches of one do not flatter the next.
"""

import argparse
import os
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def names(folder: Path = HERE) -> list[str]:
    """The benchmarks there are: modules of the folder that can be run by themselves."""
    public = (path for path in sorted(folder.glob("*.py")) if not path.stem.startswith("_"))
    return [path.stem for path in public if '__name__ == "__main__"' in path.read_text("utf-8")]


def run(chosen: list[str], folder: Path = HERE) -> list[str]:
    """Run each in a child process; returns those that could not be run to their end."""
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print("Ratios count, not absolute figures: those are this machine's, at this moment.\n")
    failed = []
    for name in chosen:
        command = [sys.executable, "-m", f"{folder.name}.{name}"]
        sys.stdout.flush()
        if subprocess.run(command, cwd=folder.parent).returncode:
            failed.append(name)
        print()
    return failed


def main(arguments: list[str] | None = None, folder: Path = HERE) -> int:
    """Exit code 0; 1 when a benchmark could not be run; 2 when there is none of that name."""
    there = names(folder)
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(there) or 'none yet'}")
    chosen = parser.parse_args(arguments).names
    strangers = sorted(set(chosen) - set(there))
    if strangers:
        parser.error(f"no benchmark {', '.join(strangers)}; there are: {', '.join(there)}")
    failed = run(chosen or there, folder)
    if failed:
        print(f"could not be run: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
