"""Each fixture hands out a server that answers as that server does."""

import smtplib
import urllib.parse
import urllib.request
from pathlib import Path

import psycopg
import pytest

from tests.servers import LOOPBACK, Mailbox, Postgres, free_port, net_snmp, nginx_server, require


def test_each_test_gets_an_empty_database_of_its_own(postgres: Postgres) -> None:
    first, second = (postgres.create().replace("+psycopg", "") for _ in range(2))
    with psycopg.connect(first) as connection:
        connection.execute("CREATE TABLE racks (name text)")
    with psycopg.connect(second) as connection:
        found = connection.execute("SELECT count(*) FROM pg_tables WHERE tablename = 'racks'")
        assert found.fetchone() == (0,)


def test_influxdb_takes_a_line_and_gives_it_back(influxd: str) -> None:
    create = urllib.parse.urlencode({"q": "CREATE DATABASE fixture"}).encode()
    urllib.request.urlopen(f"{influxd}/query", data=create).close()
    urllib.request.urlopen(f"{influxd}/write?db=fixture", data=b"power w=412 1000").close()
    query = urllib.parse.urlencode({"db": "fixture", "q": "SELECT w FROM power"})
    with urllib.request.urlopen(f"{influxd}/query?{query}") as answer:
        assert b"412" in answer.read()


def test_victoriametrics_is_alive(victoria: str) -> None:
    with urllib.request.urlopen(f"{victoria}/health") as answer:
        assert answer.read() == b"OK"


def test_the_snmp_agent_answers_v2c_and_v3(snmpd: int) -> None:
    agent, location = f"{LOOPBACK}:{snmpd}", ".1.3.6.1.2.1.1.6.0"
    v3 = ["-v3", "-l", "authPriv", "-u", "poller", "-a", "SHA-256", "-A", "authentication"]
    v3 += ["-x", "AES", "-X", "encryption!"]
    assert "Row 7" in net_snmp("snmpget", "-v2c", "-c", "public", agent, location)
    assert "Row 7" in net_snmp("snmpget", *v3, agent, location)


def test_nginx_serves_what_it_is_told(tmp_path: Path) -> None:
    port = free_port()
    body = f"server {{ listen {LOOPBACK}:{port}; location / {{ return 200 hello; }} }}"
    with nginx_server(tmp_path, body, port) as url, urllib.request.urlopen(url) as answer:
        assert answer.read() == b"hello"


def test_the_mailbox_keeps_a_message_and_can_refuse_one(mailbox: Mailbox) -> None:
    text = "Subject: Rack 7 is hot\r\n\r\n31 degC"
    with smtplib.SMTP(LOOPBACK, mailbox.port) as client:
        client.sendmail("rackhouse@example.net", ["shift@example.net"], text)
        mailbox.refusal = "451 try later"
        with pytest.raises(smtplib.SMTPDataError):
            client.sendmail("rackhouse@example.net", ["shift@example.net"], text)
    assert [message["Subject"] for message in mailbox.messages] == ["Rack 7 is hot"]
    assert mailbox.recipients == [["shift@example.net"]]


def test_the_browser_is_there(chromium: Path, axe: str) -> None:
    assert chromium.is_file()
    assert "axe" in axe
    assert require("chromium") == chromium
