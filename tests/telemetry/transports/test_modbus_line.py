"""Sharing, turns, windows, reconnecting, cancelling of one connection (rules 5, 9, 11-13, 18)."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterable

import pytest

from telemetry.errors import ConfigError, DeviceError, NoAnswer
from telemetry.transports.base import Answer, ModbusRead, SnmpGet
from telemetry.transports.modbus import Lines, ModbusTransport, direct, rtu_gateway
from telemetry.transports.modbus_settings import LineDown, LineSettings
from telemetry.transports.reconnect import Backoff, ConnectGate
from tests.telemetry.transports.lying_modbus import Asked, LyingServer, Step, honest, truth


@pytest.fixture
async def lines() -> AsyncIterator[Lines]:
    found = Lines(ConnectGate(1000.0))
    yield found
    assert found.look() == {}, "a test left a line open"


async def opened(
    lines: Lines, server: LyingServer, settings: LineSettings | None = None
) -> ModbusTransport:
    transport = ModbusTransport("127.0.0.1", server.port, settings, lines)
    await transport.open()
    return transport


async def close_all(*transports: ModbusTransport) -> None:
    for transport in transports:
        await transport.close()
        await transport.close()


def right(request: ModbusRead, answer: Answer) -> bool:
    return answer.words == truth(request.unit, request.fc, request.address, request.count)


async def test_devices_on_one_address_share_one_connection(lines: Lines) -> None:
    async with LyingServer() as server:
        users = [await opened(lines, server) for _ in range(3)]
        for unit, user in enumerate(users):
            request = ModbusRead(unit, 3, 0, 2)
            assert right(request, await user.read(request, 1.0))
        await users[0].close()
        assert right(ModbusRead(2, 3, 9, 2), await users[2].read(ModbusRead(2, 3, 9, 2), 1.0))
        assert server.connections == 1
        await close_all(*users)


async def test_two_framings_on_one_address_are_a_mistake_of_who_set_it_up(lines: Lines) -> None:
    async with LyingServer() as server:
        one = await opened(lines, server)
        with pytest.raises(ConfigError, match="already read with framing tcp, not rtu"):
            await opened(lines, server, rtu_gateway())
        await close_all(one)


async def test_a_modbus_line_asks_no_snmp_and_nothing_before_it_is_open(lines: Lines) -> None:
    async with LyingServer() as server:
        transport = ModbusTransport("127.0.0.1", server.port, None, lines)
        with pytest.raises(ConfigError, match="not open"):
            await transport.read(ModbusRead(1, 3, 0, 1), 1.0)
        await transport.open()
        with pytest.raises(ConfigError, match="SnmpGet"):
            await transport.read(SnmpGet(("1.3",)), 1.0)
        await close_all(transport)


async def test_units_take_turns_however_much_one_asks(lines: Lines) -> None:
    async with LyingServer(lambda asked: [0.005, asked.answer()]) as server:
        user = await opened(lines, server)
        wants = [ModbusRead(1, 3, n, 1) for n in range(6)] + [ModbusRead(2, 3, 0, 1)]
        wants.append(ModbusRead(3, 3, 0, 1))
        answers = await asyncio.gather(*(user.read(want, 1.0) for want in wants))
        assert all(right(want, answer) for want, answer in zip(wants, answers, strict=True))
        assert [asked.unit for asked in server.asked] == [1, 2, 3, 1, 1, 1, 1, 1]
        await close_all(user)


async def test_ten_dead_units_of_thirty_one_do_not_slow_the_live_ones(lines: Lines) -> None:
    """Rule 18, scaled by ten in time: 0.3 s time-out, 1 s interval. Once each was asked a first
    time (before that nobody knows who lives), a live one waits for one time-out at most."""
    dead = set(range(1, 31, 3))

    def lie(asked: Asked) -> Iterable[Step]:
        return [] if asked.unit in dead else [asked.answer()]

    async with LyingServer(lie) as server:
        user = await opened(lines, server)
        loop = asyncio.get_running_loop()
        slowest: dict[int, float] = {}

        async def poll(unit: int) -> None:
            for _ in range(3):
                began = loop.time()
                try:
                    async with asyncio.timeout(1.0):
                        await user.read(ModbusRead(unit, 3, 0, 10), 0.3)
                except (NoAnswer, TimeoutError):
                    pass
                if unit not in dead:
                    slowest[unit] = max(slowest.get(unit, 0.0), loop.time() - began)
                await asyncio.sleep(max(0.0, began + 1.0 - loop.time()))

        first = (user.read(ModbusRead(unit, 3, 0, 10), 0.05) for unit in range(31))
        await asyncio.gather(*first, return_exceptions=True)
        await asyncio.gather(*(poll(unit) for unit in range(31)))
        assert set(slowest) == set(range(31)) - dead
        assert max(slowest.values()) < 0.3 + 0.1
        await close_all(user)


async def test_a_pause_lies_between_frames_and_a_longer_one_where_the_unit_changes(
    lines: Lines,
) -> None:
    async with LyingServer() as server:
        user = await opened(lines, server, LineSettings(gap_s=0.03, unit_gap_s=0.08))
        loop = asyncio.get_running_loop()
        times = [loop.time()]
        for unit in (1, 1, 2):
            await user.read(ModbusRead(unit, 3, 0, 1), 1.0)
            times.append(loop.time())
        assert 0.03 <= times[2] - times[1] < 0.07
        assert 0.08 <= times[3] - times[2] < 0.15
        await close_all(user)


async def test_a_window_of_four_is_used_once_two_at_a_time_were_answered_right(
    lines: Lines,
) -> None:
    async with LyingServer(lambda asked: [0.02, asked.answer()]) as server:
        user = await opened(lines, server, direct(window=4))
        wants = [ModbusRead(1, 3, 10 * n, n) for n in range(1, 13)]
        answers = await asyncio.gather(*(user.read(want, 1.0) for want in wants))
        assert all(right(want, answer) for want, answer in zip(wants, answers, strict=True))
        assert server.most_under_way == 4
        await close_all(user)


async def test_two_reads_of_one_size_are_never_the_trial_of_a_window(lines: Lines) -> None:
    async with LyingServer(lambda asked: [0.01, asked.answer()]) as server:
        user = await opened(lines, server, direct(window=4))
        await asyncio.gather(*(user.read(ModbusRead(1, 3, 10 * n, 5), 1.0) for n in range(6)))
        assert server.most_under_way == 1
        await close_all(user)


async def test_a_server_that_puts_the_last_transaction_on_every_answer_fools_nobody(
    lines: Lines,
) -> None:
    """As pymodbus 3.16.1 does with requests that overlap (telemetry.md 4.4)."""
    newest: list[int] = [0]

    def lie(asked: Asked) -> Iterable[Step]:
        newest[0] = asked.tid
        yield 0.02
        yield asked.answer(tid=newest[0])

    async with LyingServer(lie) as server:
        user = await opened(lines, server, direct(window=4))
        wants = [ModbusRead(1, 3, 10 * n, n) for n in range(1, 9)]
        results = await asyncio.gather(
            *(user.read(want, 0.2) for want in wants), return_exceptions=True
        )
        for want, result in zip(wants, results, strict=True):
            assert isinstance(result, DeviceError) or (
                isinstance(result, Answer) and right(want, result)
            )
        counters = user.counters
        assert counters is not None and counters.window == 1
        assert right(wants[0], await user.read(wants[0], 1.0))
        await close_all(user)


@pytest.mark.parametrize("trouble", ["busy", "reset", "late"])
async def test_trouble_halves_the_window(lines: Lines, trouble: str) -> None:
    def lie(asked: Asked) -> Iterable[Step]:
        if asked.address != 999:
            return [0.005, asked.answer()]
        if trouble == "busy":
            return [asked.exception(6)]
        return [None] if trouble == "reset" else [0.1, asked.answer()]

    async with LyingServer(lie) as server:
        user = await opened(lines, server, direct(window=4))
        await asyncio.gather(*(user.read(ModbusRead(1, 3, n, n), 1.0) for n in range(1, 9)))
        before, after = user.counters, None
        with pytest.raises(DeviceError):
            await user.read(ModbusRead(1, 3, 999, 1), 0.05)
        await asyncio.sleep(0.1)
        after = user.counters
        assert before is not None and after is not None
        assert (before.window, after.window) == (4, 2)
        await close_all(user)


async def test_a_closed_port_is_the_lines_fault_and_is_not_knocked_on_in_a_loop(
    lines: Lines,
) -> None:
    async with LyingServer() as server:
        port = server.port
    user = ModbusTransport("127.0.0.1", port, None, lines)
    await user.open()
    for _ in range(50):
        with pytest.raises(LineDown):
            await user.read(ModbusRead(1, 3, 0, 1), 0.01)
    counters = user.counters
    assert counters is not None and counters.connects < 10
    again = LyingServer()
    again.port = port
    async with again:
        request = ModbusRead(1, 3, 0, 1)
        assert right(request, await user.read(request, 65.0))
    await close_all(user)


async def test_a_device_that_drops_every_connection_is_not_knocked_on_in_a_loop(
    lines: Lines,
) -> None:
    async with LyingServer(lambda _: [None]) as server:
        user = await opened(lines, server)
        for _ in range(30):
            with pytest.raises(NoAnswer):
                await user.read(ModbusRead(1, 3, 0, 1), 0.02)
        assert server.connections < 12
        await close_all(user)


async def test_a_cancelled_read_leaves_a_line_that_works(lines: Lines) -> None:
    def slow_first(asked: Asked) -> Iterable[Step]:
        return [0.1, asked.answer()] if asked.number == 0 else honest(asked)

    for settings in (direct(), rtu_gateway()):
        async with LyingServer(slow_first, rtu=settings.framing == "rtu") as server:
            user = await opened(lines, server, settings)
            task = asyncio.create_task(user.read(ModbusRead(1, 3, 0, 5), 1.0))
            queued = asyncio.create_task(user.read(ModbusRead(1, 3, 50, 5), 1.0))
            await asyncio.sleep(0.06)
            task.cancel()
            queued.cancel()
            request = ModbusRead(1, 3, 100, 5)
            assert right(request, await user.read(request, 1.0))
            assert [asked.address for asked in server.asked] == [0, 100]
            await close_all(user)


async def test_closing_tells_everyone_who_waits_and_leaves_no_task(lines: Lines) -> None:
    async with LyingServer(lambda _: []) as server:
        user = await opened(lines, server)
        reads = [asyncio.create_task(user.read(ModbusRead(n, 3, 0, 1), 60.0)) for n in range(5)]
        await asyncio.sleep(0.05)
        await user.close()
        async with asyncio.timeout(1.0):
            results = await asyncio.gather(*reads, return_exceptions=True)
        assert all(isinstance(result, NoAnswer) for result in results)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_an_unused_connection_is_given_back_and_opened_again(lines: Lines) -> None:
    async with LyingServer() as server:
        user = await opened(lines, server, LineSettings(idle_close_s=0.03))
        for _ in range(2):
            await user.read(ModbusRead(1, 3, 0, 1), 1.0)
            await asyncio.sleep(0.08)
        assert server.connections == 2
        await close_all(user)


async def test_the_gate_spreads_connects_over_time() -> None:
    gate = ConnectGate(per_s=100.0)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.gather(*(gate.turn() for _ in range(21)))
    assert 0.19 <= loop.time() - began < 0.4


def test_back_off_doubles_to_a_minute_with_full_jitter_and_ends_with_a_good_answer() -> None:
    backoff = Backoff(draw=lambda: 1.0)
    waits = []
    for _ in range(8):
        backoff.failed(100.0)
        waits.append(backoff.not_before - 100.0)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    backoff.worked()
    assert backoff.not_before == 0.0
    drawn = Backoff(random.Random(1).random)
    drawn.failed(0.0)
    assert 0.0 <= drawn.not_before < 1.0


def test_the_first_break_of_an_open_line_is_free() -> None:
    backoff = Backoff(draw=lambda: 1.0)
    backoff.broke(0.0)
    assert backoff.not_before == 0.0
    backoff.broke(0.0)
    assert backoff.not_before == 1.0
