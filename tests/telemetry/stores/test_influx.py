"""InfluxDB as a server among others: what is kept in it, and what happens when it says no."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telemetry.errors import StoreAway, StoreError
from telemetry.sample import Block
from telemetry.stores.base import SeriesQuery, Store
from telemetry.stores.influx_http import InfluxReader, InfluxWriter
from telemetry.stores.influx_url import parse_influx
from telemetry.stores.memory import MemoryCatalogue, MemoryStore
from telemetry.stores.open import open_store
from tests.servers import LOOPBACK, free_port, influx_server, nginx_server, wait_until
from tests.telemetry.stores.certificate import certificate
from tests.telemetry.stores.compare import (
    FINITE,
    QUERIES,
    assert_same_latest,
    assert_same_series,
    blocks,
    without_clashes,
)
from tests.telemetry.stores.witness import influx_query, speaks_v2
from tests.telemetry.stores.world import (
    BAD,
    DAY,
    GOOD,
    HOUR,
    MINUTE,
    NAMEPLATE,
    NAN,
    PDU,
    POWER,
    T0,
    block,
    pdu,
)

QUERY = SeriesQuery("pdu-a-r07", POWER.id, T0, T0 + HOUR, MINUTE)


@pytest.fixture
def store(influxd: str, database: str) -> Iterator[Store]:
    made = open_at(influxd, database)
    yield made
    made.close()


def open_at(server: str, database: str = "dc", more: str = "", mode: str = "v1") -> Store:
    host = server.partition("//")[2]
    return open_store(f"influx://{host}/{database}?mode={mode}{more}", MemoryCatalogue())


def at_port(port: int, credentials: str = "") -> str:
    return f"http://{credentials}{LOOPBACK}:{port}"


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    told=st.lists(blocks(FINITE), min_size=1, max_size=25),
    queries=st.lists(QUERIES, min_size=1, max_size=5),
)
def test_charts_and_latest_read_the_same_as_from_memory(
    influxd: str, database: str, told: list[Block], queries: list[SeriesQuery]
) -> None:
    influx_query(influxd, f"DROP DATABASE {database}")
    influx_query(influxd, f"CREATE DATABASE {database}")
    memory, store = MemoryStore(), open_at(influxd, database)
    fresh = without_clashes(told, [])
    for half in (fresh[: len(fresh) // 2], fresh[len(fresh) // 2 :]):
        memory.write(half)
        store.write(half)
    for query in queries:
        assert_same_series(memory, store, query)
    newest = MemoryStore()
    newest.write(fresh)
    assert_same_latest(newest, store)
    store.close()


def test_fields_are_floats_and_tags_never_change(store: Store, influxd: str, database: str) -> None:
    store.write([block(PDU, T0, 1, 2, NAN, quality=GOOD + BAD + BAD)])
    store.write([block(NAMEPLATE, T0, NAN, 1, raw=("S1", 1))])
    fields = influx_query(influxd, "SHOW FIELD KEYS", database)
    assert {kind for one in fields for _, kind in one["values"]} == {"float"}  # type: ignore[attr-defined]
    tags = {one["name"]: one["values"] for one in influx_query(influxd, "SHOW TAG KEYS", database)}
    assert tags == {
        "reading": [["device"], ["point"]],
        "reading_text": [["device"], ["point"], ["text"]],
    }


def test_a_dashboard_that_asks_for_the_mean_value_sees_only_usable_numbers(
    store: Store, influxd: str, database: str
) -> None:
    store.write(
        [pdu(T0, watts=100.0), block(PDU, T0 + 1000, 1, 9999, 3, quality=GOOD + BAD + GOOD)]
    )
    ask = f'SELECT mean("value") FROM "reading" WHERE "point" = \'{POWER.id}\''  # noqa: S608
    (found,) = influx_query(influxd, ask, database)
    assert found["values"][0][1] == 100.0  # type: ignore[index]


def test_another_process_reads_by_the_same_catalogue(influxd: str, database: str) -> None:
    catalogue = MemoryCatalogue()
    url = f"{influxd.replace('http', 'influx')}/{database}?mode=v1"
    writer = open_store(url, catalogue)
    writer.write([pdu(T0)])
    reader = open_store(url, catalogue, read_only=True)
    assert reader.latest() == writer.latest() != []
    assert reader.series(QUERY) == writer.series(QUERY) != []
    with pytest.raises(StoreError, match="reading only"):
        reader.write([pdu(T0)])


def test_a_late_block_of_an_old_layout_leaves_the_catalogue_alone(
    influxd: str, database: str
) -> None:
    catalogue = MemoryCatalogue()
    store = open_store(f"{influxd.replace('http', 'influx')}/{database}?mode=v1", catalogue)
    new = replace(PDU, every_s=60.0)
    store.write([block(new, T0 + MINUTE, 1, 2, 3)])
    store.write([pdu(T0)])
    assert catalogue.layouts() == [new]


def test_a_retention_policy_is_written_and_read(influxd: str, database: str) -> None:
    influx_query(
        influxd, f'CREATE RETENTION POLICY "year" ON {database} DURATION 52w REPLICATION 1'
    )
    now = int(datetime.now(UTC).timestamp() * 1000)
    store = open_at(influxd, database, "&rp=year")
    store.write([pdu(now)])
    assert [latest.block.at_ms for latest in store.latest()] == [now]
    assert open_at(influxd, database).series(replace(QUERY, start_ms=now, end_ms=now + 1)) == []


def test_a_call_larger_than_a_batch_arrives_whole(store: Store) -> None:
    store.write([pdu(T0 + n * 1000, watts=n) for n in range(2500)])
    (found,) = store.series(replace(QUERY, step_ms=HOUR))
    assert (found.count, found.max) == (2500, 2499.0)


def test_a_database_that_is_not_there_may_come_yet(influxd: str) -> None:
    store = open_at(influxd, "nowhere")
    with pytest.raises(StoreAway, match="not found"):
        store.write([pdu(T0)])
    with pytest.raises(StoreAway, match="not found"):
        store.series(QUERY)


def test_a_server_that_is_down_is_away_and_everything_works_when_it_is_back(
    tmp_path: Path,
) -> None:
    port = free_port()
    store = open_at(at_port(port))
    with pytest.raises(StoreAway, match="refused"):
        store.write([pdu(T0)])
    with pytest.raises(StoreAway, match="refused"):
        store.series(QUERY)
    for minute in range(2):
        with influx_server(tmp_path / "influx", port) as server:
            influx_query(server, "CREATE DATABASE dc")
            store.write([pdu(T0 + minute * MINUTE)])
            assert len(store.series(QUERY)) == minute + 1


def test_a_line_of_the_wrong_type_is_refused_for_good_and_the_others_are_taken(
    store: Store, influxd: str, database: str
) -> None:
    other = InfluxWriter(parse_influx(f"{influxd.replace('http', 'influx')}/{database}?mode=v1"))
    other.send([f'reading,device=ups-9,point=p value="text" {T0}'])
    with pytest.raises(StoreError, match="type conflict") as refusal:
        store.write([pdu(T0), pdu(T0 + 30 * DAY)])
    assert not isinstance(refusal.value, StoreAway)
    with pytest.raises(StoreError, match="unsupported"):  # said in the body of a 200
        store.series(QUERY)
    month_later = replace(QUERY, start_ms=T0 + 30 * DAY, end_ms=T0 + 31 * DAY)
    # The server answers at the first refusal and goes on with the other shards.
    wait_until(lambda: len(store.series(month_later)) == 1, "the good line", 10)


@pytest.mark.parametrize("mode", ["v1", "v2"])
@pytest.mark.parametrize(
    ("status", "away"),
    [(429, True), (500, True), (503, True), (403, True), (400, False), (413, False)],
)
def test_only_what_may_pass_is_worth_another_try(
    tmp_path: Path, status: int, away: bool, mode: str
) -> None:
    port = free_port()
    body = f"server {{ listen {LOOPBACK}:{port}; location / {{ return {status} no; }} }}"
    with nginx_server(tmp_path, body, port) as server:
        store = open_at(server, mode=mode)
        for call in (lambda: store.write([pdu(T0)]), lambda: store.series(QUERY)):
            with pytest.raises(StoreError, match=str(status)) as refusal:
                call()
            assert isinstance(refusal.value, StoreAway) is away


def test_credentials_are_sent_and_their_lack_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INFLUXDB_HTTP_AUTH_ENABLED", "true")
    with influx_server(tmp_path) as server:
        influx_query(server, "CREATE USER me WITH PASSWORD 'p@ss' WITH ALL PRIVILEGES")
        port = int(server.rpartition(":")[2])
        admin = InfluxReader(parse_influx(f"influx://me:p%40ss@{LOOPBACK}:{port}/dc"))
        for mode in ("v1", "v2") if speaks_v2(server) else ("v1",):
            me = open_at(at_port(port, "me:p%40ss@"), mode=mode)
            with pytest.raises(StoreAway, match="not found"):
                me.write([pdu(T0)])
            admin.ask("CREATE DATABASE dc", [])
            me.write([pdu(T0)])
            assert len(me.latest()) == 1
            for credentials in ("", "me:wrong@"):
                stranger = open_at(at_port(port, credentials), mode=mode)
                with pytest.raises(StoreAway, match="401") as refusal:
                    stranger.write([pdu(T0)])
                assert "wrong" not in str(refusal.value)
                with pytest.raises(StoreAway, match="401"):
                    stranger.series(QUERY)
            if mode == "v2":
                (tmp_path / "token").write_text("me:p@ss\n")
                by_token = open_at(server, more=f"&token_file={tmp_path}/token", mode=mode)
                by_token.write([pdu(T0 + MINUTE)])
                assert len(by_token.series(QUERY)) == 2
            admin.ask("DROP DATABASE dc", [])


def test_a_victoria_metrics_is_noticed_by_its_answers(victoria: str) -> None:
    with pytest.raises(StoreError, match="InfluxDB"):
        open_at(victoria, mode="v2").series(QUERY)


def test_a_web_page_in_the_place_of_the_server_is_noticed(tmp_path: Path) -> None:
    port = free_port()
    body = f"server {{ listen {LOOPBACK}:{port}; location / {{ return 200 'Welcome!'; }} }}"
    with nginx_server(tmp_path, body, port) as server, pytest.raises(StoreError, match="Welcome!"):
        open_at(server).series(QUERY)


def test_tls_is_spoken_and_a_certificate_of_nobody_is_refused(
    tmp_path: Path, influxd: str, database: str
) -> None:
    port = free_port()
    certificate(tmp_path / "cert.pem", tmp_path / "key.pem")
    body = (
        f"server {{ listen {LOOPBACK}:{port} ssl; ssl_certificate {tmp_path}/cert.pem; "
        f"ssl_certificate_key {tmp_path}/key.pem; location / {{ proxy_pass {influxd}; }} }}"
    )
    with nginx_server(tmp_path / "nginx", body, port):
        trusting = open_at(at_port(port), database, f"&tls=1&ca_file={tmp_path}/cert.pem")
        trusting.write([pdu(T0)])
        assert len(trusting.series(QUERY)) == 1
        wary = open_at(at_port(port), database, "&tls=1")
        calls: list[Callable[[], object]] = [
            lambda: wary.write([pdu(T0)]),
            lambda: wary.series(QUERY),
        ]
        for call in calls:
            with pytest.raises(StoreAway, match="certificate"):
                call()
