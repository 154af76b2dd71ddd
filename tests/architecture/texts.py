"""What no tracked text may hold: postponed work, and the address of a package index."""

import re
import subprocess
from pathlib import Path

#: Spelled in pieces, so that this file does not find itself.
POSTPONED = re.compile(r"\b(?:" + "TO" + "DO|FIX" + r"ME|X" + r"XX)\b")
HOSTS = re.compile(
    r"\b(?:"
    + "|".join(
        re.escape(".".join(words))
        for words in (
            ("py" + "pi", "org"),
            ("python" + "hosted", "org"),
            ("registry", "npm" + "js"),
            ("registry", "yarn" + "pkg"),
            ("npm" + "mirror", "com"),
            ("crates", "io"),
            ("proxy", "golang"),
            ("deb", "debian"),
            ("jsdelivr", "net"),
            ("unpkg", "com"),
        )
    )
    + r")|(?:index|registry)[-_](?:url|host)\s*=|\"resolved\"\s*:",
    re.IGNORECASE,
)
#: Licence texts and generated data are not ours to word.
FOREIGN = {"LICENSE"}


def tracked(root: Path) -> list[Path]:
    """The files git knows or would add under `root`."""
    command = [
        "git",
        "-C",
        str(root),
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    paths = (root / name for name in listed.split("\0") if name)
    return [path for path in paths if path.is_file() and path.name not in FOREIGN]


def lines_with(pattern: re.Pattern[str], files: list[Path], root: Path) -> list[str]:
    """`file:line: the match` for every text file that holds the pattern."""
    problems = []
    for path in files:
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if found := pattern.search(line):
                problems.append(f"{path.relative_to(root)}:{number}: {found[0]}")
    return problems
