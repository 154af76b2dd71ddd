"""The Modbus server under the eyes of pymodbus, and byte by byte where pymodbus cannot look."""

import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from pymodbus import FramerType
from pymodbus.client import AsyncModbusTcpClient

from telemetry.emulator.faults import Faults, LineFaults
from telemetry.emulator.modbus_frames import Ask, Mbap, Rtu, StreamLost, answer_pdu, crc16
from telemetry.emulator.modbus_server import ModbusServer, ServerSettings, serve_modbus
from telemetry.emulator.registers import Manners, RegisterImage, WordSlot

Serve = Callable[..., Awaitable[ModbusServer]]


def image(manners: Manners | None = None) -> RegisterImage:
    """Holding 100-119 in pairs and 130-131, input 100, coils 0-19; the word is its own address."""
    pairs = [WordSlot(3, a, 2, lambda a=a: (a, a + 1)) for a in (*range(100, 120, 2), 130)]
    coils = [WordSlot(1, a, 1, lambda a=a: (a % 3 == 0,)) for a in range(20)]
    return RegisterImage([*pairs, WordSlot(4, 100, 1, lambda: (4400,)), *coils], manners)


@pytest_asyncio.fixture
async def serve() -> AsyncIterator[Serve]:
    running: list[ModbusServer] = []

    async def start(settings: ServerSettings | None = None, **manners: object) -> ModbusServer:
        units = {1: image(Manners(**manners)), 7: image()}
        running.append(await serve_modbus(units, settings=settings))
        return running[-1]

    yield start
    for server in running:
        await server.close()


@asynccontextmanager
async def witness(server: ModbusServer, **options: object) -> AsyncIterator[AsyncModbusTcpClient]:
    defaults = {"timeout": 0.3, "retries": 0, "reconnect_delay": 0}
    client = AsyncModbusTcpClient("127.0.0.1", port=server.port, **defaults | options)
    assert await client.connect()
    yield client
    client.close()
    await asyncio.sleep(0)


async def raw(server: ModbusServer, data: bytes, size: int, *, pieces: bool = False) -> bytes:
    """What the server sends back: up to `size` bytes or what comes within a quarter of a second."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    for at in range(0, len(data), 1 if pieces else len(data)):
        writer.write(data[at : at + (1 if pieces else len(data))])
        await writer.drain()
    got = b""
    try:
        async with asyncio.timeout(0.25):
            while len(got) < size and (chunk := await reader.read(size - len(got))):
                got += chunk
    except (TimeoutError, ConnectionResetError):
        pass
    writer.close()
    return got


def ask(tid: int, address: int, count: int, *, unit: int = 1, fc: int = 3) -> bytes:
    return struct.pack(">HHHBBHH", tid, 0, 6, unit, fc, address, count)


def good(tid: int, words: list[int], *, unit: int = 1) -> bytes:
    return Mbap().wrap(Ask(tid, unit, 3), answer_pdu(3, words))


async def test_pymodbus_reads_all_four_functions(serve: Serve) -> None:
    async with witness(await serve()) as client:
        holding = await client.read_holding_registers(100, count=20, device_id=1)
        assert holding.registers == list(range(100, 120))
        assert (await client.read_input_registers(100, count=1, device_id=1)).registers == [4400]
        coils = await client.read_coils(0, count=20, device_id=7)
        assert coils.bits[:20] == [a % 3 == 0 for a in range(20)]
        refused = await client.read_discrete_inputs(0, count=1, device_id=1)
        assert refused.exception_code == 2


async def test_pymodbus_reads_rtu_framing_over_tcp(serve: Serve) -> None:
    server = await serve(ServerSettings(framing="rtu"))
    async with witness(server, framer=FramerType.RTU) as client:
        got = await client.read_holding_registers(101, count=4, device_id=7)
        assert got.registers == [101, 102, 103, 104]


@pytest.mark.parametrize(
    ("manners", "address", "count", "outcome"),
    [
        ({}, 118, 14, 2),
        ({"holes": "zeros"}, 118, 14, [118, 119, *[0] * 10, 130, 131]),
        ({"holes": "zeros"}, 118, 4, [118, 119, 0, 0]),
        ({"holes": "zeros"}, 120, 4, 2),
        ({}, 101, 2, [101, 102]),
        ({"cut_values": "refuse"}, 101, 3, 2),
        ({"cut_values": "refuse"}, 100, 3, 2),
        ({"cut_values": "refuse"}, 100, 4, [100, 101, 102, 103]),
        ({"max_words": 10}, 100, 11, 3),
        ({"max_words": 10, "over_limit": 2}, 100, 11, 2),
        ({"max_words": 10}, 100, 10, list(range(100, 110))),
    ],
)
async def test_holes_limits_and_cut_values_are_treated_as_the_device_would(
    serve: Serve, manners: dict[str, object], address: int, count: int, outcome: int | list[int]
) -> None:
    async with witness(await serve(**manners)) as client:
        got = await client.read_holding_registers(address, count=count, device_id=1)
    assert (got.exception_code if got.isError() else got.registers) == outcome


@pytest.mark.parametrize(
    ("address", "count", "code"), [(0, 0, 3), (0, 126, 3), (65535, 1, 2), (65535, 2, 2)]
)
async def test_impossible_reads_get_the_code_of_the_standard(
    serve: Serve, address: int, count: int, code: int
) -> None:
    assert (await raw(await serve(), ask(5, address, count), 9))[7:] == bytes((0x83, code))


async def test_pymodbus_reads_the_identity_object_by_object(serve: Serve) -> None:
    server = await serve()
    server.units[1].identity = {0: "Nobody", 1: "Odd", 2: "1.0"}
    async with witness(server) as client:
        whole = await client.read_device_information(read_code=1, object_id=0, device_id=1)
        one = await client.read_device_information(read_code=4, object_id=1, device_id=1)
        gone = await client.read_device_information(read_code=4, object_id=9, device_id=1)
    assert whole.information == {0: b"Nobody", 1: b"Odd", 2: b"1.0"}
    assert one.information == {1: b"Odd"}
    assert gone.isError()


async def test_a_write_and_an_unknown_function_are_exception_1(serve: Serve) -> None:
    server = await serve()
    assert (await raw(server, ask(5, 100, 7, fc=6), 9))[7:] == b"\x86\x01"
    assert (await raw(server, struct.pack(">HHHBBH", 5, 0, 4, 1, 0x2B, 14), 9))[7:] == b"\xab\x01"


@pytest.mark.parametrize(("manner", "end"), [("no_answer", b"\x83\x0b"), ("no_path", b"\x83\x0a")])
async def test_an_unknown_unit_is_answered_as_a_gateway_does(
    serve: Serve, manner: str, end: bytes
) -> None:
    server = await serve(ServerSettings(unknown_unit=manner))
    assert (await raw(server, ask(1, 100, 1, unit=99), 9))[7:] == end


async def test_an_unknown_unit_may_be_met_with_silence(serve: Serve) -> None:
    server = await serve(ServerSettings(unknown_unit="silence"))
    assert await raw(server, ask(1, 100, 1, unit=99), 1) == b""


@pytest.mark.parametrize("pieces", [False, True])
async def test_twenty_requests_at_once_get_twenty_right_answers_in_turn(
    serve: Serve, pieces: bool
) -> None:
    server = await serve()
    asks = b"".join(ask(n, 100 + n % 20, 1) for n in range(1, 21))
    expected = b"".join(good(n, [100 + n % 20]) for n in range(1, 21))
    assert await raw(server, asks, len(expected), pieces=pieces) == expected


async def test_slow_answers_keep_their_turn_behind_slower_ones(serve: Serve) -> None:
    server = await serve()
    server.faults[1].latency_s = 0.05
    data = ask(1, 100, 1) + ask(2, 101, 1, unit=7) + ask(3, 102, 1)
    expected = good(1, [100]) + good(2, [101], unit=7) + good(3, [102])
    assert await raw(server, data, len(expected)) == expected


async def test_answers_cut_in_single_bytes_add_up(serve: Serve) -> None:
    server = await serve(ServerSettings(line=LineFaults(piece_bytes=1)))
    expected = good(1, [100, 101]) + good(2, [104])
    assert await raw(server, ask(1, 100, 2) + ask(2, 104, 1), len(expected)) == expected


async def test_held_answers_come_in_one_segment_last_first(serve: Serve) -> None:
    server = await serve(ServerSettings(line=LineFaults(hold=2, out_of_order=True)))
    assert await raw(server, ask(1, 100, 1) + ask(2, 101, 1), 22) == good(2, [101]) + good(1, [100])
    assert await raw(server, ask(3, 102, 1), 11) == good(3, [102])


async def test_a_reset_cuts_the_answer_in_the_middle(serve: Serve) -> None:
    server = await serve(ServerSettings(line=LineFaults(reset_after=1)))
    got = await raw(server, ask(1, 100, 1) + ask(2, 101, 1), 22)
    assert got[:11] == good(1, [100]) and len(got) < 22
    assert not server.connections


async def test_connections_above_the_limit_are_closed(serve: Serve) -> None:
    server = await serve(ServerSettings(line=LineFaults(max_connections=1)))
    async with witness(server) as client:
        assert await raw(server, ask(1, 100, 1), 11) == b""
        assert (await client.read_holding_registers(100, count=1, device_id=1)).registers == [100]


@pytest.mark.parametrize(
    ("faults", "answer"),
    [
        (Faults(), good(9, [100, 101])),
        (Faults(dead=True), b""),
        (Faults(wrong_id=True), good(9 ^ 0x2A5A, [100, 101])),
        (Faults(wrong_unit=True), good(9, [100, 101], unit=0x5B)),
        (Faults(short=True), good(9, [100])),
        (Faults(exception=4), bytes.fromhex("0009 0000 0003 01 83 04")),
        (Faults(boot_until_s=1e12), bytes.fromhex("0009 0000 0003 01 83 02")),
        (Faults(late_s=0.8), b""),
    ],
)
async def test_each_fault_is_what_it_says(serve: Serve, faults: Faults, answer: bytes) -> None:
    server = await serve()
    server.faults[1] = faults
    size = max(len(answer), 1)
    assert await raw(server, ask(9, 100, 2), size) == answer


async def test_a_broken_checksum_is_only_for_rtu(serve: Serve) -> None:
    server = await serve(ServerSettings(framing="rtu"))
    request = bytes((1, 3, 0, 100, 0, 1))
    server.faults[1].crc_error = True
    got = await raw(server, request + crc16(request), 7)
    assert got[:5] == bytes((1, 3, 2, 0, 100)) and got[5:] != crc16(got[:5])


async def test_a_gateway_answers_one_at_a_time_and_refuses_above_its_queue(serve: Serve) -> None:
    server = await serve(ServerSettings(gateway=True, queue=2))
    server.faults[1].latency_s = 0.04
    got = await raw(server, b"".join(ask(n, 100, 1) for n in (1, 2, 3)), 31)
    assert got == bytes.fromhex("0003 0000 0003 01 83 06") + good(1, [100]) + good(2, [100])


async def test_a_dead_unit_behind_a_gateway_is_exception_0b_after_its_time_out(
    serve: Serve,
) -> None:
    server = await serve(ServerSettings(gateway=True, gateway_timeout_s=0.1))
    server.faults[7].dead = True
    loop = asyncio.get_running_loop()
    start_s = loop.time()
    assert (await raw(server, ask(1, 100, 1, unit=7), 9))[7:] == b"\x83\x0b"
    assert loop.time() - start_s >= 0.1


async def test_a_stream_that_is_not_modbus_is_closed(serve: Serve) -> None:
    server = await serve()
    assert await raw(server, b"GET / HTTP/1.1\r\n\r\n", 1) == b""
    assert not server.connections


@given(st.lists(st.binary(max_size=40)))
def test_any_bytes_are_requests_or_a_lost_stream(chunks: list[bytes]) -> None:
    for framing in (Mbap(), Rtu()):
        buffer = bytearray()
        try:
            for chunk in chunks:
                buffer += chunk
                assert all(0 <= ask.unit <= 255 for ask in framing.take(buffer))
        except StreamLost:
            assert isinstance(framing, Mbap)


def test_the_checksum_is_the_one_of_the_standard() -> None:
    assert crc16(bytes.fromhex("0207")).hex() == "4112"


def test_two_values_may_not_share_a_register() -> None:
    with pytest.raises(ValueError, match="fc3:101"):
        RegisterImage([WordSlot(3, 100, 2, lambda: (0, 0)), WordSlot(3, 101, 1, lambda: (0,))])
