"""The schedule, isolation and back-off of the poller, on a driven clock (rules 14-21)."""

import asyncio
import math
from collections.abc import Callable
from itertools import pairwise

import pytest

from telemetry.assignment import Assignment, Phase
from telemetry.connect import Wired
from telemetry.errors import ConfigError
from telemetry.health import State
from telemetry.points import PollClass
from telemetry.poller import PollerOptions
from telemetry.sample import Quality
from telemetry.settings import TelemetrySettings
from telemetry.target import parse
from telemetry.transports.base import Answer, ModbusRead, Request, SnmpGet, SnmpWalk
from telemetry.transports.recording import Recording
from telemetry.transports.replay import ReplayTransport
from tests.telemetry.driven import (
    METER_REGISTERS,
    PDU_OBJECTS,
    START_MS,
    World,
    meter,
    polling,
    settle,
)

SOON = PollerOptions(TelemetrySettings(rediscover_every_s=600, retest_bad_every_s=600))


async def test_each_class_is_read_at_its_own_interval_and_decoded() -> None:
    world = World()
    async with polling(world, [world.meter()]):
        await world.clock.advance(130)
        normal, slow = world.of("m1"), world.of("m1", PollClass.SLOW)
        assert normal[0].values == (412.0, 230.5, 50.01)
        assert set(normal[0].quality) == {Quality.GOOD}
        assert 13 <= len(normal) <= 14
        assert 3 <= len(slow) <= 4
        gaps = {b.at_ms - a.at_ms for a, b in pairwise(normal[1:])}
        assert gaps == {10_000}


async def test_the_first_reading_of_every_class_comes_within_ten_seconds() -> None:
    world = World()
    async with polling(world, [world.meter(f"m{n}") for n in range(20)]):
        await world.clock.advance(10)
        assert len({block.layout.device for block in world.blocks}) == 20
        assert len({b.layout.device for b in world.blocks if b.layout.poll_class == "slow"}) == 20


async def test_devices_are_spread_over_the_interval_and_always_in_the_same_way() -> None:
    seconds = []
    for _ in range(2):
        world = World()
        async with polling(world, [world.meter(f"meter-{n}") for n in range(50)]):
            await world.clock.advance(40)
        seconds.append(
            {b.layout.device: b.at_ms % 10_000 for b in world.blocks if b.at_ms > START_MS + 20_000}
        )
    assert seconds[0] == seconds[1]
    tenths = [ms // 1000 for ms in seconds[0].values()]
    assert len(tenths) == 50
    assert max(tenths.count(n) for n in range(10)) <= 12


async def test_one_read_serves_all_points_and_gets_a_time_stamp_of_its_answer() -> None:
    world = World()
    async with polling(world, [world.meter()]):
        await world.clock.advance(10)
        (first, *_) = world.line("m1").requests
        assert first == ModbusRead(1, 3, 100, 3)
        assert world.of("m1")[0].at_ms >= START_MS


async def test_a_silent_device_is_quarantined_after_three_cycles_and_costs_one_probe_then() -> None:
    world = World()
    async with polling(world, [world.meter()]):
        await world.clock.advance(20)
        world.line("m1").silent = True
        world.line("m1").requests.clear()
        while world.health("m1").state is not State.QUARANTINED:
            await world.clock.advance(1)
        in_cycles = len(world.line("m1").requests)
        assert in_cycles == 4, "three cycles, the first with one repetition"
        await world.clock.advance(600)
        probes = world.line("m1").requests[in_cycles:]
        assert {type(p) for p in probes} == {ModbusRead}
        assert all(p.count <= 2 for p in probes if isinstance(p, ModbusRead))
        # 7.5 + 15 + 30 + 60 + 120 + 225 s at the driven chance of a half
        assert len(probes) == 6
        assert "no answer" in world.health("m1").why


async def test_a_quarantined_device_says_so_at_its_normal_rate() -> None:
    world = World()
    async with polling(world, [world.meter()]):
        await world.clock.advance(20)
        world.line("m1").silent = True
        await world.clock.advance(40)
        world.blocks.clear()
        await world.clock.advance(100)
        blocks = world.of("m1")
        assert len(blocks) == 10
        for block in blocks:
            assert all(math.isnan(value) for value in block.values)
            assert set(block.quality) == {Quality.STALE}
        assert world.of("m1", PollClass.SLOW)


async def test_a_device_that_never_answered_is_bad_and_not_stale() -> None:
    world = World()
    assignment = world.meter()
    world.line("m1").silent = True
    async with polling(world, [assignment]):
        await world.clock.advance(100)
        assert world.health("m1").last_good_at_ms is None
        assert {q for block in world.of("m1") for q in block.quality} <= {Quality.BAD}


async def test_one_good_probe_brings_everything_back_at_once() -> None:
    world = World()
    async with polling(world, [world.meter()]):
        await world.clock.advance(20)
        world.line("m1").silent = True
        await world.clock.advance(100)
        world.line("m1").silent = False
        world.blocks.clear()
        await world.clock.advance(120)
        good = [b for b in world.blocks if set(b.quality) == {Quality.GOOD}]
        assert {b.layout.poll_class for b in good[:2]} == {PollClass.NORMAL, PollClass.SLOW}
        assert world.health("m1").state is State.HEALTHY
        assert world.health("m1").why == ""


class SlowLine(ReplayTransport):
    """Answers after a time of the driven clock; `bug` makes it fail in a way nobody foresaw."""

    delay_s = 0.0
    bug: Exception | None = None
    sleep: Callable[[float], "asyncio.Future[None]"]

    async def read(self, request: Request, timeout_s: float) -> Answer:
        if self.bug is not None:
            raise self.bug
        await self.sleep(self.delay_s)
        return await super().read(request, timeout_s)


def slow_line(world: World, name: str, delay_s: float) -> SlowLine:
    line = SlowLine(Recording(registers=METER_REGISTERS), world.clock.utc_ms)
    line.delay_s, line.sleep = delay_s, world.clock.sleep  # type: ignore[assignment]
    world.lines[name] = line
    return line


async def test_dead_slow_and_broken_devices_never_delay_another() -> None:
    world = World()
    slow_line(world, "slow", 25.0)
    slow_line(world, "broken", 0.0).bug = ZeroDivisionError("a bug of ours")
    assignments = [world.meter(name) for name in ("live", "slow", "dead", "broken")]
    world.line("dead").silent = True
    async with polling(world, assignments):
        await world.clock.advance(205)
        live = world.of("live")
        gaps = [b.at_ms - a.at_ms for a, b in pairwise(live[1:])]
        assert len(live) >= 20 and set(gaps) == {10_000}
        assert "ZeroDivisionError" in world.health("broken").why
        assert world.health("live").missed == 0


async def test_missed_turns_are_skipped_and_counted_and_never_queue_up() -> None:
    world = World()
    slow_line(world, "slow", 25.0)
    async with polling(world, [world.meter("slow")]):
        await world.clock.advance(15)
        await world.clock.advance(300)
        health = world.health("slow")
        # Each round of both classes takes 50 s, or 25 s where only one is due: never more often.
        assert len(world.of("slow")) <= 315 / 30
        assert health.missed >= 15


async def test_bad_points_are_learned_and_never_asked_again_until_tested_anew() -> None:
    world = World()
    registers = {place: word for place, word in METER_REGISTERS.items() if place != (3, 101)}
    async with polling(world, [world.meter("m1", registers)], SOON):
        await world.clock.advance(10)
        first = world.of("m1")[0]
        assert list(first.quality) == [Quality.GOOD, Quality.BAD, Quality.GOOD]
        assert first.values[0] == 412.0 and first.values[2] == 50.01
        world.line("m1").requests.clear()
        await world.clock.advance(30)
        asked = [r for r in world.line("m1").requests if isinstance(r, ModbusRead)]
        assert not any(r.address <= 101 < r.address + r.count for r in asked)
        assert "refused" in world.health("m1").learned
        assert world.health("m1").state is State.HEALTHY
        world.line("m1").recording = Recording(registers=METER_REGISTERS)
        await world.clock.advance(600)
        assert set(world.of("m1")[-1].quality) == {Quality.GOOD}


async def test_a_device_that_refuses_everything_teaches_nothing() -> None:
    world = World()
    async with polling(world, [world.meter("m1", {(3, 5000): 1})]):
        await world.clock.advance(60)
        health = world.health("m1")
        assert health.state is State.QUARANTINED
        assert "wrong unit" in health.why
        world.line("m1").recording = Recording(registers=METER_REGISTERS)
        await world.clock.advance(300)
        assert set(world.of("m1")[-1].quality) == {Quality.GOOD}


async def test_an_snmp_device_is_walked_once_and_then_asked_by_plain_gets() -> None:
    world = World()
    async with polling(world, [world.pdu()]):
        await world.clock.advance(100)
        kinds = [type(request) for request in world.line("p1").requests]
        assert kinds.count(SnmpWalk) == 2
        assert kinds[-3:] == [SnmpGet] * 3
        block = world.of("p1")[0]
        ids = [point.id for point in block.layout.points]
        assert ids == ["outlet.1.active_power", "outlet.2.active_power"]
        assert block.values == (60.0, 61.0)
        assert world.health("p1").identity["serial"] == "ABC"


async def test_another_serial_number_is_another_device_and_is_walked_again() -> None:
    world = World()
    async with polling(world, [world.pdu()]):
        await world.clock.advance(40)
        more = PDU_OBJECTS | {
            "1.3.6.1.4.1.99999.1.0": b"DEF",
            "1.3.6.1.4.1.99999.2.1.1.3": 3,
            "1.3.6.1.4.1.99999.2.1.2.3": 62,
        }
        world.line("p1").recording = Recording(varbinds=more)
        await world.clock.advance(130)
        assert world.of("p1")[-1].values == (60.0, 61.0, 62.0)
        assert world.health("p1").identity["serial"] == "DEF"


async def test_tables_are_walked_again_as_often_as_the_settings_say() -> None:
    world = World()
    async with polling(world, [world.pdu()], SOON):
        await world.clock.advance(40)
        more = PDU_OBJECTS | {"1.3.6.1.4.1.99999.2.1.1.3": 3, "1.3.6.1.4.1.99999.2.1.2.3": 62}
        world.line("p1").recording = Recording(varbinds=more)
        await world.clock.advance(100)
        assert len(world.of("p1")[-1].values) == 2
        await world.clock.advance(600)
        assert len(world.of("p1")[-1].values) == 3


async def test_a_device_of_another_profile_says_so_and_is_not_walked_all_the_time() -> None:
    world = World()
    assignment = world.pdu()
    world.line("p1").recording = Recording(varbinds={"1.3.6.1.2.1.1.3.0": 1})
    async with polling(world, [assignment]):
        await world.clock.advance(3600)
        assert "is it the right one" in world.health("p1").why
        assert len([r for r in world.line("p1").requests if isinstance(r, SnmpWalk)]) <= 2 * 25


async def test_assignments_change_while_running_and_equal_ones_go_on_untouched() -> None:
    world = World()
    one, two = world.meter("one"), world.meter("two")
    async with polling(world, [one, two]):
        await world.clock.advance(20)
        asked = len(world.line("two").requests)
        three = world.meter("three")
        changed = Assignment("one", one.target, meter(), {PollClass.NORMAL: 2.0})
        await world.poller.assign([changed, two, three])
        await world.clock.advance(20)
        assert {health.device for health in world.poller.health()} == {"one", "two", "three"}
        assert world.of("one")[-1].layout.every_s == 2.0
        assert len(world.line("two").requests) > asked
        assert world.health("two").polls >= 4, "it was not begun anew"
        await world.poller.assign([two])
        assert not world.line("three").is_open and world.line("two").is_open
        count = len(world.of("one"))
        await world.clock.advance(20)
        assert len(world.of("one")) == count


async def test_a_target_that_cannot_be_reached_by_this_version_is_told_and_not_raised() -> None:
    world = World()

    def refuse(assignment: Assignment) -> Wired:
        raise ConfigError("serial lines are not read", assignment.device)

    world.wire = refuse  # type: ignore[method-assign]
    assignment = Assignment("serial", parse("modbus+serial:///dev/ttyS9"), meter())
    async with polling(world, [assignment]):
        await world.clock.advance(60)
        assert "serial lines are not read" in world.health("serial").why
        assert world.health("serial").phase is Phase.WAITING


async def test_stopping_ends_reads_that_are_under_way() -> None:
    world = World()
    slow_line(world, "slow", 1e6)
    async with polling(world, [world.meter("slow")]):
        await world.clock.advance(15)
        await settle()
        async with asyncio.timeout(1.0):
            await world.poller.stop()
        assert not world.line("slow").is_open


@pytest.mark.parametrize("name", ["slow"])
async def test_health_shows_the_plan_the_times_and_the_next_turn(name: str) -> None:
    world = World()
    slow_line(world, name, 0.25)
    async with polling(world, [world.meter(name)]):
        await world.clock.advance(60)
        health = world.health(name)
        assert (health.points, health.requests) == (5, 2)
        assert health.p50_ms == health.p95_ms == 250.0
        assert health.phase is Phase.POLLING
        assert health.last_good_at_ms is not None and health.next_poll_at_ms is not None
        assert health.last_good_at_ms <= world.clock.utc_ms() < health.next_poll_at_ms
