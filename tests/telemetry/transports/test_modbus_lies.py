"""Zero wrong values, whatever the device sends (telemetry.md rules 6-8, 10)."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import pytest

from telemetry.errors import DeviceError, NoAnswer, Refused
from telemetry.transports.base import ModbusRead
from telemetry.transports.counters import LineCounts
from telemetry.transports.modbus import ModbusTransport, direct, rtu_gateway
from telemetry.transports.modbus_settings import LineSettings
from tests.telemetry.transports.lying_modbus import (
    Asked,
    Lie,
    LyingServer,
    Step,
    honest,
    in_pieces,
    truth,
)

A = ModbusRead(1, 3, 100, 5)
B = ModbusRead(1, 3, 200, 5)
SHORT_S = 0.15


@asynccontextmanager
async def talking_to(
    lie: Lie, settings: LineSettings | None = None
) -> AsyncIterator[tuple[ModbusTransport, LyingServer]]:
    rtu = settings is not None and settings.framing == "rtu"
    async with LyingServer(lie, rtu=rtu) as server:
        transport = ModbusTransport("127.0.0.1", server.port, settings)
        await transport.open()
        try:
            yield transport, server
        finally:
            await transport.close()


def expected(request: ModbusRead) -> tuple[int, ...]:
    return truth(request.unit, request.fc, request.address, request.count)


def counts(transport: ModbusTransport) -> LineCounts:
    found = transport.counters
    assert found is not None
    return found


def first_only(lie: Lie) -> Lie:
    return lambda asked: lie(asked) if asked.number == 0 else honest(asked)


async def read_both(transport: ModbusTransport) -> list[tuple[int, ...] | Exception]:
    """A then B; every answer that is given must be the right one."""
    found: list[tuple[int, ...] | Exception] = []
    for request in (A, B, A, B):
        try:
            answer = await transport.read(request, SHORT_S)
        except DeviceError as error:
            found.append(error)
        else:
            assert answer.words == expected(request)
            found.append(answer.words)
    return found


@pytest.mark.parametrize("fc", [1, 2, 3, 4])
@pytest.mark.parametrize("rtu", [False, True])
async def test_every_read_function_gives_what_the_device_holds(fc: int, rtu: bool) -> None:
    async with talking_to(honest, rtu_gateway() if rtu else direct()) as (transport, _):
        for count in (1, 7, 8, 9, 60, 125):
            request = ModbusRead(17, fc, 31, count)
            answer = await transport.read(request, 1.0)
            assert answer.words == expected(request)
            assert answer.at_ms > 1_700_000_000_000


async def test_a_wrong_transaction_is_foreign_and_the_request_times_out() -> None:
    lie = first_only(lambda asked: [asked.answer(tid=asked.tid + 40_000)])
    async with talking_to(lie) as (transport, _):
        found = await read_both(transport)
        assert isinstance(found[0], NoAnswer)
        assert found[1:] == [expected(B), expected(A), expected(B)]
        assert counts(transport).foreign == 1


async def test_a_wrong_unit_fails_that_request_at_once_and_no_other() -> None:
    async with talking_to(first_only(lambda asked: [asked.answer(unit=9)])) as (transport, _):
        found = await read_both(transport)
        assert "unit 9 answered" in str(found[0])
        assert found[1:] == [expected(B), expected(A), expected(B)]
        assert counts(transport).foreign == 1
        assert counts(transport).timeouts == 0


@pytest.mark.parametrize("unit", [0, 255])
async def test_a_gateway_that_answers_as_unit_0_or_255_is_taken_when_the_profile_says_so(
    unit: int,
) -> None:
    settings = LineSettings(any_unit=True)
    async with talking_to(lambda asked: [asked.answer(unit=unit)], settings) as (transport, _):
        assert (await transport.read(A, SHORT_S)).words == expected(A)


@pytest.mark.parametrize("by", [1, 4])
async def test_a_short_answer_is_refused(by: int) -> None:
    async with talking_to(first_only(lambda asked: [asked.short(by)])) as (transport, _):
        found = await read_both(transport)
        assert isinstance(found[0], DeviceError)
        assert counts(transport).short == 1
        assert found[1:] == [expected(B), expected(A), expected(B)]


async def test_another_function_is_refused() -> None:
    async with talking_to(first_only(lambda asked: [asked.answer(fc=4)])) as (transport, _):
        assert isinstance((await read_both(transport))[0], DeviceError)
        assert counts(transport).short == 1


async def test_a_late_answer_is_never_taken_for_the_next() -> None:
    lie = first_only(lambda asked: [SHORT_S * 1.3, asked.answer()])
    async with talking_to(lie) as (transport, _):
        found = await read_both(transport)
        await asyncio.sleep(SHORT_S)
        assert isinstance(found[0], NoAnswer)
        assert found[1:] == [expected(B), expected(A), expected(B)]
        assert counts(transport).late == 1
        assert counts(transport).timeouts == 1


async def test_a_doubled_answer_is_counted_late_and_used_once() -> None:
    async with talking_to(lambda asked: [asked.answer() * 2]) as (transport, _):
        assert await read_both(transport) == [expected(r) for r in (A, B, A, B)]
        assert counts(transport).late == 4


async def test_an_answer_in_one_byte_pieces_is_put_together() -> None:
    async with talking_to(lambda asked: in_pieces(asked.answer())) as (transport, _):
        assert await read_both(transport) == [expected(r) for r in (A, B, A, B)]


async def test_a_reset_in_mid_frame_fails_that_request_and_the_next_works() -> None:
    def lie(asked: Asked) -> Iterable[Step]:
        return [asked.answer()[:9], 0.01, None]

    async with talking_to(first_only(lie)) as (transport, server):
        with pytest.raises(NoAnswer, match="closed by the device"):
            await transport.read(A, SHORT_S)
        assert (await transport.read(B, 2.0)).words == expected(B)
        assert server.connections == 2


async def test_a_half_frame_does_not_swallow_the_next_answer() -> None:
    async with talking_to(first_only(lambda asked: [asked.answer()[:-4]])) as (transport, server):
        found = await read_both(transport)
        assert isinstance(found[0], NoAnswer)
        assert found[1:] == [expected(B), expected(A), expected(B)]
        assert server.connections == 2


@pytest.mark.parametrize("header", [b"\0\1\0\7\0\6\1", b"\0\1\0\0\0\2\1", b"\0\1\0\0\1\0\1"])
async def test_a_header_that_cannot_be_costs_the_connection(header: bytes) -> None:
    lie = first_only(lambda _: [header + b"\3\4"])
    async with talking_to(lie) as (transport, server):
        with pytest.raises(NoAnswer, match="stream broke"):
            await transport.read(A, SHORT_S)
        assert (await transport.read(B, 2.0)).words == expected(B)
        assert counts(transport).lost == 1
        assert server.connections == 2


@pytest.mark.parametrize("code", [1, 2, 3, 4, 5, 6, 8, 0x0A, 0x0B, 0x41, 0xFF])
@pytest.mark.parametrize("rtu", [False, True])
async def test_an_exception_carries_its_code_also_an_unknown_one(code: int, rtu: bool) -> None:
    lie = first_only(lambda asked: [asked.exception(code)])
    async with talking_to(lie, rtu_gateway() if rtu else None) as (transport, server):
        with pytest.raises(Refused) as refused:
            await transport.read(A, 1.0)
        assert refused.value.code == code
        assert (await transport.read(B, 1.0)).words == expected(B)
        assert counts(transport).exceptions == {code: 1}
        assert server.connections == 1


@pytest.mark.parametrize(
    "lie",
    [
        lambda asked: [SHORT_S * 1.4, asked.answer()],
        lambda _: [],
        lambda asked: [asked.answer()[:-1] + b"\0\0"],
        lambda asked: [asked.answer(unit=2)],
        lambda asked: [asked.answer()[:-3]],
        lambda asked: [asked.answer() * 2],
        lambda asked: [asked.short()],
        lambda asked: [asked.answer(fc=4)],
    ],
    ids=["late", "silent", "crc", "unit", "cut", "doubled", "short", "function"],
)
async def test_rtu_gives_no_wrong_value_after(lie: Lie) -> None:
    async with talking_to(first_only(lie), rtu_gateway()) as (transport, _):
        found = await read_both(transport)
        assert expected(B) in found


async def test_rtu_in_one_byte_pieces_is_put_together() -> None:
    lie: Lie = lambda asked: in_pieces(asked.answer())  # noqa: E731
    async with talking_to(lie, rtu_gateway()) as (transport, _):
        assert await read_both(transport) == [expected(r) for r in (A, B, A, B)]


async def test_bytes_on_an_idle_rtu_line_cost_the_connection() -> None:
    lie = first_only(lambda asked: [asked.answer(), 0.05, asked.answer()])
    async with talking_to(lie, rtu_gateway()) as (transport, server):
        await transport.read(A, 1.0)
        await asyncio.sleep(0.1)
        assert (await transport.read(B, 2.0)).words == expected(B)
        assert counts(transport).foreign == 1
        assert server.connections == 2
