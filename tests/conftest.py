"""What every test may use: the fixtures of real servers, and the summary of what was used."""

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.servers.browser import axe, chromium
from tests.servers.databases import postgres
from tests.servers.demo import demo
from tests.servers.network import mailbox, net_snmp_tools, snmpd
from tests.servers.sharing import ByDemo
from tests.servers.stores import influxd, victoria
from tests.servers.summary import (
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)

__all__ = [
    "axe",
    "chromium",
    "demo",
    "influxd",
    "mailbox",
    "net_snmp_tools",
    "postgres",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
    "pytest_testnodedown",
    "snmpd",
    "victoria",
]

# How long an example takes is the machine's affair: two cores may be shared with anything.
settings.register_profile(
    "house",
    settings.get_profile("ci" if os.environ.get("CI") else "default"),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByDemo:
    """Every test of the running demo goes to one worker, so that it runs once."""
    return ByDemo(config, log)
