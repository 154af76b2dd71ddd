"""The summary names every server used and every test skipped, from all workers of a run."""

import subprocess
import sys
from pathlib import Path

from tests.servers.shared import CHECKOUT
from tests.servers.summary import lines

CONFTEST = "from tests.servers.summary import *\n"
TESTS = """
import pytest
from tests.servers.registry import use
from tests.servers.shared import shared

def test_{one}():
    use("{one}", "1.2")

@pytest.mark.parametrize("n", [1, 2])
def test_skips_{one}(n):
    shared("absent-" + "{one}")
"""


def test_the_servers_come_first_then_shared_data_then_the_rest() -> None:
    skips = [
        ("no such thing", "t.py::d"),
        ("shared data missing: maps", "t.py::c"),
        ("server missing: nginx (Debian package nginx-light)", "t.py::b[1]"),
        ("server missing: nginx (Debian package nginx-light)", "t.py::b[2]"),
    ]
    assert lines({"snmpd": "5.9", "postgres": "15.1"}, skips) == [
        "servers used: postgres 15.1, snmpd 5.9",
        "skipped, server missing: nginx (Debian package nginx-light):",
        "    t.py::b x2",
        "skipped, shared data missing: maps:",
        "    t.py::c",
        "skipped, no such thing:",
        "    t.py::d",
        "(RACKHOUSE_REQUIRE_SERVERS=1 makes a missing server a failure)",
    ]


def test_a_run_without_servers_or_skips_says_so() -> None:
    assert lines({}, []) == ["servers used: none", "skipped: nothing"]


def test_a_long_list_of_tests_is_cut_and_counted() -> None:
    told = lines({}, [("slow", f"t.py::n{number}") for number in range(5)], shown=2)
    assert told[-3:] == ["    t.py::n0", "    t.py::n1", "    and 3 more"]


def test_the_facts_of_two_workers_are_merged(tmp_path: Path) -> None:
    for one in ("alpha", "beta"):
        (tmp_path / f"test_{one}.py").write_text(TESTS.format(one=one), "utf-8")
    (tmp_path / "conftest.py").write_text(CONFTEST, "utf-8")
    (tmp_path / "pytest.ini").write_text(f"[pytest]\npythonpath = {CHECKOUT}\n", "utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n2",
        "--dist=loadfile",
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run(
        [*command, "-o", "asyncio_default_fixture_loop_scope=function", "."],
        cwd=tmp_path, capture_output=True, text=True, timeout=110,
    )  # fmt: skip
    assert "servers used: alpha 1.2, beta 1.2" in done.stdout, done.stdout + done.stderr
    assert "    test_beta.py::test_skips_beta x2" in done.stdout
    assert done.stdout.rstrip().splitlines()[-1].startswith("2 passed, 4 skipped")
