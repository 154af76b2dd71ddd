"""Net-SNMP's own agent on a free port, for tests against a server by other hands."""

import asyncio
import contextlib
import os
import socket
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from telemetry.errors import DeviceError
from telemetry.transports.base import SnmpGet
from telemetry.transports.snmp import SnmpTransport
from telemetry.transports.snmp_settings import SnmpSettings

SNMPD = Path("/usr/sbin/snmpd")
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
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def require(name: str, path: Path) -> Path:
    """Skips, or under RACKHOUSE_REQUIRE_SERVERS=1 fails, where a server is not installed."""
    if not path.exists():
        if os.environ.get("RACKHOUSE_REQUIRE_SERVERS") == "1":
            pytest.fail(f"needs {name} ({path})")
        pytest.skip(f"needs {name} ({path})")
    return path


@pytest.fixture
async def snmpd(tmp_path: Path) -> AsyncIterator[Agent]:
    program = require("snmpd", SNMPD)
    agent = Agent(free_udp_port())
    conf = tmp_path / "snmpd.conf"
    conf.write_text(CONF)
    command = [str(program), "-f", "-Lf", str(tmp_path / "log"), "-m", "", "-C", "-c", str(conf)]
    process = subprocess.Popen(
        [*command, f"udp:127.0.0.1:{agent.port}"], env={"SNMP_PERSISTENT_DIR": str(tmp_path)}
    )
    try:
        await _until_it_answers(agent.port, agent.community)
        yield agent
    finally:
        process.kill()
        process.wait(5)


async def _until_it_answers(port: int, community: str) -> None:
    transport = SnmpTransport("127.0.0.1", port, SnmpSettings(community=community))
    await transport.open()
    for _ in range(200):
        with contextlib.suppress(DeviceError):
            await transport.read(SnmpGet(("1.3.6.1.2.1.1.1.0",)), 0.2)
            return
        await asyncio.sleep(0.03)
    pytest.fail("snmpd does not answer")
