"""Real servers for tests: fixtures that start each on a free loopback port and stop it by pid.

Fixtures: postgres, influxd, victoria, snmpd, mailbox, chromium, axe (tests/conftest.py loads them).
`require(name)` for anything else: missing is a skip with a name, in CI a failure.
"""

from tests.servers.browser import ARGUMENTS as CHROMIUM_ARGUMENTS
from tests.servers.databases import Postgres, postgres_server
from tests.servers.network import Mailbox, net_snmp, nginx_server, snmp_server
from tests.servers.processes import LOOPBACK, accepts, free_port, running, stop, wait_until
from tests.servers.registry import find, require, use
from tests.servers.shared import shared
from tests.servers.stores import influx_server, victoria_server

__all__ = [
    "CHROMIUM_ARGUMENTS",
    "LOOPBACK",
    "Mailbox",
    "Postgres",
    "accepts",
    "find",
    "free_port",
    "influx_server",
    "net_snmp",
    "nginx_server",
    "postgres_server",
    "require",
    "running",
    "shared",
    "snmp_server",
    "stop",
    "use",
    "victoria_server",
    "wait_until",
]
