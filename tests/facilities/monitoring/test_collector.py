"""The collector on real sockets: devices come, go, fail; one collector at a time; kill -9."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from facilities.errors import Refused
from facilities.jobs.models import Lease
from facilities.monitoring.collector import Collector, Pace, run_collector
from facilities.monitoring.collector_records import LEASE, died_here
from facilities.monitoring.device_readings import Snapshot
from facilities.monitoring.machine import CollectorHeartbeat, DeviceHealth, DevicePoint
from facilities.monitoring.models import Device
from facilities.monitoring.ports import open_readings
from facilities.monitoring.service import DeviceValues, Vault, add_device
from facilities.readings import LiveValue
from facilities.settings import Settings
from facilities.sites.models import Site
from telemetry.loop import run
from telemetry.stores.base import SeriesQuery
from telemetry.stores.embedded import EmbeddedStore
from telemetry.stores.health import check
from telemetry.stores.open import embedded_path
from tests.facilities.monitoring.emulated import Plant, running_plant

CHILD = Path(__file__).with_name("collector_child.py")
CHECKOUT = CHILD.parents[3]
QUICK = Pace(turn_s=0.3, look_s=0.05, lease_s=3.0)
WITHIN_S = 25.0


@pytest.fixture
def plant() -> Iterator[Plant]:
    """Emulated devices on loopback."""
    with running_plant() as made:
        yield made


def until(wanted: Callable[[], object], what: str, within_s: float = WITHIN_S) -> None:
    """Wait for something to become true."""
    end_s = time.monotonic() + within_s
    while not wanted():
        assert time.monotonic() < end_s, f"not within {within_s:g} s: {what}"
        time.sleep(0.05)


def add(
    sessions: sessionmaker[Session], settings: Settings, key: str, profile: str, url: str,
    networks: str = "127.0.0.0/8",
) -> int:  # fmt: skip
    """A device that is polled every second."""
    with sessions.begin() as session:
        site = session.scalar(select(Site)) or Site(code="FRA", name="Frankfurt")
        session.add(site)
        session.flush()
        every_s = {"fast": 1.0, "normal": 1.0, "slow": 1.0}
        values = DeviceValues(site.id, key, key, profile, url, every_s=every_s)
        return add_device(session, values, Vault(networks, settings.sealing_key())).id


@contextmanager
def collecting(
    settings: Settings, sessions: sessionmaker[Session], pace: Pace = QUICK
) -> Iterator[threading.Event]:
    """A collector in a thread; it has ended when the block ends."""
    stop = threading.Event()
    collector = Collector(settings, sessions, stop, pace=pace)
    thread = threading.Thread(target=lambda: run(collector.run()), daemon=True)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(15)
        assert not thread.is_alive(), "the collector ends within a time-out"


def readings(
    settings: Settings, sessions: sessionmaker[Session], device_id: int
) -> dict[str, LiveValue]:
    """All readings of a device as a page would show them now."""
    port = open_readings(settings, sessions)
    try:
        with sessions() as session:
            rows = Snapshot(session, port, [device_id]).rows()
            return {row.point.id: row.live for row in rows}
    finally:
        port.store.close()


def health(sessions: sessionmaker[Session], device_id: int) -> DeviceHealth | None:
    with sessions() as session:
        return session.get(DeviceHealth, device_id)


def beat(sessions: sessionmaker[Session]) -> list[CollectorHeartbeat]:
    with sessions() as session:
        return list(session.scalars(select(CollectorHeartbeat)))


def test_devices_of_both_protocols_become_live_readings(
    settings: Settings, sessions: sessionmaker[Session], plant: Plant
) -> None:
    meter = plant.serve("meter", "schneider-pm5000")
    sensor = plant.serve("sensor", "ups-rfc1628")
    ids = [
        add(sessions, settings, "meter", "schneider-pm5000", meter),
        add(sessions, settings, "ups", "ups-rfc1628", sensor),
    ]
    with collecting(settings, sessions):
        for id_ in ids:
            until(lambda: readings(settings, sessions, id_), f"device {id_} is read")  # noqa: B023
            until(lambda: (row := health(sessions, id_)) and row.last_good_at, "health is told")  # noqa: B023
        shown = readings(settings, sessions, ids[0])
        assert shown["total.active_power"].number is not None
        assert shown["total.active_power"].unit == "W"
        until(lambda: _points(sessions, ids[1]), "the catalogue knows its points")
        row = health(sessions, ids[1])
        assert row is not None
        assert (row.state, row.error) == ("healthy", "")
        assert row.counts["identity"]["model"]
        assert row.fresh_until is not None
        (heartbeat,) = beat(sessions)
        assert (heartbeat.polling, heartbeat.devices) == (True, 2)
    assert beat(sessions) == [], "a collector that ended says good-bye"


def _points(sessions: sessionmaker[Session], device_id: int) -> list[DevicePoint]:
    with sessions() as session:
        wanted = select(DevicePoint).where(DevicePoint.device_id == device_id)
        return list(session.scalars(wanted))


def test_devices_come_and_go_without_a_restart(
    settings: Settings, sessions: sessionmaker[Session], plant: Plant
) -> None:
    url = plant.serve("one", "schneider-pm5000")
    with collecting(settings, sessions):
        until(lambda: [b for b in beat(sessions) if b.polling], "it polls")
        id_ = add(sessions, settings, "one", "schneider-pm5000", url)
        until(lambda: readings(settings, sessions, id_), "the new device is read")
        with sessions.begin() as session:
            session.get_one(Device, id_).enabled = False
        until(lambda: beat(sessions)[0].devices == 0, "it is polled no more")
        time.sleep(1.5)
        before = readings(settings, sessions, id_)["total.active_power"].at
        time.sleep(1.5)
        assert readings(settings, sessions, id_)["total.active_power"].at == before


def test_a_device_that_dies_is_told_and_one_that_cannot_be_polled_says_why(
    settings: Settings, sessions: sessionmaker[Session], plant: Plant
) -> None:
    url = plant.serve("one", "schneider-pm5000")
    alive = add(sessions, settings, "one", "schneider-pm5000", url)
    outside = add(sessions, settings, "two", "schneider-pm5000", "modbus://127.0.0.9:1?unit=1")
    with sessions.begin() as session:
        session.get_one(Device, outside).url = "modbus://8.8.8.8:502?unit=1"
    with collecting(settings, sessions):
        until(lambda: (r := health(sessions, alive)) and r.last_good_at, "it answers")
        until(lambda: (r := health(sessions, outside)) and r.state == "refused", "refused")
        row = health(sessions, outside)
        assert row is not None
        assert "outside the networks" in row.error
        plant.end("one")
        until(lambda: (r := health(sessions, alive)) and r.state != "healthy", "told as failing")
        row = health(sessions, alive)
        assert row is not None
        assert row.error
        assert row.polls_failed > 0


def test_a_second_collector_stands_by_and_takes_over(
    settings: Settings, sessions: sessionmaker[Session], plant: Plant
) -> None:
    id_ = add(sessions, settings, "one", "schneider-pm5000", plant.serve("one", "schneider-pm5000"))
    with collecting(settings, sessions) as first:
        until(lambda: readings(settings, sessions, id_), "the first polls")
        with collecting(settings, sessions):
            until(lambda: len(beat(sessions)) == 2, "the second lives")
            assert sorted(b.polling for b in beat(sessions)) == [False, True]
            first.set()
            until(lambda: [b.polling for b in beat(sessions)] == [True], "the second polls", 10)


def test_a_lost_lease_ends_polling_until_it_is_free_again(
    settings: Settings, sessions: sessionmaker[Session], plant: Plant
) -> None:
    add(sessions, settings, "one", "schneider-pm5000", plant.serve("one", "schneider-pm5000"))
    with collecting(settings, sessions):
        until(lambda: [b for b in beat(sessions) if b.polling], "it polls")
        with sessions.begin() as session:
            session.get_one(Lease, LEASE).holder = "elsewhere:1:abc"
        until(lambda: not any(b.polling for b in beat(sessions)), "it stops polling")
        until(lambda: [b for b in beat(sessions) if b.polling], "it polls again", 15)


def test_a_store_that_cannot_be_opened_is_told_and_tried_again(
    settings: Settings, sessions: sessionmaker[Session], plant: Plant
) -> None:
    id_ = add(sessions, settings, "one", "schneider-pm5000", plant.serve("one", "schneider-pm5000"))
    rival = EmbeddedStore(embedded_path(settings.samples_url))
    with collecting(settings, sessions):
        until(lambda: [b for b in beat(sessions) if b.trouble], "the trouble is told")
        assert not beat(sessions)[0].polling
        rival.close()
        until(lambda: readings(settings, sessions, id_), "it polls once the store is free")
        until(lambda: not beat(sessions)[0].trouble, "the trouble is over")


def test_a_wrong_store_url_ends_with_one_clear_line(settings: Settings) -> None:
    wrong = settings.model_copy(update={"store_url": "nonsense://x"})
    with pytest.raises(Refused, match="RACKHOUSE_STORE_URL"):
        run_collector(wrong, threading.Event())


def test_a_dead_holder_on_this_machine_is_not_waited_for() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    mine = f"here:{os.getpid()}:aa"
    assert died_here(f"here:{child.pid}:bb", mine)
    assert not died_here(f"there:{child.pid}:bb", mine)
    assert not died_here(f"here:{os.getpid()}:bb", mine)
    assert not died_here("nonsense", mine)


def start_child(settings: Settings, acknowledged: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(CHILD), settings.database_url, str(settings.data_dir)]
    return subprocess.Popen(
        [*command, str(acknowledged)], cwd=CHECKOUT, env={**os.environ, "PYTHONPATH": str(CHECKOUT)}
    )


def told(path: Path) -> list[tuple[str, str, int]]:
    """What was acknowledged; a torn last line does not count."""
    lines = path.read_text().split("\n")[:-1] if path.exists() else []
    rows = [line.split() for line in lines]
    return [(device, poll_class, int(at_ms)) for device, poll_class, at_ms in rows]


def test_kill_9_loses_nothing_acknowledged_and_the_next_start_polls_on(
    settings: Settings, sessions: sessionmaker[Session], plant: Plant, tmp_path: Path
) -> None:
    for n in range(12):
        profile = ("schneider-pm5000", "ups-rfc1628")[n % 2]
        add(sessions, settings, f"dev-{n}", profile, plant.serve(f"dev-{n}", profile))
    acknowledged = tmp_path / "acknowledged"
    for round_ in (1, 2):
        child = start_child(settings, acknowledged)
        try:
            seen = len(told(acknowledged))
            until(lambda: len(told(acknowledged)) > seen + 40, f"blocks flow in round {round_}", 40)  # noqa: B023
        finally:
            child.send_signal(signal.SIGKILL)
            child.wait()
    _assert_all_there(settings, told(acknowledged))
    with sessions() as session:
        assert len(session.scalars(select(Device)).all()) == 12
    child = start_child(settings, tmp_path / "third")
    until(lambda: told(tmp_path / "third"), "a third start polls on", 40)
    child.send_signal(signal.SIGTERM)
    assert child.wait(15) == 0, "SIGTERM ends it cleanly"
    assert beat(sessions) != [], "the killed ones never said good-bye"
    assert not any(b.name.split(":")[1] == str(child.pid) for b in beat(sessions))


def _assert_all_there(settings: Settings, acknowledged: list[tuple[str, str, int]]) -> None:
    path = embedded_path(settings.samples_url)
    assert check(path).problems == ()
    store = EmbeddedStore(path, read_only=True)
    layouts = {
        (latest.block.layout.device, str(latest.block.layout.poll_class)): latest.block.layout
        for latest in store.latest()
    }
    missing = []
    for device, poll_class, at_ms in acknowledged:
        point = next(
            p.id for p in layouts[device, poll_class].points if p.kind.value in ("gauge", "counter")
        )
        found = store.series(SeriesQuery(device, point, at_ms, at_ms + 1, 1))
        if not found:
            missing.append((device, poll_class, at_ms))
    store.close()
    assert missing == []
    if settings.database_url.startswith("sqlite"):
        with sqlite3.connect(settings.database_url.removeprefix("sqlite:///")) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
