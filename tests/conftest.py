"""What every test may use: the fixtures of real servers, and the summary of what was used."""

from tests.servers.browser import axe, chromium
from tests.servers.databases import postgres
from tests.servers.network import mailbox, snmpd
from tests.servers.stores import influxd, victoria
from tests.servers.summary import (
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)

__all__ = [
    "axe",
    "chromium",
    "influxd",
    "mailbox",
    "postgres",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
    "pytest_testnodedown",
    "snmpd",
    "victoria",
]
