"""The stores under the contract."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from telemetry.stores.base import Store
from telemetry.stores.embedded import EmbeddedStore
from telemetry.stores.memory import MemoryStore


@pytest.fixture(params=["memory", "embedded"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store
    made = MemoryStore() if request.param == "memory" else EmbeddedStore(tmp_path / "samples.db")
    yield made
    made.close()
