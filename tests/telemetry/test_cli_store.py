"""`rackhouse store check` and `compact`, as a person runs them."""

import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from telemetry.cli_store import store
from telemetry.stores.embedded import EmbeddedStore
from tests.servers import free_port
from tests.telemetry.stores.witness import influx_query
from tests.telemetry.stores.world import DAY, MINUTE, T0, pdu


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with ten hours of one PDU, long ago."""
    found = tmp_path / "samples.db"
    opened = EmbeddedStore(found)
    opened.write([pdu(T0 - 1000 * DAY + n * MINUTE, watts=n) for n in range(600)])
    opened.close()
    return found


def run(*arguments: str, url: str = "") -> Result:
    return CliRunner().invoke(store, arguments, env={"RACKHOUSE_STORE_URL": url})


def test_check_tells_what_is_in_the_store(path: Path) -> None:
    told = run("check", url=f"embedded://{path}")
    assert told.exit_code == 0
    assert f"{path}: 1 devices" in told.output
    assert "recent     600 blocks" in told.output
    assert told.output.endswith("sound\n")


def test_compact_makes_chunks_and_check_tells_their_cost(path: Path) -> None:
    told = run("compact", "--store", f"embedded://{path}")
    assert (told.exit_code, told.output) == (0, "compacted 10 device hours and 2 device days\n")
    told = run("check", "--store", f"embedded://{path}")
    assert "compacted  1800 samples in 2 chunks" in told.output
    assert " a sample" in told.output
    assert "recent     0 blocks" in told.output


def test_check_works_while_a_collector_writes_and_compact_is_refused(path: Path) -> None:
    collector = EmbeddedStore(path)
    assert run("check", url=f"embedded://{path}").exit_code == 0
    told = run("compact", url=f"embedded://{path}")
    assert told.exit_code == 1
    assert "another process writes to it" in told.output
    collector.close()


def test_a_damaged_chunk_is_named_and_the_exit_code_is_1(path: Path) -> None:
    run("compact", url=f"embedded://{path}")
    db = sqlite3.connect(path)
    db.execute("UPDATE chunk SET body = zeroblob(20) WHERE id = (SELECT min(id) FROM chunk)")
    db.execute("UPDATE chunk SET samples = 1 WHERE id = (SELECT max(id) FROM chunk)")
    db.commit()
    db.close()
    told = run("check", url=f"embedded://{path}")
    assert told.exit_code == 1
    assert "problem    pdu-a-r07, chunk from " in told.output
    assert "not a chunk of version 1" in told.output
    assert "rows, 1 expected" in told.output


def test_a_store_that_was_never_written_is_nothing_wrong(tmp_path: Path) -> None:
    told = run("check", url=f"embedded://{tmp_path}/none.db")
    assert (told.exit_code, told.output) == (0, f"{tmp_path}/none.db: nothing was written yet\n")


def test_a_server_is_asked_whether_it_answers(influxd: str) -> None:
    influx_query(influxd, "CREATE DATABASE checked")
    told = run("check", url=f"{influxd.replace('http', 'influx')}/checked")
    assert (told.exit_code, told.output) == (0, "the store answers\n")
    told = run("check", url=f"influx://127.0.0.1:{free_port()}/dc")
    assert told.exit_code == 1
    assert "refused" in told.output


def test_a_server_is_not_compacted_by_us() -> None:
    told = run("compact", url="influx://127.0.0.1/dc")
    assert told.exit_code == 1
    assert "servers do it themselves" in told.output


@pytest.mark.parametrize("command", ["check", "compact"])
def test_a_wrong_address_is_one_line_and_none_is_wrong_usage(command: str) -> None:
    told = run(command, url="embedded://var/x.db")
    assert told.exit_code == 1
    assert told.output.startswith("Error: embedded://var/x.db: a file has no host")
    assert told.output.count("\n") == 1
    assert CliRunner().invoke(store, [command]).exit_code == 2
