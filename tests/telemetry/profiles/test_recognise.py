"""Which profile fits a device that only said its sysObjectID and sysDescr."""

import pytest

from telemetry.profiles.loader import names, shipped
from telemetry.profiles.recognise import Facts, fitting, probe_oids
from tests.servers import shared
from tests.telemetry.recordings import read_recording

ALL = [shipped(name) for name in names()]
RPDU2 = "1.3.6.1.4.1.318.1.1.26.4.3.1.5.1"
RPDU = "1.3.6.1.4.1.318.1.1.12.1.5.0"
UPS = "1.3.6.1.2.1.33.1.2.1.0"


def _names(object_id: str, descr: str, *present: str) -> list[str]:
    return [p.name for p in fitting(ALL, Facts(object_id, descr, frozenset(present)))]


def test_objects_that_tell_profiles_apart_are_asked_once_each() -> None:
    asked = probe_oids(ALL)
    assert {RPDU2, RPDU, UPS} <= set(asked)
    assert len(asked) == len(set(asked))


def test_one_sysobjectid_of_two_generations_is_told_apart_by_an_object() -> None:
    apc = "1.3.6.1.4.1.318.1.3.4.6"
    assert _names(apc, "", RPDU2, RPDU) == ["apc-rpdu2"]
    assert _names("1.3.6.1.4.1.318.1.3.4.5", "", RPDU) == ["apc-rpdu"]
    assert _names(apc, "") == []


def test_any_ups_with_the_standard_mib_fits_whatever_its_sysobjectid() -> None:
    assert _names("1.3.6.1.4.1.8072.3.2.10", "Linux", UPS) == ["ups-rfc1628"]


def test_a_prefix_ends_at_a_dot() -> None:
    assert _names("1.3.6.1.4.1.38540", "") == []
    assert _names("1.3.6.1.4.1.52674.500", "") == ["apc-netbotz"]


def test_an_unknown_device_fits_nothing() -> None:
    assert _names("1.3.6.1.4.1.9.1.1", "a router") == []


@pytest.mark.parametrize(
    ("recording", "best"),
    [
        ("apc_ap8853", "apc-rpdu2"),
        ("simdata_apc-8641", "apc-rpdu2"),
        ("akcp_serverprobe8", "akcp-sensorprobe"),
        ("apc-netbotz_netbotz750", "apc-netbotz"),
        ("netvision-rfc", "ups-rfc1628"),
        ("netmanplus_204", "ups-rfc1628"),
        ("generex-ups_cs141", "ups-rfc1628"),
    ],
)
def test_real_devices_are_recognised(recording: str, best: str) -> None:
    path = shared(f"recordings/snmp/{recording}.snmprec")
    found = read_recording(path.read_text(errors="surrogateescape")).varbinds
    object_id, descr = (str(found.get(f"1.3.6.1.2.1.1.{n}.0", "")) for n in (2, 1))
    present = frozenset(oid for oid in probe_oids(ALL) if oid in found)
    assert _first(object_id, descr, present) == best


def _first(object_id: str, descr: str, present: frozenset[str]) -> str:
    return fitting(ALL, Facts(object_id, descr, present))[0].name
