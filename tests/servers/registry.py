"""Which real servers the tests know, where they are, and what happens when one is missing."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

#: Where distributions put what is not on the PATH of an ordinary user.
MORE_PLACES = (
    "/usr/sbin",
    "/usr/local/sbin",
    "/usr/lib/postgresql/*/bin",
    "/opt/homebrew/bin",
    "/opt/homebrew/opt/*/bin",
    "/usr/local/opt/*/bin",
    "/Applications/Chromium.app/Contents/MacOS",
    "/Applications/Google Chrome.app/Contents/MacOS",
)
REQUIRE = "RACKHOUSE_REQUIRE_SERVERS"
MISSING = "server missing: "
VERSION = re.compile(r"\d+(?:\.\d+)+(?:[~.\w-]*)?")


@dataclass(frozen=True, slots=True)
class Server:
    """A program that tests start: its names, the Debian package, how it says its version.

    `override` names an environment variable that points at another build of it.
    """

    name: str
    programs: tuple[str, ...]
    package: str
    version: tuple[str, ...]
    override: str = ""


SERVERS = {
    server.name: server
    for server in (
        Server("postgres", ("postgres",), "postgresql-15", ("--version",)),
        Server("influxd", ("influxd",), "influxdb", ("version",), override="INFLUXD"),
        Server("victoria-metrics", ("victoria-metrics",), "victoria-metrics", ("--version",)),
        Server("snmpd", ("snmpd",), "snmpd", ("-v",)),
        Server("net-snmp", ("snmpget",), "snmp", ("-V",)),
        Server("nginx", ("nginx",), "nginx-light", ("-v",)),
        Server("pdftoppm", ("pdftoppm",), "poppler-utils", ("-v",)),
        Server(
            "chromium",
            ("chromium", "chromium-browser", "google-chrome", "Chromium", "Google Chrome"),
            "chromium",
            ("--version",),
            override="CHROMIUM",
        ),
    )
}


@dataclass(slots=True)
class Facts:
    """What a test process used; the processes of one run are merged for the summary."""

    used: dict[str, str] = field(default_factory=dict)

    def merge(self, used: dict[str, str]) -> None:
        """Take over what another process reports."""
        self.used |= used


FACTS = Facts()


def places() -> Iterator[str]:
    """The folders to search after PATH; the newest of several versions first."""
    for pattern in MORE_PLACES:
        anchor = Path(pattern).anchor
        found = sorted(Path(anchor).glob(pattern[len(anchor) :]), reverse=True)
        yield from (str(path) for path in found)


def locate(program: str) -> Path | None:
    """The full path of a program on PATH or where distributions hide it, None when absent."""
    searched = os.pathsep.join([os.environ.get("PATH", os.defpath), *places()])
    found = shutil.which(program, path=searched)
    return Path(found) if found else None


def find(name: str) -> Path | None:
    """Where the server `name` is, None when this machine has none."""
    server = SERVERS[name]
    if server.override and os.environ.get(server.override):
        return locate(os.environ[server.override])
    return next((path for path in map(locate, server.programs) if path), None)


def version(name: str, program: Path) -> str:
    """The version a server says it has; every one of them says it in its own way."""
    said = subprocess.run(
        [program, *SERVERS[name].version], capture_output=True, text=True, timeout=30, check=False
    )
    found = VERSION.search(said.stdout + said.stderr)
    return found[0] if found else packaged(SERVERS[name].package)


def packaged(package: str) -> str:
    """The version of a Debian package, for a program that does not tell its own."""
    asked = ["dpkg-query", "--show", "--showformat", "${Version}", package]
    if shutil.which(asked[0]) is None:
        return "of unknown version"
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return done.stdout or "of unknown version"


def use(name: str, told: str) -> None:
    """Note for the summary that a server was used, with its version."""
    FACTS.used[name] = told


def require(name: str) -> Path:
    """The program of server `name`, noted as used.

    Missing, the test is skipped by a name the summary lists; with RACKHOUSE_REQUIRE_SERVERS=1, as
    in CI, it fails instead.
    """
    program = find(name)
    if program is None:
        reason = f"{MISSING}{name} (Debian package {SERVERS[name].package})"
        if os.environ.get(REQUIRE) == "1":
            pytest.fail(f"{reason}, and {REQUIRE}=1 asks for it", pytrace=False)
        pytest.skip(reason)
    if name not in FACTS.used:
        use(name, version(name, program))
    return program
