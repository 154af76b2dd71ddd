"""The end of a run: which servers were used, and which tests were skipped for which reason.

Under pytest-xdist every worker hands its facts to the controller, which prints.
"""

import re
from collections import Counter
from typing import Any

import pytest

from tests.servers.registry import FACTS, MISSING, REQUIRE
from tests.servers.shared import MISSING as SHARED_MISSING

KEY = "rackhouse_servers"


def reason_of(report: pytest.TestReport) -> str:
    """Why a test was skipped, without pytest's `Skipped: `."""
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    return str(report.longrepr)


def grouped(skips: list[tuple[str, str]]) -> dict[str, list[str]]:
    """(reason, test) to reason -> the tests, each with how often it was skipped."""
    tests: dict[str, Counter[str]] = {}
    for reason, test in skips:
        tests.setdefault(reason, Counter())[test.partition("[")[0]] += 1
    return {
        reason: [f"{name} x{times}" if times > 1 else name for name, times in sorted(found.items())]
        for reason, found in sorted(tests.items(), key=lambda item: rank(item[0]))
    }


def rank(reason: str) -> tuple[int, str]:
    """Servers first, then shared data, then the rest."""
    first = 0 if reason.startswith(MISSING) else 1 if reason.startswith(SHARED_MISSING) else 2
    return first, reason


def lines(used: dict[str, str], skips: list[tuple[str, str]], shown: int = 8) -> list[str]:
    """The summary as lines; of a long list of tests the first `shown` are named."""
    told = ", ".join(f"{name} {version}" for name, version in sorted(used.items()))
    out = [f"servers used: {told or 'none'}"]
    for reason, tests in grouped(skips).items():
        out.append(f"skipped, {reason}:")
        out += [f"    {test}" for test in tests[:shown]]
        if len(tests) > shown:
            out.append(f"    and {len(tests) - shown} more")
    if not skips:
        out.append("skipped: nothing")
    elif any(reason.startswith(MISSING) for reason, _ in skips):
        out.append(f"({REQUIRE}=1 makes a missing server a failure)")
    return out


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands over what it used."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[KEY] = FACTS.used


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """The controller takes it; a worker that crashed has nothing to hand over."""
    FACTS.merge(getattr(node, "workeroutput", {}).get(KEY, {}))


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the list after the failures and the coverage, before pytest's own last lines."""
    reports = terminalreporter.stats.get("skipped", [])
    skips = [(reason_of(report), re.sub(r"\s+", " ", report.nodeid)) for report in reports]
    terminalreporter.section("servers and skips")
    for line in lines(FACTS.used, skips):
        terminalreporter.write_line(line)
