"""SNMP against Net-SNMP's agent, and against agents of our own that misbehave."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from telemetry.emulator import ber
from telemetry.emulator.ber import Typed
from telemetry.emulator.faults import Faults
from telemetry.emulator.mib import Mib, fixed
from telemetry.emulator.snmp_agent import AgentSettings, SnmpAgent, serve_snmp
from telemetry.errors import ConfigError, DeviceError, NoAnswer
from telemetry.transports.base import ModbusRead, SnmpGet, SnmpWalk
from telemetry.transports.snmp import SnmpTransport
from telemetry.transports.snmp_settings import SnmpSettings, SnmpUser
from tests.telemetry.transports.conftest import Agent, free_udp_port

SYSTEM = "1.3.6.1.2.1.1"
DESCR, OBJECT_ID, UPTIME, NAME = (f"{SYSTEM}.{n}.0" for n in (1, 2, 3, 5))
LACKING = f"{SYSTEM}.99.0"
BASE = "1.3.6.1.4.1.99999.1"


@asynccontextmanager
async def opened(port: int, settings: SnmpSettings | None = None) -> AsyncIterator[SnmpTransport]:
    transport = SnmpTransport("127.0.0.1", port, settings)
    await transport.open()
    try:
        yield transport
    finally:
        await transport.close()
        await transport.close()


@asynccontextmanager
async def emulated(
    count: int, *, max_bytes: int = 1472, faults: Faults | None = None
) -> AsyncIterator[SnmpAgent]:
    slots = {
        (1, 3, 6, 1, 4, 1, 99999, 1, n): fixed(Typed(ber.INTEGER, 10 * n)) for n in range(count)
    }
    agent = await serve_snmp(Mib(slots), settings=AgentSettings(max_bytes=max_bytes), faults=faults)
    try:
        yield agent
    finally:
        await agent.close()


def oids(count: int, start: int = 0) -> tuple[str, ...]:
    return tuple(f"{BASE}.{n}" for n in range(start, start + count))


def settings_of(agent: Agent, version: int) -> SnmpSettings:
    if version < 3:
        return SnmpSettings(version=version, community=agent.community)
    user = SnmpUser(agent.user, "sha256", agent.auth_key, "aes128", agent.priv_key)
    return SnmpSettings(version=3, user=user)


@pytest.mark.parametrize("version", [1, 2, 3])
async def test_a_real_agent_gives_what_it_has_and_leaves_out_what_it_lacks(
    snmpd: Agent, version: int
) -> None:
    async with opened(snmpd.port, settings_of(snmpd, version)) as transport:
        before_ms = time.time_ns() // 1_000_000
        answer = await transport.read(SnmpGet((DESCR, OBJECT_ID, LACKING, UPTIME)), 2.0)
        found = answer.varbinds
        assert found.keys() == {DESCR, OBJECT_ID, UPTIME}
        assert found[DESCR] == b"A real agent"
        assert str(found[OBJECT_ID]).startswith("1.3.6.1.4.1.8072.3.2")
        assert isinstance(found[UPTIME], int)
        assert before_ms <= answer.at_ms <= time.time_ns() // 1_000_000


@pytest.mark.parametrize("version", [1, 2, 3])
async def test_a_walk_gives_what_is_below_and_stops_at_its_limit(
    snmpd: Agent, version: int
) -> None:
    async with opened(snmpd.port, settings_of(snmpd, version)) as transport:
        whole = await transport.read(SnmpWalk(f"{SYSTEM}.9.1.3"), 2.0)
        assert len(whole.varbinds) >= 5
        assert all(oid.startswith(f"{SYSTEM}.9.1.3.") for oid in whole.varbinds)
        some = await transport.read(SnmpWalk(f"{SYSTEM}.9.1.3", limit=3), 2.0)
        assert list(some.varbinds) == list(whole.varbinds)[:3]
        assert (await transport.read(SnmpWalk("1.3.6.1.4.1.99999"), 2.0)).varbinds == {}


async def test_v1_learns_the_missing_objects_once_and_then_asks_plainly(snmpd: Agent) -> None:
    async with opened(snmpd.port, settings_of(snmpd, 1)) as transport:
        request = SnmpGet((DESCR, LACKING, UPTIME, f"{SYSTEM}.98.0", NAME))
        first = await transport.read(request, 2.0)
        asked = transport.counters.requests
        second = await transport.read(request, 2.0)
        assert first.varbinds.keys() == second.varbinds.keys() == {DESCR, UPTIME, NAME}
        assert transport.counters.requests == asked + 1


@pytest.mark.parametrize("version", [1, 2])
async def test_a_get_that_is_too_big_is_halved_and_the_size_is_remembered(version: int) -> None:
    async with (
        emulated(60, max_bytes=484) as agent,
        opened(agent.port, SnmpSettings(version=version, max_oids=60)) as transport,
    ):
        for expected_messages in (None, 3):
            before = agent.requests
            answer = await transport.read(SnmpGet(oids(60)), 1.0)
            assert answer.varbinds == {oid: 10 * n for n, oid in enumerate(oids(60))}
            if expected_messages is not None:
                assert agent.requests - before <= expected_messages + 1


async def test_too_many_objects_for_one_datagram_are_asked_in_parts() -> None:
    async with (
        emulated(300, max_bytes=65_000) as agent,
        opened(agent.port, SnmpSettings(max_oids=300)) as transport,
    ):
        answer = await transport.read(SnmpGet(oids(300)), 1.0)
        assert len(answer.varbinds) == 300


@pytest.mark.parametrize("version", [1, 2])
async def test_nothing_at_all_teaches_nothing_and_is_not_searched_again(version: int) -> None:
    async with (
        emulated(8) as agent,
        opened(agent.port, SnmpSettings(version=version)) as transport,
    ):
        nothing = SnmpGet(oids(8, start=100))
        assert (await transport.read(nothing, 1.0)).varbinds == {}
        before = agent.requests
        assert (await transport.read(nothing, 1.0)).varbinds == {}
        assert agent.requests == before + 1
        agent.mib = Mib(
            {(1, 3, 6, 1, 4, 1, 99999, 1, n): fixed(Typed(ber.INTEGER, n)) for n in range(200)}
        )
        assert len((await transport.read(nothing, 1.0)).varbinds) == 8


async def test_a_late_answer_is_never_taken_for_the_next() -> None:
    async with emulated(4) as agent, opened(agent.port) as transport:
        agent.faults = Faults(late_s=0.15)
        with pytest.raises(NoAnswer, match=r"no answer within 0\.1 s"):
            await transport.read(SnmpGet((f"{BASE}.1",)), 0.1)
        agent.faults = Faults()
        for n in (2, 3, 2, 3):
            await asyncio.sleep(0.03)
            answer = await transport.read(SnmpGet((f"{BASE}.{n}",)), 0.5)
            assert answer.varbinds == {f"{BASE}.{n}": 10 * n}


async def test_an_answer_to_another_request_is_no_answer() -> None:
    async with emulated(4, faults=Faults(wrong_id=True)) as agent, opened(agent.port) as transport:
        with pytest.raises(NoAnswer):
            await transport.read(SnmpGet(oids(2)), 0.1)
        assert transport.counters.timeouts == 1


async def test_reads_at_the_same_time_wait_for_each_other() -> None:
    async with emulated(20, faults=Faults(latency_s=0.01)) as agent, opened(agent.port) as it:
        answers = await asyncio.gather(*(it.read(SnmpGet((oid,)), 1.0) for oid in oids(10)))
        assert [list(a.varbinds.values()) for a in answers] == [[10 * n] for n in range(10)]


async def test_a_cancelled_read_leaves_a_line_that_works() -> None:
    async with emulated(4, faults=Faults(latency_s=0.1)) as agent, opened(agent.port) as transport:
        task = asyncio.create_task(transport.read(SnmpGet((f"{BASE}.1",)), 1.0))
        await asyncio.sleep(0.03)
        task.cancel()
        answer = await transport.read(SnmpGet((f"{BASE}.2",)), 1.0)
        assert answer.varbinds == {f"{BASE}.2": 20}
        assert len(asyncio.all_tasks()) == 1 + int(not task.done())


async def test_a_closed_port_a_wrong_community_and_an_unknown_name_are_no_answer(
    snmpd: Agent,
) -> None:
    for port, community in ((free_udp_port(), "public"), (snmpd.port, "wrong")):
        async with opened(port, SnmpSettings(community=community)) as transport:
            with pytest.raises(NoAnswer):
                await transport.read(SnmpGet((DESCR,)), 0.2)
    with pytest.raises(NoAnswer, match=r"no\.such\.host\.invalid"):
        await SnmpTransport("no.such.host.invalid").open()


async def test_a_v3_user_with_a_wrong_key_is_refused_and_no_key_is_ever_shown(
    snmpd: Agent,
) -> None:
    user = SnmpUser(snmpd.user, "sha256", "another auth key", "aes128", snmpd.priv_key)
    settings = SnmpSettings(version=3, user=user)
    assert "another" not in repr(settings) and snmpd.priv_key not in repr(settings)
    async with opened(snmpd.port, settings) as transport:
        with pytest.raises(DeviceError) as refused:
            await transport.read(SnmpGet((DESCR,)), 0.5)
        assert "another" not in str(refused.value)


async def test_an_agent_that_ends_a_walk_never_is_cut_at_the_limit() -> None:
    async with emulated(500) as agent, opened(agent.port) as transport:
        answer = await transport.read(SnmpWalk(BASE, limit=100), 1.0)
        assert len(answer.varbinds) == 100


async def test_what_cannot_be_asked_or_set_is_named() -> None:
    transport = SnmpTransport("127.0.0.1", 1)
    with pytest.raises(ConfigError, match="ModbusRead"):
        await transport.read(ModbusRead(1, 3, 0, 1), 1.0)
    with pytest.raises(ConfigError, match="not open"):
        await transport.read(SnmpGet((DESCR,)), 1.0)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: SnmpSettings(version=4), "version 4"),
        (lambda: SnmpSettings(version=3), "needs a user"),
        (lambda: SnmpSettings(max_oids=0), "max_oids 0"),
        (lambda: SnmpUser("u", "sha256", "short"), "fewer than 8"),
        (lambda: SnmpUser("u", None, "", "aes", "long enough key"), "priv but no auth"),
    ],
)
def test_settings_that_cannot_be_are_refused(make: object, says: str) -> None:
    assert callable(make)
    with pytest.raises(ConfigError, match=says):
        make()


async def test_an_unknown_algorithm_names_those_that_are_known() -> None:
    user = SnmpUser("u", "sha3", "long enough key")
    with pytest.raises(ConfigError, match="sha3 is not one of md5"):
        await SnmpTransport("127.0.0.1", 161, SnmpSettings(version=3, user=user)).open()
