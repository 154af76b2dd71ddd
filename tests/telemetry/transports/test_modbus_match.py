"""The matching itself, without sockets: chunks of any size, many answers a chunk (rule 8)."""

import asyncio
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.transports.base import Answer, ModbusIdentity, ModbusRead
from telemetry.transports.counters import LineCounters
from telemetry.transports.modbus_frames import StreamLost, request_pdu
from telemetry.transports.modbus_match import Ask, Outcome, RtuMatcher, TcpMatcher
from tests.telemetry.transports.lying_modbus import Asked, truth

NOW_MS = 1_795_000_000_000


def ask_for(request: ModbusRead | ModbusIdentity, loop: asyncio.AbstractEventLoop) -> Ask:
    return Ask(request, request_pdu(request), 1.0, loop.create_future())


def seen(ask: Ask, *, rtu: bool = False) -> Asked:
    request = ask.request
    assert isinstance(request, ModbusRead)
    return Asked(ask.tid, request.unit, request.fc, request.address, request.count, rtu, 0)


def check(outcomes: list[Outcome], asks: list[Ask]) -> None:
    assert [ask for ask, _ in outcomes] == asks
    for ask, result in outcomes:
        request = ask.request
        assert isinstance(result, Answer) and isinstance(request, ModbusRead)
        assert result.words == truth(request.unit, request.fc, request.address, request.count)
        assert result.at_ms == NOW_MS


async def test_twenty_answers_in_one_chunk_each_find_their_request() -> None:
    loop = asyncio.get_running_loop()
    matcher = TcpMatcher(LineCounters())
    asks = [ask_for(ModbusRead(n % 3, 3, n, 1 + n % 5), loop) for n in range(20)]
    for ask in asks:
        matcher.encode(ask, 0.0)
    check(matcher.feed(b"".join(seen(ask).answer() for ask in asks), NOW_MS), asks)
    assert matcher.outstanding() == []


@given(cuts=st.lists(st.integers(1, 400), max_size=30), order=st.permutations(range(8)))
def test_any_cut_and_any_order_gives_the_same_answers(cuts: list[int], order: list[int]) -> None:
    loop = asyncio.new_event_loop()
    matcher = TcpMatcher(LineCounters())
    asks = [ask_for(ModbusRead(1, 3 + n % 2, 50 * n, 10 + n), loop) for n in range(8)]
    for ask in asks:
        matcher.encode(ask, 0.0)
    stream = b"".join(seen(asks[n]).answer() for n in order)
    outcomes: list[Outcome] = []
    edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    for start, stop in itertools.pairwise(edges):
        outcomes += matcher.feed(stream[start:stop], NOW_MS)
    loop.close()
    check(outcomes, [asks[n] for n in order])


@given(noise=st.binary(min_size=1, max_size=300))
def test_noise_is_never_an_answer(noise: bytes) -> None:
    loop = asyncio.new_event_loop()
    counters = LineCounters()
    matcher = TcpMatcher(counters)
    ask = ask_for(ModbusRead(1, 3, 0, 60), loop)
    matcher.encode(ask, 0.0)
    try:
        outcomes = matcher.feed(noise, NOW_MS)
    except StreamLost:
        outcomes = []
    loop.close()
    assert not [result for _, result in outcomes if isinstance(result, Answer)]


@given(flip=st.integers(0, 14), bit=st.integers(0, 7))
def test_one_wrong_bit_in_an_rtu_answer_is_always_seen(flip: int, bit: int) -> None:
    loop = asyncio.new_event_loop()
    matcher = RtuMatcher(LineCounters())
    ask = ask_for(ModbusRead(1, 3, 0, 5), loop)
    matcher.encode(ask, 0.0)
    frame = bytearray(seen(ask, rtu=True).answer())
    frame[flip] ^= 1 << bit
    try:
        outcomes = matcher.feed(bytes(frame), NOW_MS)
    except StreamLost:
        outcomes = []
    loop.close()
    assert outcomes == []


async def test_an_expired_transaction_is_not_used_again_while_it_could_be_answered() -> None:
    loop = asyncio.get_running_loop()
    matcher = TcpMatcher(LineCounters())
    first = ask_for(ModbusRead(1, 3, 0, 1), loop)
    matcher.encode(first, 0.0)
    matcher.expire(first, 1.0)
    used: set[int] = set()
    for _ in range(65_600):
        ask = ask_for(ModbusRead(1, 3, 0, 1), loop)
        matcher.encode(ask, 2.9)
        used.add(ask.tid)
        matcher.feed(seen(ask).answer(), NOW_MS)
    assert first.tid not in used
    assert 0 not in used
    assert len(used) == 65_534
    for _ in range(65_535):
        ask = ask_for(ModbusRead(1, 3, 0, 1), loop)
        matcher.encode(ask, 3.1)
        used.add(ask.tid)
        matcher.feed(seen(ask).answer(), NOW_MS)
    assert first.tid in used


async def test_a_retry_has_a_new_transaction() -> None:
    loop = asyncio.get_running_loop()
    matcher = TcpMatcher(LineCounters())
    one, two = (ask_for(ModbusRead(1, 3, 0, 1), loop) for _ in range(2))
    matcher.encode(one, 0.0)
    matcher.expire(one, 1.0)
    matcher.encode(two, 1.0)
    assert one.tid != two.tid
    assert matcher.feed(seen(one).answer(), NOW_MS) == []
    check(matcher.feed(seen(two).answer(), NOW_MS), [two])


async def test_frames_before_a_broken_header_in_one_chunk_are_not_trusted() -> None:
    loop = asyncio.get_running_loop()
    matcher = TcpMatcher(LineCounters())
    ask = ask_for(ModbusRead(1, 3, 0, 5), loop)
    matcher.encode(ask, 0.0)
    whole = seen(ask).answer()
    with pytest.raises(StreamLost):
        matcher.feed(whole[:-4] + whole, NOW_MS)
    assert matcher.outstanding() == [ask]


async def test_device_identification_comes_as_texts_by_object() -> None:
    loop = asyncio.get_running_loop()
    objects = b"\0\4Acme" + b"\1\3P50" + b"\2\0041.07"
    pdu = bytes((43, 14, 1, 1, 0, 0, 3)) + objects
    for rtu in (False, True):
        matcher = RtuMatcher(LineCounters()) if rtu else TcpMatcher(LineCounters())
        ask = ask_for(ModbusIdentity(1), loop)
        matcher.encode(ask, 0.0)
        frame = Asked(ask.tid, 1, 43, 0, 0, rtu, 0).wrap(pdu)
        outcomes = [o for n in range(len(frame)) for o in matcher.feed(frame[n : n + 1], NOW_MS)]
        (_, result) = outcomes[0]
        assert isinstance(result, Answer)
        assert result.varbinds == {"0": b"Acme", "1": b"P50", "2": b"1.07"}
