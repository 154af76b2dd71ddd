"""Any life of the embedded store (late, doubled, compacted, reopened) reads like the plain twin."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from telemetry.sample import Block
from telemetry.stores.base import SeriesQuery
from telemetry.stores.embedded import EmbeddedStore
from telemetry.stores.memory import MemoryStore
from tests.telemetry.stores.compare import (
    QUERIES,
    assert_same_latest,
    assert_same_series,
    blocks,
    without_clashes,
)
from tests.telemetry.stores.world import DAY, HOUR, T0


class Life(RuleBasedStateMachine):
    """Two stores that are told the same."""

    @initialize()
    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "samples.db"
        self.memory, self.embedded = MemoryStore(), EmbeddedStore(self.path)
        self.reader = EmbeddedStore(self.path, read_only=True)
        self.told: list[Block] = []

    @rule(new=st.lists(blocks(), min_size=1, max_size=12))
    def write(self, new: list[Block]) -> None:
        fresh = without_clashes(new, self.told)
        self.told += fresh
        self.memory.write(fresh)
        self.embedded.write(fresh)

    @rule(share=st.floats(0, 1))
    def write_again(self, share: float) -> None:
        again = self.told[: int(share * len(self.told))]
        self.memory.write(again)
        self.embedded.write(again)

    @rule(
        hours=st.sampled_from([1, 2, 3, 8, 25, 40, 60]),
        devices=st.integers(1, 3),
        steps=st.integers(1, 30),
    )
    def compact(self, hours: int, devices: int, steps: int) -> None:
        for _ in range(steps):
            if not self.embedded.compact(T0 + hours * HOUR, devices).more:
                break

    @rule()
    def reopen(self) -> None:
        self.embedded.close()
        self.embedded = EmbeddedStore(self.path)

    @rule(query=QUERIES)
    def draw(self, query: SeriesQuery) -> None:
        assert_same_series(self.memory, self.embedded, query)
        assert_same_series(self.memory, self.reader, query)

    @invariant()
    def latest_is_the_same(self) -> None:
        assert_same_latest(self.memory, self.reader)

    def teardown(self) -> None:
        while self.embedded.compact(T0 + 9 * DAY).more:
            pass
        for point in {p.id for b in self.told for p in b.layout.points}:
            for device in ("a", "b"):
                query = SeriesQuery(device, point, T0, T0 + 3 * DAY, HOUR)
                assert_same_series(self.memory, self.reader, query)
        self.reader.close()
        self.embedded.close()
        self.folder.cleanup()


Life.TestCase.settings = settings(
    max_examples=40,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestLife = Life.TestCase
