"""An address opens the store it names, or says what to write instead."""

import subprocess
import sys
from pathlib import Path

import pytest

from telemetry.errors import ConfigError
from telemetry.stores.embedded import EmbeddedStore
from telemetry.stores.influx import InfluxStore
from telemetry.stores.memory import MemoryCatalogue, MemoryStore
from telemetry.stores.open import embedded_path, open_store
from tests.telemetry.stores.child import CHECKOUT


def test_each_scheme_opens_its_store(tmp_path: Path) -> None:
    catalogue = MemoryCatalogue()
    assert isinstance(open_store("memory:", catalogue), MemoryStore)
    assert isinstance(open_store("influx://127.0.0.1/dc", catalogue), InfluxStore)
    store = open_store(f"embedded://{tmp_path}/my%20samples.db?sync=full", catalogue)
    assert isinstance(store, EmbeddedStore)
    assert store.path == tmp_path / "my samples.db"
    store.close()


def test_the_client_of_a_store_that_is_not_used_is_not_loaded() -> None:
    code = "import sys, telemetry.stores.open; sys.exit('influxdb_client' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=CHECKOUT).returncode == 0


def test_a_relative_path_is_relative_to_where_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    open_store("embedded:var/samples.db", MemoryCatalogue()).close()
    assert (tmp_path / "var" / "samples.db").is_file()


def test_a_fourth_slash_does_no_harm(tmp_path: Path) -> None:
    assert embedded_path(f"embedded:///{tmp_path}/samples.db") == tmp_path / "samples.db"
    assert str(embedded_path("embedded:////var/x.db")) == "/var/x.db"


def test_reading_only_makes_no_file(tmp_path: Path) -> None:
    store = open_store(f"embedded://{tmp_path}/samples.db", MemoryCatalogue(), read_only=True)
    assert store.latest() == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("victoria://h:8428", "not supported yet; use embedded:///PATH"),
        ("postgresql://h/db", "no such store; use embedded:///PATH"),
        ("samples.db", "no such store; use embedded:///PATH"),
        ("embedded://var/samples.db", "three slashes"),
        ("embedded:///", "path of the file is missing"),
        ("embedded:///x?sync=often", "sync=normal or sync=full"),
        ("embedded:///x?mode=ro", "sync=normal or sync=full"),
    ],
)
def test_a_wrong_address_is_refused_with_what_to_write(url: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        open_store(url, MemoryCatalogue())
