"""A rack with two PDUs and two front sensors, a breaker, and the devices that read them."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session, sessionmaker

from facilities.accounts.history import act_as
from facilities.accounts.recorded import Actor
from facilities.app import create_app
from facilities.hosting.models import Rack
from facilities.monitoring.catalogue import remember
from facilities.monitoring.machine import CollectorHeartbeat, DeviceHealth
from facilities.monitoring.models import Binding, Device
from facilities.monitoring.readings_port import StoreReadings
from facilities.power.models import PowerNode
from facilities.readings import ObjectRef
from facilities.settings import Settings
from facilities.sites.models import Building, Floor, Room, Site
from facilities.web.registry import Hit, ObjectKind, ObjectLink, SearchProvider, Viewer
from telemetry.points import Kind, Phase, Point, PollClass, Quantity
from telemetry.sample import Block, Layout
from telemetry.sample import Quality as Code
from telemetry.stores.memory import MemoryStore

NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)

POWER = Point(
    "total.active_power", "Power", Quantity.ACTIVE_POWER, "W", Kind.GAUGE, "1.3.6.1.4.1.318.1"
)
AMPS = Point(
    "bank.1.current.L1", "Bank 1", Quantity.CURRENT, "A", Kind.GAUGE, "1.3.6.1.4.1.318.2", Phase.L1
)
STATE = Point(
    "outlet.1.state",
    "Outlet 1",
    Quantity.STATE,
    "",
    Kind.STATE,
    "fc3:10",
    None,
    {1: "on", 2: "off"},
)
INLET = Point("probe.1.temperature", "Top", Quantity.TEMPERATURE, "degC", Kind.GAUGE, "fc3:20")
PDU_POINTS, PROBE_POINTS = (POWER, AMPS, STATE), (INLET,)


def layout(device: str, points: Sequence[Point], every_s: float = 10.0) -> Layout:
    """The normal poll class of a device."""
    return Layout(device, PollClass.NORMAL, every_s, tuple(points))


def block(of: Layout, values: Sequence[float], at: datetime = NOW, code: Code = Code.GOOD) -> Block:
    """One answer; NaN cells are not available, the others have the given quality."""
    codes = bytes(Code.NOT_AVAILABLE if math.isnan(v) else code for v in values)
    raws = tuple(None if math.isnan(v) else v for v in values)
    return Block(of, round(at.timestamp() * 1000), tuple(values), codes, raws)


@dataclass
class World:
    """The house of these tests. `now` is what its clock shows."""

    sessions: sessionmaker[Session]
    store: MemoryStore = field(default_factory=MemoryStore)
    now: datetime = NOW
    ids: dict[str, int] = field(default_factory=dict)

    def say(
        self, device: str, values: Sequence[float], age_s: float = 2.0, code: Code = Code.GOOD
    ) -> None:
        """A device answered `age_s` seconds ago."""
        points = PROBE_POINTS if device.startswith("probe") else PDU_POINTS
        at = self.now - timedelta(seconds=age_s)
        self.store.write([block(layout(device, points), values, at, code)])

    def health(self, device: str, fresh_s: float = 60.0, **values: Any) -> None:
        """The collector said how polling a device goes; fresh for so many seconds from now."""
        with self.sessions.begin() as session:
            session.merge(
                DeviceHealth(
                    **{
                        "device_id": self.ids[device],
                        "state": "healthy",
                        "since": self.now,
                        "last_good_at": self.now,
                        "fresh_until": self.now + timedelta(seconds=fresh_s),
                        "collector": "c1",
                        "error": "",
                        **values,
                    }
                )
            )

    def heartbeat(self, age_s: float = 1.0) -> None:
        """A collector was heard `age_s` seconds ago."""
        at = self.now - timedelta(seconds=age_s)
        with self.sessions.begin() as session:
            session.merge(CollectorHeartbeat(name="c1", started_at=at, at=at, polling=True))

    def readings(self) -> StoreReadings:
        """The port as pages use it, without its memory of a second."""
        return StoreReadings(self.sessions, self.store, lambda: self.now, cache_s=0.0)


def fill(session: Session) -> dict[str, int]:
    """Write the rows; ids by short name."""
    site = Site(code="FRA", name="Frankfurt")
    building = Building(site_id=1, code="B1", name="One", site=site)
    session.add_all([site, building])
    session.flush()
    floor = Floor(site_id=site.id, building_id=building.id, code="0", name="Ground")
    session.add(floor)
    session.flush()
    room = Room(site_id=site.id, floor_id=floor.id, code="W1", name="White")
    session.add(room)
    session.flush()
    rack = Rack(site_id=site.id, room_id=room.id, name="R07")
    session.add(rack)
    session.flush()
    nodes = {
        name: PowerNode(site_id=site.id, rack_id=rack.id, kind="rack_pdu", name=name, feed=feed)
        for name, feed in (("pdu-a", "A"), ("pdu-b", "B"))
    }
    session.add_all(nodes.values())
    session.flush()
    ids = {"site": site.id, "room": room.id, "rack": rack.id}
    ids |= {name: node.id for name, node in nodes.items()}
    for key, rack_id in (("pdu-a-r07", rack.id), ("pdu-b-r07", rack.id), ("probe-1", rack.id)):
        ids[key] = add_row(session, site.id, key, rack_id)
    return ids


def add_row(session: Session, site_id: int, key: str, rack_id: int | None = None) -> int:
    """A device with its layout, without asking the service."""
    points = PROBE_POINTS if key.startswith("probe") else PDU_POINTS
    device = Device(
        site_id=site_id,
        key=key,
        name=f"Device {key}",
        kind="environment" if key.startswith("probe") else "rack_pdu",
        profile="akcp-sensorprobe" if key.startswith("probe") else "apc-rpdu2",
        url="snmp://127.0.0.1:16100",
        rack_id=rack_id,
    )
    session.add(device)
    session.flush()
    remember(session, layout(key, points))
    return device.id


def bind_row(
    session: Session, ids: dict[str, int], key: str, point: Point, target: str, metric: str,
    feed: str = "",
) -> int:  # fmt: skip
    """Bind a point to `rack` or to a PDU by its short name."""
    kind = "rack" if target == "rack" else "power_node"
    row = Binding(
        site_id=ids["site"],
        device_id=ids[key],
        point=point.id,
        object_kind=kind,
        object_id=ids[target],
        metric=metric,
        feed=feed,
    )
    session.add(row)
    session.flush()
    return row.id


@pytest.fixture
def world(sessions: sessionmaker[Session]) -> World:
    """The rack, with both PDUs metered and one front sensor bound."""
    with sessions() as session:
        act_as(session, Actor("user", None, "tester"))
        ids = fill(session)
        for key, node, feed in (("pdu-a-r07", "pdu-a", "A"), ("pdu-b-r07", "pdu-b", "B")):
            bind_row(session, ids, key, POWER, node, "power.active", feed)
        bind_row(session, ids, "probe-1", INLET, "rack", "temperature.inlet.top")
        session.commit()
    made = World(sessions, ids=ids)
    made.heartbeat()
    return made


@pytest.fixture
def app(settings: Settings, sessions: sessionmaker[Session], world: World) -> Flask:
    """The wired application over the world's store and clock."""
    made = create_app(settings, sessions, world.readings())
    made.config["TESTING"] = False
    house = made.extensions["rackhouse"]
    house.clock = lambda: world.now
    for kind, model in (("rack", Rack), ("power_node", PowerNode)):
        if kind not in house.registries.kinds:
            house.registries.add_kind(ObjectKind(kind, kind, "racks:view", finder(kind, model)))
            house.registries.searches.append(
                SearchProvider(kind, "racks:view", searcher(kind, model))
            )
    return made


def finder(kind: str, model: Any) -> Callable[..., dict[int, ObjectLink]]:
    """Links of rows by id, as the areas below give them."""

    def find(session: Session, ids: Sequence[int]) -> dict[int, ObjectLink]:
        rows = session.scalars(select(model).where(model.id.in_(ids)))
        return {
            row.id: ObjectLink(
                ObjectRef(kind, row.id), row.name, f"/{kind}/{row.id}", "W1", row.site_id
            )
            for row in rows
        }

    return find


def searcher(kind: str, model: Any) -> Callable[..., list[Hit]]:
    """Hits by name, exact or beginning with the words."""

    def search(session: Session, viewer: Viewer, words: str, limit: int) -> list[Hit]:
        found = select(model).where(model.name.istartswith(words)).limit(limit)
        return [
            Hit(ObjectRef(kind, row.id), row.name, f"/{kind}/{row.id}", kind, row.name == words)
            for row in session.scalars(found)
        ]

    return search


@pytest.fixture
def statements(sessions: sessionmaker[Session]) -> Iterator[Callable[[], int]]:
    """Counts statements since the last call, transaction control left out."""
    seen: list[str] = []
    engine = sessions.kw["bind"]

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    def count() -> int:
        n = len([s for s in seen if not s.startswith(("BEGIN", "COMMIT", "PRAGMA"))])
        seen.clear()
        return n

    event.listen(engine, "before_cursor_execute", note)
    yield count
    event.remove(engine, "before_cursor_execute", note)
