"""The collector: polls the enabled devices into the store while it holds the lease.

Two parts meet here: telemetry's poller on the event loop, and the records, which are only touched
in a thread, in short transactions. When the records are away polling goes on with what is known.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from facilities.db import make_engine
from facilities.errors import Refused
from facilities.jobs.leases import holder_name
from facilities.monitoring.assignments import Assigner, Verdict, Wanted
from facilities.monitoring.catalogue import RecordsCatalogue
from facilities.monitoring.collector_records import Beat, CollectorRecords
from facilities.monitoring.sample_sink import SampleSink
from facilities.monitoring.service import Vault
from facilities.settings import Settings
from telemetry.assignment import Assignment
from telemetry.assignment import DeviceHealth as Look
from telemetry.errors import ConfigError, StoreError
from telemetry.loop import allow_many_sockets, run
from telemetry.poller import Poller
from telemetry.stores.base import Catalogue, Store
from telemetry.stores.open import open_store

log = structlog.get_logger()
OpenStore = Callable[[str, Catalogue], Store]


@dataclass(frozen=True, slots=True)
class Pace:
    """How often things are done. `turn_s`: lease, heartbeat, devices, health."""

    turn_s: float = 5.0
    look_s: float = 0.1
    compact_s: float = 60.0
    lease_s: float = 20.0


class Collector:
    """One collector. `run` until `stop` is set; it stands by while another holds the lease."""

    def __init__(
        self,
        settings: Settings,
        sessions: sessionmaker[Session],
        stop: threading.Event,
        open_store: OpenStore = open_store,
        pace: Pace = Pace(),
    ) -> None:
        self.name = holder_name()
        self._settings, self._stop, self._pace = settings, stop, pace
        self._open_store = open_store
        self._catalogue = RecordsCatalogue(sessions)
        self._records = CollectorRecords(sessions, self.name, pace.lease_s)
        self._assigner = Assigner(Vault(settings.device_networks, settings.sealing_key()))
        self._verdicts: Mapping[Wanted, Verdict] = {}
        self._sink: SampleSink | None = None
        self._poller: Poller | None = None
        self._trouble = ""

    async def run(self) -> None:
        """Take turns until told to stop; then give everything back."""
        log.info("collector started", collector=self.name)
        try:
            while not self._stop.is_set():
                began_s = time.monotonic()
                await self._turn_guarded()
                await self._wait(self._pace.turn_s - (time.monotonic() - began_s))
        finally:
            await self._halt()
            await self._try(self._records.end)
            log.info("collector stopped", collector=self.name)

    async def _wait(self, seconds: float) -> None:
        """Until the next turn, or until told to stop."""
        until_s = time.monotonic() + seconds
        while not self._stop.is_set() and time.monotonic() < until_s:
            await asyncio.sleep(self._pace.look_s)

    async def _turn_guarded(self) -> None:
        try:
            await self._turn()
        except SQLAlchemyError as error:
            log.warning("records away; polling goes on", error=str(getattr(error, "orig", error)))
        except ConfigError:
            raise  # the store's URL is wrong: nothing can be polled until a person changes it
        except Exception:
            log.exception("a turn of the collector failed in a way it should not")

    async def _turn(self) -> None:
        """Hold the lease or stand by; begin, end, change polling; tell how it goes."""
        held = await asyncio.to_thread(self._records.hold)
        if held and self._poller is None:
            await self._begin()
        elif not held and self._poller is not None:
            log.warning("another collector holds the lease; standing by", collector=self.name)
            await self._halt()
        if self._poller is not None:
            await self._assign(self._poller)
            await self._tell(self._poller)
        await asyncio.to_thread(self._records.beat, self._beat())

    async def _begin(self) -> None:
        """Open the store and start the poller; what hinders is told and tried again next turn."""
        try:
            store = await asyncio.to_thread(
                self._open_store, self._settings.samples_url, self._catalogue
            )
        except StoreError as error:
            self._hindered(str(error))
            return
        self._trouble = ""
        self._sink = SampleSink(store, self._catalogue, self._pace.compact_s)
        self._poller = Poller([self._sink.take])
        await self._poller.start()
        log.info("polling begins", collector=self.name, store=self._settings.samples_url)

    async def _halt(self) -> None:
        """End polling, deliver what waits, close the store."""
        poller, self._poller = self._poller, None
        sink, self._sink = self._sink, None
        if poller is not None:
            await poller.stop()
        if sink is not None:
            await asyncio.to_thread(sink.close)

    async def _assign(self, poller: Poller) -> None:
        wanted = await asyncio.to_thread(self._records.wanted)
        before = self._verdicts
        self._verdicts = await asyncio.to_thread(self._assigner.judge, wanted, time.monotonic())
        for device, verdict in self._verdicts.items():
            if verdict.assignment is None and before.get(device) != verdict:
                log.warning("device cannot be polled", device=device.key, why=verdict.why)
        await poller.assign(self._assignments())

    def _assignments(self) -> list[Assignment]:
        found = (verdict.assignment for verdict in self._verdicts.values())
        return [assignment for assignment in found if assignment is not None]

    async def _tell(self, poller: Poller) -> None:
        looks: list[Look] = poller.health()
        await asyncio.to_thread(self._records.tell, self._verdicts, looks)

    def _beat(self) -> Beat:
        if self._poller is None or self._sink is None:
            return Beat(polling=False, trouble=self._trouble)
        counts = self._poller.sinks()[0]
        return Beat(
            polling=True,
            devices=len(self._assignments()),
            written=counts.delivered,
            waiting=counts.waiting,
            lost=counts.lost,
            trouble=counts.why or self._sink.trouble,
        )

    def _hindered(self, why: str) -> None:
        if why != self._trouble:
            log.error("the sample store cannot be opened", error=why)
        self._trouble = why

    async def _try(self, what: Callable[[], object]) -> None:
        try:
            await asyncio.to_thread(what)
        except SQLAlchemyError as error:
            log.warning("records away at the end", error=str(getattr(error, "orig", error)))


def run_collector(
    settings: Settings, stop: threading.Event, open_store: OpenStore = open_store
) -> None:
    """Collect until `stop` is set. Raises Refused for a store URL that is wrong.

    Opens records of its own: what machines write is no history.
    """
    allow_many_sockets(16_384)
    engine = make_engine(settings.records_url)
    sessions = sessionmaker(engine, expire_on_commit=False)
    try:
        run(Collector(settings, sessions, stop, open_store).run())
    except ConfigError as error:
        raise Refused(f"RACKHOUSE_STORE_URL: {error}", "RACKHOUSE_STORE_URL") from error
    finally:
        engine.dispose()
