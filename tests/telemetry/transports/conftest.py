"""Net-SNMP's own agent on a free port, for tests against a server by other hands."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.servers import free_port, snmp_server

CONF = """
rocommunity secretish
sysDescr A real agent
sysName witness
view all included .1
createUser keeper SHA-256 "a long auth key" AES "a long priv key"
rouser keeper priv
"""


@dataclass(frozen=True)
class Agent:
    port: int
    community: str = "secretish"
    user: str = "keeper"
    auth_key: str = "a long auth key"
    priv_key: str = "a long priv key"


def free_udp_port() -> int:
    return free_port(socket.SOCK_DGRAM)


@pytest.fixture(scope="session")
def snmpd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    """An agent with a community that is not `public` and a v3 user."""
    with snmp_server(tmp_path_factory.mktemp("agent"), CONF + "rocommunity public\n") as port:
        yield Agent(port)
