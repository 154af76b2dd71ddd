"""What happens to blocks behind the poller: batches, slow, failing and absent sinks."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from telemetry.decode import without_answer
from telemetry.errors import StoreAway, StoreError
from telemetry.points import PollClass
from telemetry.sample import Block, Layout
from telemetry.sinks import Outbox, Sink

LAYOUT = Layout("d", PollClass.NORMAL, 10.0, ())


def blocks(count: int, start: int = 0) -> list[Block]:
    return [without_answer(LAYOUT, at_ms) for at_ms in range(start, start + count)]


@asynccontextmanager
async def running(
    sink: Sink, *, every_s: float = 0.03, batch: int = 10, most: int = 1000
) -> AsyncIterator[Outbox]:
    outbox = Outbox(sink, every_s=every_s, batch=batch, most=most)
    task = asyncio.create_task(outbox.run())
    try:
        yield outbox
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def put(outbox: Outbox, what: list[Block]) -> None:
    for block in what:
        outbox.put(block)
    await asyncio.sleep(0.1)


@pytest.fixture(autouse=True)
def quick_retry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("telemetry.sinks._FIRST_RETRY_S", 0.02)


async def test_blocks_come_in_order_in_batches_and_off_the_loop() -> None:
    got: list[list[Block]] = []
    threads: set[str] = set()

    def sink(batch: list[Block]) -> None:
        got.append(batch)
        threads.add(threading.current_thread().name)

    async with running(sink) as outbox:
        await put(outbox, blocks(25))
        assert [len(batch) for batch in got] == [10, 10, 5]
        assert [block.at_ms for batch in got for block in batch] == list(range(25))
        assert all(name.startswith("telemetry-sink") for name in threads)
        assert outbox.look().delivered == 25


async def test_an_async_sink_is_awaited_on_the_loop() -> None:
    got: list[Block] = []

    async def sink(batch: list[Block]) -> None:
        await asyncio.sleep(0)
        got.extend(batch)

    class Keeper:
        async def __call__(self, batch: list[Block]) -> None:
            got.extend(batch)

    for each in (sink, Keeper()):
        async with running(each) as outbox:
            await put(outbox, blocks(3))
    assert len(got) == 6


async def test_a_full_batch_does_not_wait_for_the_second() -> None:
    got: list[int] = []
    async with running(lambda batch: got.append(len(batch)), every_s=60.0) as outbox:
        await put(outbox, blocks(9))
        assert got == []
        await put(outbox, blocks(1))
        assert got == [10]


async def test_a_store_that_is_away_gets_the_same_blocks_later_and_nothing_is_lost() -> None:
    got: list[Block] = []
    away = [True]

    def sink(batch: list[Block]) -> None:
        if away[0]:
            raise StoreAway("not reachable")
        got.extend(batch)

    async with running(sink) as outbox:
        await put(outbox, blocks(25))
        assert outbox.look().waiting == 25
        assert outbox.look().why == "not reachable"
        away[0] = False
        await put(outbox, blocks(5, start=25))
        await asyncio.sleep(0.2)
        assert [block.at_ms for block in got] == list(range(30))
        assert (outbox.look().lost, outbox.look().why) == (0, "")


async def test_the_backlog_is_bounded_and_the_oldest_blocks_are_lost_and_counted() -> None:
    def sink(batch: list[Block]) -> None:
        raise StoreAway("not reachable")

    async with running(sink, most=50) as outbox:
        await put(outbox, blocks(120))
        look = outbox.look()
        assert (look.waiting, look.lost) == (50, 70)


@pytest.mark.parametrize("error", [StoreError("wrong"), ZeroDivisionError("a bug")])
async def test_a_batch_that_a_sink_will_never_take_is_dropped_and_the_next_goes_on(
    error: Exception,
) -> None:
    got: list[Block] = []

    def sink(batch: list[Block]) -> None:
        if batch[0].at_ms == 0:
            raise error
        got.extend(batch)

    async with running(sink) as outbox:
        await put(outbox, blocks(20))
        assert [block.at_ms for block in got] == list(range(10, 20))
        assert outbox.look().lost == 10


async def test_a_slow_sink_never_delays_who_puts() -> None:
    def sink(batch: list[Block]) -> None:
        time.sleep(0.2)

    async with running(sink, most=100) as outbox:
        began = time.monotonic()
        for block in blocks(5000):
            outbox.put(block)
        await asyncio.sleep(0.05)
        assert time.monotonic() - began < 0.15
        assert outbox.look().lost >= 4800
        await asyncio.sleep(0.2)


async def test_finishing_delivers_what_waits_and_gives_up_on_a_sink_that_hangs() -> None:
    got: list[Block] = []
    outbox = Outbox(got.extend, every_s=60, batch=10, most=100)
    for block in blocks(15):
        outbox.put(block)
    await outbox.finish(1.0)
    assert len(got) == 15

    async def hangs(batch: list[Block]) -> None:
        await asyncio.sleep(60)

    stuck = Outbox(hangs, every_s=60, batch=10, most=100)
    for block in blocks(15):
        stuck.put(block)
    await stuck.finish(0.05)
    assert stuck.look().lost == 15
    assert "in time" in stuck.look().why
