"""Names of metrics, allowed networks, URLs without secrets, corrections, sealed credentials."""

from datetime import UTC, datetime

import pytest

from facilities.errors import Refused, Unavailable
from facilities.monitoring.calibration import Correction
from facilities.monitoring.device_url import with_secret, without_secret
from facilities.monitoring.metrics import BEGINNINGS, beginning_of, check_metric, suggest
from facilities.monitoring.networks import check_addresses, check_serial
from facilities.monitoring.sealing import seal, unseal
from facilities.readings import SeriesBucket
from telemetry.points import Quantity

PRIVATE = "127.0.0.0/8,::1/128,10.0.0.0/8"


@pytest.mark.parametrize(
    ("quantity", "phase", "metric"),
    [
        ("active_power", None, "power.active"),
        ("active_power", "L2", "power.active.l2"),
        ("current", "L1", "current.l1"),
        ("current", "N", "current.n"),
        ("voltage", "L1", "voltage.l1_n"),
        ("voltage", "L1_L2", "voltage.l1_l2"),
        ("charge", None, "battery.charge"),
        ("temperature", None, "temperature"),
        ("level", None, "level"),
        ("state", None, "state"),
    ],
)
def test_each_point_has_a_usual_metric(quantity: str, phase: str | None, metric: str) -> None:
    assert suggest(quantity, phase) == metric


@pytest.mark.parametrize("quantity", [quantity.value for quantity in Quantity])
def test_every_quantity_can_be_bound_by_its_usual_metric(quantity: str) -> None:
    check_metric(suggest(quantity, None), quantity)


def test_the_longest_beginning_counts() -> None:
    assert beginning_of("battery.temperature.string_1") == "battery.temperature"
    assert beginning_of("nonsense.x") is None
    assert all(beginning_of(name) == name for name in BEGINNINGS)


@pytest.mark.parametrize("metric", ["Power.active", "power", "", "current..l1", "current.l1 "])
def test_other_names_are_refused_with_what_is_known(metric: str) -> None:
    with pytest.raises(Refused, match="is no metric") as refusal:
        check_metric(metric, None)
    assert (refusal.value.field, refusal.value.rule) == ("metric", "UN-03")


def test_volts_are_never_bound_as_watts() -> None:
    with pytest.raises(Refused, match="this point reads voltage"):
        check_metric("power.active", "voltage")


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "::1", "::ffff:10.0.0.1"])
def test_devices_in_allowed_networks_may_be_polled(address: str) -> None:
    check_addresses("pdu", [address], PRIVATE)


@pytest.mark.parametrize(
    "addresses", [["8.8.8.8"], ["10.0.0.1", "169.254.169.254"], ["fe80::1%eth0"]]
)
def test_a_host_with_any_address_outside_is_refused(addresses: list[str]) -> None:
    with pytest.raises(Refused, match="outside the networks") as refusal:
        check_addresses("pdu", addresses, PRIVATE)
    assert refusal.value.field == "url"


def test_a_name_without_an_address_is_refused() -> None:
    with pytest.raises(Refused, match="No address"):
        check_addresses("pdu.invalid", [], PRIVATE)


@pytest.mark.parametrize("path", ["/etc/passwd", "/dev/../etc/x", "/dev/sda", "/dev/tty/../mem"])
def test_only_serial_devices_are_serial_lines(path: str) -> None:
    check_serial("/dev/ttyUSB0")
    with pytest.raises(Refused, match="no serial device"):
        check_serial(path)


@pytest.mark.parametrize(
    ("url", "kept", "community"),
    [
        ("snmp://public@10.0.0.1:161", "snmp://10.0.0.1:161", "public"),
        ("snmp://p%40ss%2F@h?version=1", "snmp://h?version=1", "p@ss/"),
        ("snmp://h", "snmp://h", None),
        ("snmp3://bob@h?auth=sha256", "snmp3://bob@h?auth=sha256", None),
        ("modbus://h:502?unit=3", "modbus://h:502?unit=3", None),
    ],
)
def test_a_community_is_taken_out_of_a_url_and_put_back(
    url: str, kept: str, community: str | None
) -> None:
    assert without_secret(url) == (kept, community)
    assert with_secret(kept, community) == url


def test_a_correction_scales_and_shifts_numbers_only() -> None:
    fix = Correction(2.0, -1.0)
    assert fix.of(10.0) == 19.0
    assert fix.of("on") == "on"
    assert fix.of(None) is None


def test_a_negative_scale_swaps_the_ends_of_a_bucket() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    bucket = Correction(-1.0, 0.0).of_bucket(SeriesBucket(at, 1.0, 2.0, 4.0, 3, 1.0))
    assert (bucket.min, bucket.mean, bucket.max) == (-4.0, -2.0, -1.0)


def test_credentials_are_sealed_and_only_their_key_opens_them() -> None:
    sealed = seal({"community": "s3cret", "auth_key": "", "other": "x"}, "key one")
    assert sealed is not None
    assert "s3cret" not in sealed
    assert unseal(sealed, "key one") == {"community": "s3cret"}
    with pytest.raises(Unavailable, match="another key"):
        unseal(sealed, "key two")


def test_nothing_secret_is_nothing_sealed() -> None:
    assert seal({}, "key") is None
    assert unseal(None, "key") == {}
