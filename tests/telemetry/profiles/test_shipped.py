"""Every shipped profile reads its capture right; nothing ships without one."""

import math
from pathlib import Path

import pytest

from telemetry.binding import bind, identity
from telemetry.decode import Decoder
from telemetry.plan import plan
from telemetry.points import UNITS, Kind
from telemetry.profiles.loader import names, shipped
from telemetry.profiles.model import Protocol
from telemetry.sample import Sample
from tests.telemetry.fake_registers import FakeRegisters, read_registers
from tests.telemetry.recordings import read_recording

CAPTURES = Path(__file__).parent / "captures"


def _samples(name: str) -> list[Sample]:
    profile, folder = shipped(name), CAPTURES / name
    if profile.protocol is Protocol.SNMP:
        return read_recording((folder / "capture.snmprec").read_text()).samples(profile)
    words = read_registers((folder / "capture.registers").read_text())
    device, bound = FakeRegisters(words, zeros=True), bind(profile, "device")
    plans = [plan(bound, poll) for poll in bound.poll_classes]
    blocks = [Decoder(p).block([device.read(r) for r in p.requests], 0) for p in plans]
    return [sample for block in blocks for sample in block.samples()]


def _shown(value: object) -> str:
    if isinstance(value, list):
        return " ".join(value)
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _expected(name: str) -> dict[str, list[str]]:
    lines = (CAPTURES / name / "expected.txt").read_text().splitlines()
    parts = [[part.strip() for part in line.split("|")] for line in lines]
    return {part[0]: part[1:] for part in parts}


@pytest.mark.parametrize("name", names())
def test_a_profile_reads_its_capture_as_written_down(name: str) -> None:
    expected = _expected(name)
    got = {sample.point.id: sample for sample in _samples(name)}
    assert sorted(got) == sorted(expected)
    for point, (value, unit, quality, raw) in expected.items():
        sample = got[point]
        assert sample.quality.word == quality, point
        assert sample.point.unit == unit, point
        assert sample.raw == (None if raw == "-" else type(sample.raw)(raw)), point
        if sample.point.kind in (Kind.GAUGE, Kind.COUNTER) and value != "-":
            assert sample.number == pytest.approx(float(value), rel=1e-7), point
        elif value != "-":
            assert _shown(sample.value) == value, point
        else:
            assert math.isnan(sample.number), point


@pytest.mark.parametrize("name", names())
def test_a_profile_has_one_name_units_of_the_vocabulary_and_sources(name: str) -> None:
    profile = shipped(name)
    assert profile.name == name
    assert profile.sources
    for sample in _samples(name):
        assert sample.point.unit in UNITS[sample.point.quantity]


def test_every_capture_belongs_to_a_shipped_profile() -> None:
    assert sorted(folder.name for folder in CAPTURES.iterdir()) == names()


def _who(name: str) -> dict[str, str | None]:
    return identity(shipped(name), {s.point.id: s.raw for s in _samples(name)})


def test_identity_comes_from_the_first_place_that_tells_it() -> None:
    assert _who("apc-rpdu2") == {
        "vendor": "APC",
        "model": "AP8TEST",
        "serial": "ZT123",
        "firmware": "v6.9.2",
    }
    assert _who("ups-rfc1628")["firmware"] == "agent 1.2"
    assert _who("ups-rfc1628")["serial"] is None
    assert _who("schneider-pm5000")["serial"] == "4023501"


def test_identity_falls_back_to_the_description_by_pattern() -> None:
    described = "APC Web/SNMP Management Card (AF1:v6.9.1 MN:AP9TEST HR:01 SN: ZT77 MD:x)"
    told = identity(shipped("apc-rpdu2"), {"ident.description": described})
    assert (told["model"], told["serial"], told["firmware"]) == ("AP9TEST", "ZT77", "v6.9.1")
    assert _who("apc-netbotz")["model"] == "NetBotz 750"
    assert _who("apc-netbotz")["firmware"] == "5.4.0.11"


def test_labels_and_phases_come_from_the_device() -> None:
    points = {sample.point.id: sample.point for sample in _samples("apc-rpdu2")}
    assert points["outlet.1.active_power"].label == "srv-12"
    assert points["outlet.1.active_power"].phase == "L1"
    assert points["outlet.1.active_power"].source == "1.3.6.1.4.1.318.1.1.26.9.4.3.1.7.1"
    assert points["outlet.2.active_power"].label == "Outlet 2"
    assert points["outlet.2.active_power"].phase == "L3_L1"
    assert points["phase.2.current"].phase == "L3"
    assert points["device.1.active_power.peak"].label == "pdu-a-r07 peak"
    assert "sensor.2.temperature" not in points
