"""The agent under the eyes of two clients that are not ours: gufo-snmp and net-snmp."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from gufo.snmp import SnmpVersion
from gufo.snmp.aio import SnmpSession

from telemetry.emulator import ber, snmp_pdu
from telemetry.emulator.ber import Oid, Typed
from telemetry.emulator.faults import Faults
from telemetry.emulator.mib import Mib, fixed
from telemetry.emulator.snmp_agent import AgentSettings, SnmpAgent, respond, serve_snmp

SYSTEM: dict[Oid, Typed] = {
    (1, 3, 6, 1, 2, 1, 1, 1, 0): Typed(ber.OCTETS, b"APC Web/SNMP Management Card"),
    (1, 3, 6, 1, 2, 1, 1, 2, 0): Typed(ber.OID, (1, 3, 6, 1, 4, 1, 318, 1, 3, 4, 6)),
    (1, 3, 6, 1, 2, 1, 1, 3, 0): Typed(ber.TIMETICKS, 123_456),
}
TABLE: dict[Oid, Typed] = {
    (1, 3, 6, 1, 4, 1, 9, 1, n): Typed(ber.GAUGE32, 10 * n) for n in range(1, 61)
}
COUNTERS: dict[Oid, Typed] = {
    (1, 3, 6, 1, 4, 1, 9, 2, 0): Typed(ber.COUNTER64, 2**63 + 5),
    (1, 3, 6, 1, 4, 1, 9, 3, 0): Typed(ber.COUNTER32, 2**32 - 1),
    (1, 3, 6, 1, 4, 1, 9, 4, 0): Typed(ber.INTEGER, -40),
}
ALL = SYSTEM | TABLE | COUNTERS
MIB = Mib({oid: fixed(value) for oid, value in ALL.items()})
Ask = Callable[..., "asyncio.Future[str]"]

needs_net_snmp = pytest.mark.usefixtures("net_snmp_tools")


@pytest_asyncio.fixture
async def agent() -> AsyncIterator[SnmpAgent]:
    running = await serve_snmp(MIB)
    yield running
    await running.close()


def session(agent: SnmpAgent, *, community: str = "public", version: str = "v2c") -> SnmpSession:
    return SnmpSession(
        addr="127.0.0.1",
        port=agent.port,
        community=community,
        version=SnmpVersion[version],
        timeout=0.3,
    )


async def net_snmp(tool: str, agent: SnmpAgent, version: str, *args: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *(tool, f"-v{version}", "-c", "public", "-t", "1", "-r", "0", "-On", "-Oe", "-m", ""),
        *(f"127.0.0.1:{agent.port}", *args),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    return out.decode()


def ask(pdu: int, oids: list[Oid], *, version: int = 1, status: int = 0, index: int = 0) -> bytes:
    binds = [(oid, Typed(ber.NULL)) for oid in oids]
    return snmp_pdu.encode(snmp_pdu.Message(version, b"public", pdu, 9, binds, status, index))


def answer_to(data: bytes, settings: AgentSettings | None = None) -> snmp_pdu.Message:
    answer = respond(data, MIB, settings or AgentSettings())
    assert answer is not None
    return snmp_pdu.decode(answer)


@pytest.mark.parametrize("version", ["v1", "v2c"])
async def test_gufo_reads_every_type_in_one_get(agent: SnmpAgent, version: str) -> None:
    wanted = {ber.dotted(oid): value for oid, value in (SYSTEM | TABLE).items()}
    async with session(agent, version=version) as snmp:
        got = await snmp.get_many(list(wanted)[:40])
    assert got["1.3.6.1.2.1.1.1.0"] == b"APC Web/SNMP Management Card"
    assert got["1.3.6.1.2.1.1.2.0"] == "1.3.6.1.4.1.318.1.3.4.6"
    assert got["1.3.6.1.2.1.1.3.0"] == 123_456
    assert [got[f"1.3.6.1.4.1.9.1.{n}"] for n in range(1, 38)] == [10 * n for n in range(1, 38)]


async def test_gufo_reads_large_counters_and_negative_numbers(agent: SnmpAgent) -> None:
    async with session(agent) as snmp:
        assert await snmp.get("1.3.6.1.4.1.9.2.0") == 2**63 + 5
        assert await snmp.get("1.3.6.1.4.1.9.3.0") == 2**32 - 1
        assert await snmp.get("1.3.6.1.4.1.9.4.0") == -40


@pytest.mark.parametrize("walk", ["getnext", "getbulk"])
async def test_gufo_walks_the_whole_table_and_stops_at_its_end(agent: SnmpAgent, walk: str) -> None:
    async with session(agent) as snmp:
        rows = [item async for item in getattr(snmp, walk)("1.3.6.1.4.1.9.1")]
    assert rows == [(f"1.3.6.1.4.1.9.1.{n}", 10 * n) for n in range(1, 61)]


async def test_a_wrong_community_gets_silence(agent: SnmpAgent) -> None:
    async with session(agent, community="secret") as snmp:
        with pytest.raises(TimeoutError):
            await snmp.get("1.3.6.1.2.1.1.3.0")


@needs_net_snmp
async def test_net_snmp_sees_the_types_as_they_are(agent: SnmpAgent) -> None:
    oids = [*(ber.dotted(oid) for oid in SYSTEM), *(ber.dotted(oid) for oid in COUNTERS)]
    out = await net_snmp("snmpget", agent, "2c", *oids, "1.3.6.1.4.1.9.1.1")
    for line in (
        '.1.3.6.1.2.1.1.1.0 = STRING: "APC Web/SNMP Management Card"',
        ".1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.318.1.3.4.6",
        ".1.3.6.1.2.1.1.3.0 = Timeticks: (123456) 0:20:34.56",
        ".1.3.6.1.4.1.9.2.0 = Counter64: 9223372036854775813",
        ".1.3.6.1.4.1.9.3.0 = Counter32: 4294967295",
        ".1.3.6.1.4.1.9.4.0 = INTEGER: -40",
        ".1.3.6.1.4.1.9.1.1 = Gauge32: 10",
    ):
        assert line in out


@needs_net_snmp
async def test_net_snmp_walks_to_the_end_of_the_tree(agent: SnmpAgent) -> None:
    in_v1 = await net_snmp("snmpwalk", agent, "1", ".1.3")
    in_v2 = await net_snmp("snmpbulkwalk", agent, "2c", ".1.3")
    assert len(in_v2.splitlines()) == len(ALL) + 1 and "No more variables" in in_v2
    assert "Counter64" in in_v2 and "Counter64" not in in_v1
    assert in_v1.count(" = ") == len(ALL) - 1


@needs_net_snmp
async def test_net_snmp_hears_why_an_object_is_missing(agent: SnmpAgent) -> None:
    instance, thing = "1.3.6.1.4.1.9.1.99", "1.3.6.1.4.1.9.77.0"
    out = await net_snmp("snmpget", agent, "2c", instance, thing, "1.3.6.1.2.1.1.3.0")
    assert f".{instance} = No Such Instance currently exists at this OID" in out
    assert f".{thing} = No Such Object available on this agent at this OID" in out
    assert "Timeticks: (123456)" in out
    assert "(noSuchName)" in await net_snmp("snmpget", agent, "1", thing)


@needs_net_snmp
async def test_a_write_is_refused(agent: SnmpAgent) -> None:
    out = await net_snmp("snmpset", agent, "2c", "1.3.6.1.4.1.9.4.0", "i", "5")
    assert "notWritable" in out


def test_v1_names_the_first_variable_it_lacks() -> None:
    got = answer_to(ask(snmp_pdu.GET, [(1, 3, 6, 1, 4, 1, 9, 4, 0), (1, 3, 9, 9)], version=0))
    assert (got.status, got.index) == (snmp_pdu.NO_SUCH_NAME, 2)


@pytest.mark.parametrize(("version", "binds"), [(0, 60), (1, 0)])
def test_a_get_whose_answer_does_not_fit_is_too_big(version: int, binds: int) -> None:
    got = answer_to(ask(snmp_pdu.GET, list(TABLE), version=version), AgentSettings(max_bytes=484))
    assert (got.status, len(got.varbinds)) == (snmp_pdu.TOO_BIG, binds)


def test_a_bulk_answer_holds_what_fits_and_never_more() -> None:
    data = ask(snmp_pdu.GETBULK, [(1, 3)], index=500)
    answer = respond(data, MIB, AgentSettings(max_bytes=600))
    assert answer is not None and 560 < len(answer) <= 600
    rows = snmp_pdu.decode(answer).varbinds
    assert [oid for oid, _ in rows] == sorted(ALL)[: len(rows)]


def test_bulk_answers_non_repeaters_once_and_columns_side_by_side() -> None:
    system, table = (1, 3, 6, 1, 2, 1, 1, 3), (1, 3, 6, 1, 4, 1, 9, 1)
    got = answer_to(
        ask(snmp_pdu.GETBULK, [system, table, (1, 3, 6, 1, 4, 1, 9, 3)], status=1, index=2)
    )
    assert [oid[-2:] for oid, _ in got.varbinds] == [(3, 0), (1, 1), (3, 0), (1, 2), (4, 0)]


def test_bulk_past_the_end_says_so_and_stops() -> None:
    got = answer_to(ask(snmp_pdu.GETBULK, [(1, 4)], index=50))
    assert [value.tag for _, value in got.varbinds] == [ber.END_OF_MIB]


async def test_a_dead_agent_is_silent_until_it_is_cleared(agent: SnmpAgent) -> None:
    agent.faults.dead = True
    async with session(agent) as snmp:
        with pytest.raises(TimeoutError):
            await snmp.get("1.3.6.1.2.1.1.3.0")
        agent.faults.clear()
        assert await snmp.get("1.3.6.1.2.1.1.3.0") == 123_456


@pytest.mark.parametrize("faults", [Faults(wrong_id=True), Faults(late_s=0.4), Faults(drop=1.0)])
async def test_a_late_foreign_or_lost_answer_never_reaches_the_asker(
    agent: SnmpAgent, faults: Faults
) -> None:
    agent.faults = faults
    async with session(agent) as snmp:
        with pytest.raises(TimeoutError):
            await snmp.get("1.3.6.1.2.1.1.3.0")


def test_lost_answers_are_the_same_ones_for_the_same_seed() -> None:
    one, two = Faults(seed=7, drop=0.5), Faults(seed=7, drop=0.5)
    first = [one.silent() for _ in range(50)]
    assert first == [two.silent() for _ in range(50)]
    assert 10 < sum(first) < 40


async def test_two_hundred_agents_share_one_process() -> None:
    agents = await asyncio.gather(*(serve_snmp(MIB) for _ in range(200)))
    async with asyncio.timeout(5):
        for agent in agents[::20]:
            async with session(agent) as snmp:
                assert await snmp.get("1.3.6.1.4.1.9.4.0") == -40
    assert len({agent.port for agent in agents}) == 200
    await asyncio.gather(*(agent.close() for agent in agents))
