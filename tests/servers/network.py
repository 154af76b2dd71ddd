"""A real SNMP agent, an nginx and a mail sink."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tests.servers.processes import LOOPBACK, accepts, free_port, running
from tests.servers.registry import require, use

SNMP_CONFIG = """
rocommunity public 127.0.0.1
sysLocation Row 7
sysContact facilities@example.net
sysName agent.example.net
createUser poller SHA-256 "authentication" AES "encryption!"
rouser poller priv
"""
NGINX_CONFIG = """
daemon off; pid {home}/pid; error_log {home}/error.log; worker_processes 1; user {user};
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {home}/body; proxy_temp_path {home}/proxy;
  fastcgi_temp_path {home}/fastcgi; uwsgi_temp_path {home}/uwsgi; scgi_temp_path {home}/scgi;
  {body}
}}
"""


def snmp_answers(port: int) -> bool:
    """True when an agent on UDP `port` answers a v2c GET of sysUpTime for `public`."""
    request = bytes.fromhex("302602010104067075626c6963a01902010102010002010030")
    request += bytes.fromhex("0e300c06082b060102010103000500")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.settimeout(0.5)
        try:
            probe.connect((LOOPBACK, port))
            probe.send(request)
            return len(probe.recv(1500)) > 0
        except OSError:
            return False


@contextmanager
def snmp_server(home: Path, config: str = SNMP_CONFIG) -> Iterator[int]:
    """Net-SNMP's agent; yields its UDP port. v2c `public`, v3 user `poller` (authPriv)."""
    program, port = require("snmpd"), free_port(socket.SOCK_DGRAM)
    home.mkdir(parents=True, exist_ok=True)
    (home / "snmpd.conf").write_text(config, "utf-8")
    environ = os.environ | {"SNMP_PERSISTENT_DIR": str(home), "MIBS": ""}
    command = [program, "-f", "-Lo", "-m", "", "-C", "-c", home / "snmpd.conf"]
    command.append(f"udp:{LOOPBACK}:{port}")
    with running(command, lambda: snmp_answers(port), home / "log", env=environ):
        yield port


@contextmanager
def nginx_server(home: Path, body: str, port: int) -> Iterator[str]:
    """nginx with `body` as its http block, which must listen on `port`; yields its address."""
    program, config = require("nginx"), home / "nginx.conf"
    home.mkdir(parents=True, exist_ok=True)
    user = "root" if os.geteuid() == 0 else "nobody"
    config.write_text(NGINX_CONFIG.format(home=home, body=body, user=user), "utf-8")
    command = [program, "-p", home, "-c", config, "-e", home / "error.log"]
    with running(command, lambda: accepts(port), home / "log"):
        yield f"http://{LOOPBACK}:{port}"


@dataclass
class Mailbox:
    """A mail sink: what arrived, and what the next messages are to be answered with."""

    port: int = 0
    messages: list[Message] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    #: An SMTP answer such as "451 try later" for every message until cleared; empty accepts.
    refusal: str = ""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Called by aiosmtpd with each message."""
        if self.refusal:
            return self.refusal
        self.messages.append(message_from_bytes(envelope.content))
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 taken"

    @property
    def url(self) -> str:
        """The address for RACKHOUSE_SMTP_URL."""
        return f"smtp://{LOOPBACK}:{self.port}"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """An SMTP server that keeps what it gets; one per test."""
    box = Mailbox(port=free_port())
    controller = Controller(box, hostname=LOOPBACK, port=box.port)
    controller.start()
    use("aiosmtpd", version("aiosmtpd"))
    try:
        yield box
    finally:
        controller.stop()


@pytest.fixture(scope="session")
def net_snmp_tools() -> Path:
    """Net-SNMP's command line tools are here, as the witness of our agent."""
    return require("net-snmp")


@pytest.fixture(scope="session")
def snmpd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The UDP port of a real Net-SNMP agent on loopback."""
    with snmp_server(tmp_path_factory.mktemp("snmpd")) as port:
        yield port


def net_snmp(tool: str, *arguments: str) -> str:
    """What snmpget, snmpwalk, snmpbulkget ... prints (the witness client). Raises on failure."""
    program = require("net-snmp").with_name(tool)
    done = subprocess.run(
        [program, "-m", "", *arguments],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return done.stdout
