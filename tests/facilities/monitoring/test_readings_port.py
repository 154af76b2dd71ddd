"""The readings port: bound, corrected, judged now; few statements however many objects."""

import math
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta

import pytest

from facilities.errors import NotFound, Unavailable
from facilities.hosting.models import Rack
from facilities.monitoring.models import Binding, Calibration, Device
from facilities.monitoring.readings_port import StoreReadings
from facilities.power.models import PowerNode
from facilities.readings import LiveValue, ObjectRef, Quality
from telemetry.errors import StoreAway
from telemetry.stores.base import Bucket, Latest, SeriesQuery
from telemetry.stores.memory import MemoryStore
from tests.facilities.monitoring.conftest import (
    AMPS,
    INLET,
    NOW,
    POWER,
    STATE,
    World,
    add_row,
    bind_row,
)


class CountingStore(MemoryStore):
    """Counts the calls of latest."""

    calls = 0

    def latest(self, devices: Collection[str] | None = None) -> list[Latest]:
        self.calls += 1
        return super().latest(devices)


class AwayStore(MemoryStore):
    """Cannot be reached."""

    def latest(self, devices: Collection[str] | None = None) -> list[Latest]:
        raise StoreAway(f"connection refused for {devices}")

    def series(self, query: SeriesQuery) -> list[Bucket]:
        raise StoreAway(f"connection refused for {query.device}")


def of_rack(world: World) -> dict[tuple[str, str], LiveValue]:
    ref = ObjectRef("rack", world.ids["rack"])
    found: Sequence[LiveValue] = world.readings().latest([ref]).get(ref, ())
    return {(value.metric, value.feed): value for value in found}


def test_a_rack_shows_its_pdus_by_feed_their_total_and_its_hottest_inlet(world: World) -> None:
    world.say("pdu-a-r07", (412.0, 1.9, 1))
    world.say("pdu-b-r07", (380.0, 1.7, 1), age_s=9)
    world.say("probe-1", (26.5,))
    shown = of_rack(world)
    assert shown["power.active", "A"].number == 412.0
    assert shown["power.active", "A"].device == "pdu-a-r07"
    assert shown["power.active", "B"].age_s == 9.0
    assert shown["power.active.total", ""].number == 792.0
    assert shown["temperature.inlet", ""].number == 26.5
    assert shown["temperature.inlet.top", ""].source == "fc3:20"


def test_a_pdu_that_nothing_meters_makes_the_feed_unknown(world: World) -> None:
    with world.sessions.begin() as session:
        ids = world.ids
        session.add(
            PowerNode(
                site_id=ids["site"], rack_id=ids["rack"], kind="rack_pdu", name="pdu-a2", feed="A"
            )
        )
    world.say("pdu-a-r07", (412.0, 1.9, 1))
    value = of_rack(world)["power.active", "A"]
    assert value.value is None
    assert value.why == "1 of 2 parts known; missing: pdu-a2 (not metered)"


def test_what_is_bound_to_the_rack_itself_counts_before_what_its_pdus_say(world: World) -> None:
    with world.sessions.begin() as session:
        bind_row(session, world.ids, "pdu-a-r07", POWER, "rack", "power.active", "A")
    world.say("pdu-a-r07", (412.0, 1.9, 1))
    found = world.readings().latest([ObjectRef("rack", world.ids["rack"])])
    values = next(iter(found.values()))
    assert [v.number for v in values if (v.metric, v.feed) == ("power.active", "A")] == [412.0]


def test_two_devices_bound_alike_become_their_sum(world: World) -> None:
    with world.sessions.begin() as session:
        for key in ("pdu-a-r07", "pdu-b-r07"):
            bind_row(session, world.ids, key, POWER, "rack", "power.active", "C")
    world.say("pdu-a-r07", (400.0, 1.9, 1))
    world.say("pdu-b-r07", (300.0, 1.9, 1))
    assert of_rack(world)["power.active", "C"].number == 700.0


def test_an_object_without_bindings_is_absent(world: World) -> None:
    assert world.readings().latest([ObjectRef("room", world.ids["room"])]) == {}
    assert world.readings().latest([]) == {}


def test_silence_is_judged_now_and_blames_the_collector(world: World) -> None:
    world.say("pdu-a-r07", (412.0, 1.9, 1))
    world.now = NOW + timedelta(minutes=5)
    value = of_rack(world)["power.active", "A"]
    assert (value.quality, value.value, value.last_value) == (Quality.STALE, None, 412.0)
    assert value.last_at == NOW - timedelta(seconds=2)
    assert "no collector has been heard for 5 min" in value.why
    world.heartbeat()
    assert "collector" not in of_rack(world)["power.active", "A"].why


def test_a_never_read_device_has_no_value_and_a_reason(world: World) -> None:
    value = of_rack(world)["power.active", "A"]
    assert (value.quality, value.value, value.why) == (
        Quality.NOT_AVAILABLE,
        None,
        "never read yet",
    )


def test_a_missing_cell_is_not_zero(world: World) -> None:
    world.say("pdu-a-r07", (412.0, 1.9, 1), age_s=12)
    world.say("pdu-a-r07", (math.nan, 1.9, 1))
    value = of_rack(world)["power.active", "A"]
    assert (value.quality, value.value, value.last_value) == (Quality.NOT_AVAILABLE, None, 412.0)


def test_a_state_is_shown_by_its_name_and_its_code(world: World) -> None:
    with world.sessions.begin() as session:
        bind_row(session, world.ids, "pdu-a-r07", STATE, "pdu-a", "state")
    world.say("pdu-a-r07", (412.0, 1.9, 2))
    ref = ObjectRef("power_node", world.ids["pdu-a"])
    values = world.readings().latest([ref])[ref]
    state = next(value for value in values if value.metric == "state")
    assert (state.value, state.raw, state.number) == ("off", 2.0, None)


def test_a_calibration_corrects_what_is_shown_but_not_the_raw_value(world: World) -> None:
    with world.sessions.begin() as session:
        session.add(
            Calibration(
                site_id=world.ids["site"],
                device_id=world.ids["probe-1"],
                point=INLET.id,
                offset=-0.5,
            )
        )
    world.say("probe-1", (26.5,))
    value = of_rack(world)["temperature.inlet.top", ""]
    assert (value.number, value.raw) == (26.0, 26.5)
    series = world.readings().series("probe-1", INLET.id, NOW - timedelta(minutes=1), NOW, 60)
    assert [(bucket.min, bucket.max) for bucket in series.buckets] == [(26.0, 26.0)]
    world.now = NOW + timedelta(hours=1)
    assert of_rack(world)["temperature.inlet.top", ""].last_value == 26.0


def test_a_store_that_is_away_gives_bad_values_with_the_reason(world: World) -> None:
    ref = ObjectRef("rack", world.ids["rack"])
    port = StoreReadings(world.sessions, AwayStore(), lambda: NOW)
    values = port.latest([ref])[ref]
    assert {value.value for value in values} == {None}
    inlet = next(value for value in values if value.metric == "temperature.inlet.top")
    assert inlet.quality is Quality.BAD
    assert inlet.why.startswith("the sample store is away: connection refused")
    with pytest.raises(Unavailable, match="away just now"):
        port.series("pdu-a-r07", POWER.id, NOW, NOW + timedelta(hours=1), 60)


def test_series_come_in_steps_and_leave_gaps_out(world: World) -> None:
    for age_s, watts in ((130, 100.0), (125, 300.0), (5, 200.0)):
        world.say("pdu-a-r07", (watts, 1.0, 1), age_s=age_s)
    series = world.readings().series("pdu-a-r07", POWER.id, NOW - timedelta(minutes=3), NOW, 60)
    assert (series.unit, series.step_s) == ("W", 60)
    shown = [(b.at, b.min, b.mean, b.max, b.count) for b in series.buckets]
    assert shown == [
        (NOW - timedelta(minutes=3), 100.0, 200.0, 300.0, 2),
        (NOW - timedelta(minutes=1), 200.0, 200.0, 200.0, 1),
    ]


def test_series_of_unknown_devices_and_points_are_not_found(world: World) -> None:
    port, hour = world.readings(), timedelta(hours=1)
    for device, point in (("nobody", POWER.id), ("pdu-a-r07", "no.such.point")):
        with pytest.raises(NotFound):
            port.series(device, point, NOW - hour, NOW, 60)


def test_many_racks_cost_two_statements_and_one_call_of_the_store(
    world: World, statements: Callable[[], int]
) -> None:
    refs = [ObjectRef("rack", world.ids["rack"])]
    with world.sessions.begin() as session:
        for n in range(20):
            rack = Rack(site_id=world.ids["site"], room_id=world.ids["room"], name=f"X{n}")
            session.add(rack)
            session.flush()
            refs.append(ObjectRef("rack", rack.id))
            device_id = add_row(session, world.ids["site"], f"probe-x{n}", rack.id)
            session.add(
                Binding(
                    site_id=world.ids["site"], device_id=device_id, point=INLET.id,
                    object_kind="rack", object_id=rack.id, metric="temperature.inlet.top",
                )
            )  # fmt: skip
    store = CountingStore()
    port = StoreReadings(world.sessions, store, lambda: NOW)
    statements()
    assert len(port.latest(refs)) == 21
    assert statements() == 2
    assert store.calls == 1
    port.latest(refs)
    assert store.calls == 1, "within a second the store is not asked again"


def test_a_device_in_maintenance_is_shown_as_such(world: World) -> None:
    with world.sessions.begin() as session:
        device = session.get(Device, world.ids["probe-1"])
        assert device is not None
        device.state = "maintenance"
    world.say("probe-1", (26.5,))
    assert of_rack(world)["temperature.inlet.top", ""].quality is Quality.MAINTENANCE


def test_amps_are_not_added_into_a_rack(world: World) -> None:
    with world.sessions.begin() as session:
        bind_row(session, world.ids, "pdu-a-r07", AMPS, "pdu-a", "current.l1", "A")
    world.say("pdu-a-r07", (412.0, 1.9, 1))
    assert ("current.l1", "A") not in of_rack(world)
