"""From a family to one device: rows that exist, names and phases that the device gives."""

import pytest

from telemetry.binding import bind, discovery, identity
from telemetry.errors import ConfigError
from telemetry.points import PollClass
from telemetry.profiles.loader import read, shipped
from telemetry.profiles.model import Profile
from telemetry.transports.base import SnmpGet, SnmpWalk
from tests.telemetry.recordings import Recording

TEXT = """profile: made
protocol: snmp
kind: rack_pdu
vendor: Made
family: PDU
verified: documents
sources: [the test]
identity: {vendor: Made, serial: {point: ident.serial}}
snmp: {max_oids: 2, max_rows: 50}
root: 1.3.6.1.4.1.9
scalars:
  - {id: ident.serial, oid: .1.1.0, quantity: identity}
  - {id: a.current, oid: .1.2.0, quantity: current, unit: A}
  - {id: b.current, oid: .1.3.0, quantity: current, unit: A}
tables:
  - id: outlet
    label: Outlet {key}
    entry: .2.1
    rows: .1
    label_oid: .2
    phase: {oid: .3, values: {1: L1, 2: L2}}
    except: {oid: .4, values: [gone]}
    factors: {digits: .6}
    columns:
      - {oid: .5, quantity: current, unit: A, phase: row, tail: 7,
         scale_ref: digits, scale_ref_sign: -1}
      - {id: state, label: state, oid: .8, quantity: state}
"""
ROOT = "1.3.6.1.4.1.9"


def _profile() -> Profile:
    return read(TEXT, "made.yaml")


def _device() -> Recording:
    row = f"{ROOT}.2.1"
    return Recording(
        {
            f"{ROOT}.1.1.0": "S1",
            f"{ROOT}.1.3.0": 5,
            **{f"{row}.1.{key}": 1 for key in ("1.2", "1.10", "1.3", "1.4")},
            f"{row}.2.1.2": b"srv\x00",
            f"{row}.2.1.10": "",
            f"{row}.3.1.2": 1,
            f"{row}.3.1.10": 9,
            f"{row}.4.1.3": "gone",
            f"{row}.5.1.2.7": 123,
            f"{row}.5.1.10.7": 4,
            f"{row}.5.1.3.7": 4,
            f"{row}.6.1.2.7": 1,
            f"{row}.6.1.10.7": 0,
            f"{row}.8.1.2": 1,
        }
    )


def test_discovery_asks_scalars_in_packets_and_walks_each_column_once() -> None:
    requests = discovery(_profile())
    gets = [r for r in requests if isinstance(r, SnmpGet)]
    walks = [r for r in requests if isinstance(r, SnmpWalk)]
    assert [len(get.oids) for get in gets] == [2, 1]
    columns = [1, 2, 3, 4, 5, 8, 6]
    assert walks == [SnmpWalk(f"{ROOT}.2.1.{n}", 50) for n in columns]


def test_version_1_is_asked_one_scalar_at_a_time() -> None:
    gets = [r for r in discovery(_profile(), singly=True) if isinstance(r, SnmpGet)]
    assert [len(get.oids) for get in gets] == [1, 1, 1]


def test_only_what_answered_becomes_a_point_in_the_order_of_the_rows() -> None:
    bound = _device().bound(_profile())
    assert [p.point.id for p in bound.points] == [
        "ident.serial",
        "b.current",
        "outlet.1.2.current",
        "outlet.1.2.state",
        "outlet.1.10.current",
    ]
    assert bound.poll_classes == (PollClass.NORMAL, PollClass.SLOW)


def test_a_row_takes_its_name_and_phase_from_the_device() -> None:
    points = {p.point.id: p for p in _device().bound(_profile()).points}
    first, other = points["outlet.1.2.current"], points["outlet.1.10.current"]
    assert (first.point.label, first.point.phase) == ("srv", "L1")
    assert (other.point.label, other.point.phase) == ("Outlet 1.10", None)
    assert points["outlet.1.2.state"].point.label == "srv state"
    assert points["outlet.1.2.state"].point.phase is None
    assert first.place == f"{ROOT}.2.1.5.1.2.7"
    assert first.factor == f"{ROOT}.2.1.6.1.2.7"


def test_a_power_of_ten_that_counts_decimals_divides() -> None:
    samples = {s.point.id: s for s in _device().samples(_profile())}
    assert samples["outlet.1.2.current"].value == 12.3
    assert samples["outlet.1.10.current"].value == 4.0


def test_nothing_that_answers_is_the_wrong_profile() -> None:
    profile = _profile()
    silent = [None for _ in discovery(profile)]
    with pytest.raises(ConfigError, match="nothing of profile made answered"):
        bind(profile, "device", silent)


def test_modbus_needs_no_discovery_and_takes_the_unit_of_the_target() -> None:
    profile = shipped("schneider-iem3000")
    assert discovery(profile) == ()
    assert bind(profile, "m").unit == 1
    assert bind(profile, "m", unit=0).unit == 0
    point = bind(profile, "m").points[0].point
    assert (point.source, point.label, point.phase) == ("fc3:2999", "Current L1", "L1")


def test_every_point_of_a_device_has_an_id_of_its_own() -> None:
    ids = [p.point.id for p in _device().bound(_profile()).points]
    assert len(ids) == len(set(ids))


def test_an_identity_that_is_not_told_is_none() -> None:
    assert identity(_profile(), {}) == {
        "vendor": "Made",
        "model": None,
        "serial": None,
        "firmware": None,
    }
    assert identity(_profile(), {"ident.serial": b"S2\x00 "})["serial"] == "S2"
