"""A missing server is a named skip for a user and a failure where servers are required."""

import stat
from pathlib import Path

import pytest

from tests.servers import registry
from tests.servers.registry import REQUIRE, locate, require
from tests.servers.shared import CHECKOUT, shared


@pytest.fixture
def no_programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with an empty PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("INFLUXD", raising=False)
    monkeypatch.setattr(registry, "MORE_PLACES", ())
    monkeypatch.setattr(registry, "FACTS", registry.Facts())
    return tmp_path


def program(folder: Path, name: str, says: str) -> Path:
    """An executable that prints `says`."""
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n", "utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_a_missing_server_skips_by_name(no_programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(REQUIRE, raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"server missing: influxd .*influxdb"):
        require("influxd")


def test_a_missing_server_fails_where_servers_are_required(
    no_programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(REQUIRE, "1")
    with pytest.raises(pytest.fail.Exception, match="server missing: influxd"):
        require("influxd")


def test_a_server_that_is_there_is_noted_with_its_version(no_programs: Path) -> None:
    path = program(no_programs, "influxd", "InfluxDB v1.8.10 (git: abc)")
    assert require("influxd") == path
    assert registry.FACTS.used == {"influxd": "1.8.10"}


def test_another_build_can_be_named(no_programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(no_programs, "influxd", "InfluxDB 1.6.7")
    other = program(no_programs, "influxd-1.8", "InfluxDB 1.8.10")
    monkeypatch.setenv("INFLUXD", str(other))
    assert require("influxd") == other


def test_programs_outside_the_path_are_found_newest_first(
    no_programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in ("15", "17"):
        (no_programs / number).mkdir()
        program(no_programs / number, "postgres", number)
    monkeypatch.setattr(registry, "MORE_PLACES", (f"{no_programs}/*",))
    assert locate("postgres") == no_programs / "17" / "postgres"


def test_absent_shared_data_skips_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RACKHOUSE_SHARED", str(tmp_path))
    with pytest.raises(pytest.skip.Exception, match=r"shared data missing: recordings/x\.json$"):
        shared("recordings/x.json")
    monkeypatch.setenv("RACKHOUSE_SHARED", str(tmp_path / "none"))
    with pytest.raises(pytest.skip.Exception, match=r"shared data missing: recordings$"):
        shared("recordings/x.json")


def test_present_shared_data_is_handed_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RACKHOUSE_SHARED", str(tmp_path))
    (tmp_path / "maps").mkdir()
    assert shared("maps") == tmp_path / "maps"


def test_ci_installs_the_package_of_every_server() -> None:
    script = (CHECKOUT / ".ci" / "run").read_text("utf-8")
    missing = [s.package for s in registry.SERVERS.values() if s.package not in script]
    assert missing == []
