"""From rows to what is polled: pinned addresses, secrets, reasons; what health is written."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from facilities.monitoring import assignments
from facilities.monitoring.assignments import Assigner, Wanted, load_wanted, verdict_of
from facilities.monitoring.health_rows import HealthRows, by_id, refused_row, row_of
from facilities.monitoring.machine import DeviceHealth
from facilities.monitoring.models import Device
from facilities.monitoring.sealing import seal
from facilities.monitoring.service import Vault
from telemetry.assignment import DeviceHealth as Look
from telemetry.assignment import Phase
from telemetry.health import State
from telemetry.points import PollClass
from tests.facilities.monitoring.conftest import NOW, World

VAULT = Vault("127.0.0.0/8", "key")


def wanted(url: str, profile: str = "ups-rfc1628", **secrets: str) -> Wanted:
    return Wanted(1, "dev", profile, url, seal(secrets, "key"), (("fast", 5.0),))


def test_an_assignment_has_the_opened_secret_and_the_pace() -> None:
    made = verdict_of(wanted("snmp://127.0.0.1:16100", community="s3cret"), VAULT).assignment
    assert made is not None
    assert (made.device, made.target.community, made.target.port) == ("dev", "s3cret", 16100)
    assert made.seconds(PollClass.FAST) == 5.0
    assert "s3cret" not in repr(made)


def test_snmp3_keys_go_with_the_assignment() -> None:
    url = "snmp3://bob@127.0.0.1?auth=sha256&priv=aes128"
    made = verdict_of(wanted(url, auth_key="authauth", priv_key="privpriv"), VAULT).assignment
    assert made is not None
    assert (made.auth_key, made.priv_key) == ("authauth", "privpriv")


def test_a_name_is_pinned_to_the_address_that_was_checked() -> None:
    made = verdict_of(
        wanted("snmp://localhost", community="c"), Vault("127.0.0.0/8,::1/128", "key")
    )
    assert made.assignment is not None
    assert made.assignment.target.host in ("127.0.0.1", "::1")


@pytest.mark.parametrize(
    ("device", "words"),
    [
        (wanted("snmp://8.8.8.8", community="c"), "outside the networks"),
        (wanted("snmp://127.0.0.1"), "needs its community"),
        (wanted("nonsense", community="c"), "not right"),
        (wanted("snmp://127.0.0.1", "no-such-profile", community="c"), "no profile"),
        (Wanted(1, "dev", "ups-rfc1628", "snmp://127.0.0.1", "torn", ()), "another key"),
    ],
)
def test_what_cannot_be_polled_says_why(device: Wanted, words: str) -> None:
    verdict = verdict_of(device, VAULT)
    assert verdict.assignment is None
    assert words in verdict.why


def test_a_verdict_is_kept_until_its_device_changes_or_its_name_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_up: list[str] = []

    def look_up(host: str) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"]

    monkeypatch.setattr(assignments, "addresses_of", look_up)
    assigner, device = Assigner(VAULT), wanted("snmp://127.0.0.1", community="c")
    first = assigner.judge([device], 0.0)[device]
    assert assigner.judge([device], 299.0)[device] is first
    assert len(looked_up) == 1
    assert assigner.judge([device], 301.0)[device] == first
    assert len(looked_up) == 2
    assert assigner.judge([], 302.0) == {}


def test_only_enabled_devices_are_wanted(world: World) -> None:
    with world.sessions.begin() as session:
        session.get_one(Device, world.ids["probe-1"]).enabled = False
        session.flush()
        assert [device.key for device in load_wanted(session)] == ["pdu-a-r07", "pdu-b-r07"]


def look(device: str, **change: object) -> Look:
    values = {
        "device": device, "phase": Phase.POLLING, "state": State.HEALTHY, "why": "",
        "last_good_at_ms": int(NOW.timestamp() * 1000), "next_poll_at_ms": None, "polls": 5,
        "good": 4, "missed": 0, "splits": 0, "failures": {"transport": 1}, "refusals": {2: 3},
        "p50_ms": 12.0, "p95_ms": 30.0, "points": 3, "requests": 1, "learned": "",
        "identity": {"vendor": "APC"}, "line": None, **change,
    }  # fmt: skip
    return Look(**values)  # type: ignore[arg-type]


def test_a_look_becomes_a_row_that_stays_fresh_for_three_polls() -> None:
    row = row_of(look("d"), 30.0)
    assert row["fresh_until"] == NOW + timedelta(seconds=90)
    assert (row["state"], row["polls_ok"], row["polls_failed"]) == ("healthy", 4, 1)
    assert row["counts"]["refusals"] == {"2": 3}
    assert row_of(look("d", last_good_at_ms=None), 30.0)["fresh_until"] is None


def test_looks_at_devices_that_are_not_wanted_any_more_are_dropped() -> None:
    rows = by_id([look("a"), look("b")], {"a": 1}, {"a": 10.0, "b": 10.0})
    assert rows.keys() == {1}


def test_health_is_written_news_first_and_since_marks_the_change(
    sessions: sessionmaker[Session], world: World
) -> None:
    ids, writer = world.ids, HealthRows("c1")
    rows = {ids["pdu-a-r07"]: row_of(look("a"), 10.0), ids["probe-1"]: refused_row("no secret")}

    def write(minutes: int) -> None:
        with sessions.begin() as session:
            writer.write(session, rows, NOW + timedelta(minutes=minutes))

    def row(key: str) -> DeviceHealth:
        with sessions() as session:
            return session.get_one(DeviceHealth, ids[key])

    write(0)
    write(1)
    assert row("pdu-a-r07").since == NOW
    assert row("pdu-a-r07").updated_at == NOW + timedelta(minutes=1)
    assert (row("probe-1").state, row("probe-1").error) == ("refused", "no secret")
    rows[ids["pdu-a-r07"]] = row_of(look("a", state=State.QUARANTINED, why="silence"), 10.0)
    write(2)
    assert row("pdu-a-r07").since == NOW + timedelta(minutes=2)
    rows[ids["pdu-a-r07"]] = refused_row("no secret")
    write(3)
    assert row("pdu-a-r07").last_good_at == NOW, "what was known of the device is kept"


def test_a_large_site_is_told_in_turns_with_news_first(
    sessions: sessionmaker[Session], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("facilities.monitoring.health_rows.MOST_ROWS", 2)
    ids = [world.ids[key] for key in ("pdu-a-r07", "pdu-b-r07", "probe-1")]
    rows, writer = {id_: row_of(look(str(id_)), 10.0) for id_ in ids}, HealthRows("c1")

    def written() -> set[int]:
        before = {id_: at(id_) for id_ in ids}
        with sessions.begin() as session:
            assert writer.write(session, rows, NOW + timedelta(seconds=next(clock))) == 2
        return {id_ for id_ in ids if at(id_) != before[id_]}

    def at(id_: int) -> object:
        with sessions() as session:
            row = session.get(DeviceHealth, id_)
            return row and row.updated_at

    clock = iter(range(100))
    first, second = written(), written()
    assert first | second == set(ids), "after two turns every device was told"
    rows[ids[0]] = row_of(look("x", state=State.BACKING_OFF, why="late"), 10.0)
    assert ids[0] in written()
