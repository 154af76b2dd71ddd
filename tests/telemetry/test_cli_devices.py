"""`probe` and `read`, as a person or script runs them, on emulated devices and Net-SNMP's agent."""

import json
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from telemetry.cli_devices import AUTH_KEY, PRIV_KEY, probe, read
from telemetry.emulator.device import DeviceSpec, build
from telemetry.emulator.snmp_agent import serve_snmp
from telemetry.profiles.loader import names, shipped
from telemetry.profiles.loader import read as read_profile
from telemetry.profiles.model import Protocol
from tests.servers import free_port
from tests.telemetry.emulated import device, in_thread

READING = {
    "device", "point", "label", "quantity", "phase", "value", "unit", "quality", "at", "raw",
    "source",
}  # fmt: skip
SNMP = [name for name in names() if shipped(name).protocol is Protocol.SNMP]
MODBUS = [name for name in names() if shipped(name).protocol is Protocol.MODBUS]


def run_read(url: str, profile: str, *more: str) -> Result:
    return CliRunner().invoke(read, [url, "--profile", profile, *more])


def run_probe(url: str, *more: str) -> Result:
    return CliRunner().invoke(probe, [url, *more])


@pytest.mark.parametrize("profile", names())
def test_every_shipped_profile_reads_a_device_of_its_kind(profile: str) -> None:
    with device(profile) as url:
        result = run_read(url, profile, "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.output)
    assert report["errors"] == []
    assert set(report["device"]) == {
        "vendor", "model", "serial", "firmware", "kind", "profile", "sys_object_id",
    }  # fmt: skip
    assert report["device"]["profile"] == profile
    assert report["readings"] and all(set(reading) == READING for reading in report["readings"])
    good = [reading for reading in report["readings"] if reading["quality"] == "good"]
    assert len(good) > len(report["readings"]) / 2
    assert all(reading["value"] is not None for reading in good)


@pytest.mark.parametrize("profile", SNMP)
def test_an_snmp_device_is_recognised(profile: str) -> None:
    with device(profile) as url:
        result = run_probe(url, "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.output)
    assert report["device"]["profile"] == profile
    assert report["device"]["sys_object_id"].startswith("1.3.6.1.")


@pytest.mark.parametrize("profile", ["schneider-pm5000", "schneider-iem3000"])
def test_a_power_meter_is_recognised_by_its_values(profile: str) -> None:
    with device(profile) as url:
        result = run_probe(url)
    assert result.exit_code == 0, result.output
    assert f"profile {profile}, kind power_meter" in result.output
    assert "values are where a plant's lie" in result.output


def test_a_unit_behind_rtu_over_tcp_is_read() -> None:
    with device("schneider-pm5000", rtu=True, unit=7) as url:
        result = run_read(url, "schneider-pm5000")
    assert result.exit_code == 0, result.output
    assert result.output.startswith("Schneider Electric")
    assert "Hz" in result.output


STRANGER = """
profile: stranger
protocol: snmp
kind: ups
vendor: Strange
family: x
sources: [written for this test]
verified: documents
identity: {}
recognise: {object_ids: [1.3.6.1.4.1.99999.5]}
scalars:
  - {id: a.current, oid: 1.3.6.1.4.1.99999.5.1.0, quantity: current, unit: A}
"""


def test_a_device_that_no_profile_knows_says_what_it_told() -> None:
    mib = build(DeviceSpec(read_profile(STRANGER, "stranger"))).mib
    assert mib is not None
    with in_thread(lambda: serve_snmp(mib)) as port:
        result = run_probe(f"snmp://public@127.0.0.1:{port}", "--json")
        assert result.exit_code == 0, result.output
        report = json.loads(result.output)
        assert report["device"]["profile"] is None
        assert report["device"]["sys_object_id"] == "1.3.6.1.4.1.99999.5"
        assert "no profile knows sysObjectID 1.3.6.1.4.1.99999.5" in report["errors"][0]
        wrong = run_read(f"snmp://public@127.0.0.1:{port}", "ups-rfc1628")
        assert wrong.exit_code == 1
        assert "is it the right one" in wrong.output


@pytest.mark.parametrize("scheme", ["modbus", "modbus+rtu", "snmp"])
def test_a_silent_address_is_one_line_and_exit_1(scheme: str) -> None:
    port = free_port(socket.SOCK_DGRAM if scheme == "snmp" else socket.SOCK_STREAM)
    who = "public@" if scheme == "snmp" else ""
    result = run_probe(f"{scheme}://{who}127.0.0.1:{port}?timeout=0.2")
    assert result.exit_code == 1
    assert result.output.startswith("Error: ") and result.output.count("\n") == 1
    assert ("no answer within" if scheme == "snmp" else "cannot connect") in result.output


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("gopher://x", "scheme"),
        ("modbus://", "host"),
        ("modbus://h?unit=300", "unit"),
        ("snmp3://user@127.0.0.1?auth=sha256", AUTH_KEY),
    ],
)
def test_a_wrong_url_is_wrong_usage_and_exit_2(url: str, says: str) -> None:
    result = run_probe(url)
    assert result.exit_code == 2
    assert says in result.output


def test_a_profile_of_the_other_protocol_or_an_unknown_one_is_exit_1() -> None:
    with device("schneider-pm5000") as url:
        result = run_read(url, "apc-rpdu2")
        assert result.exit_code == 1 and "speaks snmp" in result.output
    result = run_read("modbus://127.0.0.1:1", "schneider-pm500")
    assert result.exit_code == 1 and "schneider-pm5000" in result.output


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "priv").write_text("encryption!\n")
    monkeypatch.setenv(AUTH_KEY, "authentication")
    monkeypatch.setenv(f"{PRIV_KEY}_FILE", str(tmp_path / "priv"))


def test_a_key_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{AUTH_KEY}_FILE", "/nowhere/key")
    result = run_probe("snmp3://user@127.0.0.1?auth=sha256")
    assert result.exit_code == 2 and "/nowhere/key" in result.output


@pytest.mark.usefixtures("keys")
def test_net_snmp_is_probed_with_v1_v2c_and_v3_and_no_key_is_shown(snmpd: int) -> None:
    for url in (
        f"snmp://public@127.0.0.1:{snmpd}?version=1",
        f"snmp://public@127.0.0.1:{snmpd}",
        f"snmp3://poller@127.0.0.1:{snmpd}?auth=sha256&priv=aes128",
    ):
        result = run_probe(url, "--json")
        assert result.exit_code == 0, result.output
        assert json.loads(result.output)["device"]["sys_object_id"].startswith("1.3.6.1.4.1.8072")
        assert "encryption" not in result.output
