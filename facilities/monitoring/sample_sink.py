"""Takes blocks from the poller into the store, keeps the catalogue, compacts now and then.

Runs in the sink's own thread. A block counts as taken when the store's `write` returned.
"""

import time

import structlog

from facilities.monitoring.catalogue import RecordsCatalogue
from telemetry.errors import StoreAway, StoreError
from telemetry.points import PollClass
from telemetry.sample import Block, Layout
from telemetry.stores.base import Store
from telemetry.stores.embedded import EmbeddedStore

log = structlog.get_logger()
#: Layouts written to the catalogue in one transaction.
LAYOUTS_AT_ONCE = 50


class SampleSink:
    """`take` is the poller's sink. `trouble` says what is wrong beside the writing itself."""

    def __init__(self, store: Store, catalogue: RecordsCatalogue, compact_s: float) -> None:
        self._store, self._catalogue = store, catalogue
        self._compact_s = compact_s
        self._compact_at_s = time.monotonic() + compact_s
        self._known: dict[tuple[str, PollClass], Layout] = {}
        self._new: dict[tuple[str, PollClass], Layout] = {}
        self.trouble = ""

    def take(self, blocks: list[Block]) -> None:
        """Write the blocks; raises StoreAway, StoreError as the store does."""
        self._store.write(blocks)
        for block in blocks:
            layout = block.layout
            key = (layout.device, layout.poll_class)
            known = self._known.get(key)
            if known is not layout and known != layout:
                self._new[key] = layout
        self._note()
        self._compact()

    def close(self) -> None:
        """Close the store. The poller must have ended."""
        self._store.close()

    def _note(self) -> None:
        """Tell the catalogue of new layouts; while it is away, again with the next blocks."""
        some = list(self._new)[:LAYOUTS_AT_ONCE]
        if not some:
            return
        try:
            self._catalogue.put_all([self._new[key] for key in some])
        except StoreAway as error:
            self._say(str(error))
            return
        for key in some:
            self._known[key] = self._new.pop(key)
        self._say("")

    def _compact(self) -> None:
        """One bounded step when it is due; the next follows soon while there is more to do."""
        if not isinstance(self._store, EmbeddedStore) or time.monotonic() < self._compact_at_s:
            return
        more = False
        try:
            step = self._store.compact(time.time_ns() // 1_000_000)
            more = step.more
            if step.blocks:
                log.info("compacted", blocks=step.blocks, chunks=step.chunks, span_ms=step.span_ms)
        except StoreError as error:
            self._say(f"compacting: {error}")
        self._compact_at_s = time.monotonic() + (0.0 if more else self._compact_s)

    def _say(self, trouble: str) -> None:
        if trouble and trouble != self.trouble:
            log.warning("samples", trouble=trouble)
        self.trouble = trouble
