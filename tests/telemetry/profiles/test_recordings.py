"""The second, independent check: what others found in recordings of real devices."""

import math
from pathlib import Path
from typing import Any

import pytest

from telemetry.binding import identity
from telemetry.points import Kind
from telemetry.profiles.loader import shipped
from telemetry.sample import Quality, Sample
from tests.servers import shared
from tests.telemetry.recordings import Recording, expected, read_recording

#: Recording, profile, and how many of its sensors must be found and agree.
AGREE = [
    ("apc_ap8853", "apc-rpdu2", 6),
    ("apc_apdu9959eu3", "apc-rpdu2", 6),
    ("apc_ap8853", "apc-rpdu", 3),
    ("akcp_serverprobe8", "akcp-sensorprobe", 4),
    ("apc-netbotz_netbotz750", "apc-netbotz", 2),
    ("deltaups_mini-snmp", "ups-rfc1628", 20),
    ("eaton-mgeups_93ps", "ups-rfc1628", 43),
    ("eatonupsm2_9px+empg2", "ups-rfc1628", 16),
    ("generex-ups_cs141", "ups-rfc1628", 31),
    ("huaweiups_ups2000", "ups-rfc1628", 13),
    ("liebert_apm", "ups-rfc1628", 21),
    ("liebert_weblbds", "ups-rfc1628", 20),
    ("netmanplus_204", "ups-rfc1628", 39),
    ("netvision-rfc", "ups-rfc1628", 15),
    ("poweralert_ups", "ups-rfc1628", 14),
]
#: How their unit becomes ours.
FACTORS = {"kWh": 1000.0, "min": 60.0}
#: The MIB says tenths of a hertz; the other program divides once more for this maker.
THEIR_MISTAKES = {("huaweiups_ups2000", "Hz")}


def _recording(name: str) -> Recording:
    path = shared(f"recordings/snmp/{name}.snmprec")
    return read_recording(path.read_text(errors="surrogateescape"))


def _agrees(sensor: dict[str, Any], sample: Sample) -> bool:
    if sample.quality is Quality.NOT_AVAILABLE:
        # The other program knows no sentinels and shows 65535 minutes.
        return False
    theirs = sensor["value"] * FACTORS.get(sensor["unit"], 1.0)
    return math.isclose(sample.number, theirs, rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize(("name", "profile", "least"), AGREE)
def test_a_profile_agrees_with_what_others_read(name: str, profile: str, least: int) -> None:
    folder: Path = shared("recordings/snmp")
    samples = {s.point.source: s for s in _recording(name).samples(shipped(profile))}
    both = [
        (sensor, samples[sensor["oid"]])
        for sensor in expected(folder / f"{name}.expected.json")
        if sensor["oid"] in samples and (name, sensor["unit"]) not in THEIR_MISTAKES
    ]
    differ = [
        (sensor["oid"], sensor["value"], sample.number)
        for sensor, sample in both
        if sample.quality is not Quality.NOT_AVAILABLE and not _agrees(sensor, sample)
    ]
    assert differ == []
    assert sum(_agrees(*pair) for pair in both) == least


@pytest.mark.parametrize(("name", "profile"), sorted({(n, p) for n, p, _ in AGREE}))
def test_no_reading_of_a_real_device_is_bad_or_without_a_word(name: str, profile: str) -> None:
    for sample in _recording(name).samples(shipped(profile)):
        assert sample.quality is not Quality.BAD, sample
        if sample.point.kind is Kind.STATE and sample.quality.usable:
            assert not str(sample.value).startswith("unknown("), sample


def test_a_whole_walk_of_a_metered_by_outlet_pdu_has_names_phases_and_power() -> None:
    recording, profile = _recording("simdata_apc-8641"), shipped("apc-rpdu2")
    samples = {s.point.id: s for s in recording.samples(profile)}
    outlets = [
        id_ for id_ in samples if id_.startswith("outlet.") and id_.endswith(".active_power")
    ]
    assert len(outlets) == 24
    first = samples["outlet.1.active_power"]
    assert (first.value, first.point.label, first.point.phase) == (163.0, "CP-CM-SAN-01", "L1")
    assert samples["outlet.1.state"].value == "on"
    total = sum(samples[id_].number for id_ in outlets)
    # The device counts its own electronics too, and rounds to 10 W.
    assert total == pytest.approx(samples["device.1.active_power"].number, rel=0.1)
    told = identity(profile, {id_: s.raw for id_, s in samples.items()})
    assert (told["model"], told["serial"], told["firmware"]) == ("AP8641", "3F3452A52295", "6.7.2")


def test_a_ups_that_sends_all_ones_for_what_it_does_not_know_shows_nothing() -> None:
    samples = {s.point.id: s for s in _recording("netvision-rfc").samples(shipped("ups-rfc1628"))}
    for point in ("battery.runtime", "battery.current", "input.1.active_power"):
        assert samples[point].quality is Quality.NOT_AVAILABLE
        assert samples[point].value is None
    assert samples["input.1.active_power"].raw == 65535
