"""A collector as a process that says in a file which blocks its store has acknowledged.

Called as: collector_child.py DATABASE_URL DATA_DIR ACKNOWLEDGED
"""

import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from facilities.models import ALL
from facilities.monitoring.commands import collect_until_signal
from facilities.settings import Settings
from telemetry.sample import Block
from telemetry.stores.base import Bucket, Catalogue, Latest, SeriesQuery, Store
from telemetry.stores.open import open_store


class Telling:
    """A store that notes each block after `write` has returned."""

    def __init__(self, store: Store, path: Path) -> None:
        self._store, self._path = store, path

    def write(self, blocks: Sequence[Block]) -> None:
        self._store.write(blocks)
        with self._path.open("a") as file:
            for block in blocks:
                file.write(f"{block.layout.device} {block.layout.poll_class} {block.at_ms}\n")

    def latest(self, devices: Collection[str] | None = None) -> list[Latest]:
        return self._store.latest(devices)

    def series(self, query: SeriesQuery) -> list[Bucket]:
        return self._store.series(query)

    def close(self) -> None:
        self._store.close()


def main(database_url: str, data_dir: str, acknowledged: str) -> None:
    """Collect until a signal."""
    assert ALL

    def opening(url: str, catalogue: Catalogue) -> Store:
        return Telling(open_store(url, catalogue), Path(acknowledged))

    settings = Settings(database_url=database_url, data_dir=Path(data_dir))
    collect_until_signal(settings, opening)


if __name__ == "__main__":
    main(*sys.argv[1:])
