"""Devices, bindings and calibrations: what is refused, what is kept, what the history tells."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from facilities.accounts.models import HistoryEntry
from facilities.errors import Conflict, Refused
from facilities.monitoring import binding_service, service
from facilities.monitoring.binding_service import BindingValues
from facilities.monitoring.machine import DevicePoint
from facilities.monitoring.models import Binding, Calibration, Device
from facilities.monitoring.service import DeviceValues, Vault
from facilities.readings import ObjectRef
from facilities.web.registry import ObjectLink
from tests.facilities.monitoring.conftest import INLET, POWER, World

VAULT = Vault("127.0.0.0/8", "a key")


@pytest.fixture
def fresh(world: World) -> DeviceValues:
    """A new SNMP device that may be added."""
    return DeviceValues(
        site_id=world.ids["site"],
        key="pdu-x",
        name="PDU X",
        profile="apc-rpdu2",
        url="snmp://s3cret@127.0.0.1:16161",
    )


def test_a_devices_community_is_sealed_and_never_in_its_url(
    records: Session, fresh: DeviceValues
) -> None:
    device = service.add_device(records, fresh, VAULT)
    assert device.url == "snmp://127.0.0.1:16161"
    assert device.kind == "rack_pdu"
    assert "s3cret" not in (device.sealed or "")
    assert service.secrets_of(device, VAULT.key) == {"community": "s3cret"}


def test_the_history_tells_that_a_secret_changed_but_not_which(
    records: Session, fresh: DeviceValues
) -> None:
    device = service.add_device(records, fresh, VAULT)
    records.commit()
    service.change_device(records, device, replace(fresh, url=device.url, community="n3wer"), VAULT)
    records.commit()
    payloads = records.scalars(
        select(HistoryEntry.payload)
        .where(HistoryEntry.object_kind == "device", HistoryEntry.object_id == device.id)
        .order_by(HistoryEntry.id)
    ).all()
    assert len(payloads) == 2
    assert "secret_set_at" in payloads[-1]
    assert not any("s3cret" in text or "n3wer" in text or "sealed" in text for text in payloads)


def test_an_empty_secret_keeps_the_stored_one(records: Session, fresh: DeviceValues) -> None:
    device = service.add_device(records, fresh, VAULT)
    service.change_device(records, device, replace(fresh, url=device.url, name="PDU Y"), VAULT)
    assert device.name == "PDU Y"
    assert service.secrets_of(device, VAULT.key) == {"community": "s3cret"}


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"key": "pdu-a-r07"}, "key", "already"),
        ({"key": "a b"}, "key", "letters"),
        ({"site_id": 99}, "site_id", "no such site"),
        ({"name": " "}, "name", "needs a name"),
        ({"profile": "apc-rpdu3"}, "profile", "apc-rpdu2"),
        ({"url": "snmp://127.0.0.1:16161"}, "community", "community"),
        ({"url": "telnet://127.0.0.1"}, "url", "snmp://"),
        ({"url": "snmp://public@8.8.8.8"}, "url", "outside the networks"),
        ({"url": "snmp://public@127.0.0.1?speed=3"}, "url", "speed"),
        ({"url": "modbus://127.0.0.1:502"}, "url", "speaks snmp"),
        ({"url": "snmp3://bob@127.0.0.1?auth=sha256"}, "auth_key", "8 characters"),
        ({"state": "asleep"}, "state", "in_service"),
        ({"every_s": {"fast": 0.1}}, "every_fast_s", "outside 1 to 86400"),
        ({"every_s": {"often": 5.0}}, "every_s", "none of fast"),
        ({"place": ObjectRef("rack", 99)}, "place", "own site"),
        ({"place": ObjectRef("parcel", 1)}, "place", "own site"),
    ],
)
def test_a_wrong_device_is_refused_by_field(
    records: Session, fresh: DeviceValues, change: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(Refused, match=words) as refusal:
        service.add_device(records, replace(fresh, **change), VAULT)
    assert refusal.value.field == field
    assert "public@" not in str(refusal.value), "a refusal never repeats a community"


def test_snmp3_keys_are_kept_and_serial_lines_need_no_network(
    records: Session, fresh: DeviceValues
) -> None:
    url = "snmp3://bob@127.0.0.1:16161?auth=sha256&priv=aes128"
    device = service.add_device(
        records, replace(fresh, url=url, auth_key="authauth", priv_key="privpriv"), VAULT
    )
    assert device.url == url
    assert service.secrets_of(device, VAULT.key) == {"auth_key": "authauth", "priv_key": "privpriv"}
    serial = replace(
        fresh, key="meter", profile="schneider-pm5000", url="modbus+serial:///dev/ttyUSB0?unit=3"
    )
    assert service.add_device(records, serial, VAULT).kind == "power_meter"


def test_a_device_in_a_rack_is_in_its_room(
    records: Session, world: World, fresh: DeviceValues
) -> None:
    rack = ObjectRef("rack", world.ids["rack"])
    device = service.add_device(records, replace(fresh, place=rack), VAULT)
    assert (device.rack_id, device.room_id) == (world.ids["rack"], world.ids["room"])
    node = ObjectRef("power_node", world.ids["pdu-a"])
    service.change_device(records, device, replace(fresh, url=device.url, place=node), VAULT)
    assert (device.power_node_id, device.rack_id) == (world.ids["pdu-a"], world.ids["rack"])


def test_another_profile_forgets_the_points_of_the_old_one(records: Session, world: World) -> None:
    device = service.device_by_id(records, world.ids["pdu-a-r07"])
    device.sealed = None
    values = DeviceValues(device.site_id, device.key, device.name, "apc-rpdu", device.url, "public")
    service.change_device(records, device, values, VAULT)
    left = records.scalar(select(func.count()).where(DevicePoint.device_id == device.id))
    assert left == 0


def test_the_key_of_a_device_never_changes(records: Session, world: World) -> None:
    device = service.device_by_id(records, world.ids["pdu-a-r07"])
    values = DeviceValues(device.site_id, "other", "x", device.profile, device.url, "public")
    with pytest.raises(Refused, match="cannot change"):
        service.change_device(records, device, values, VAULT)


def test_removing_a_device_removes_its_bindings_with_history(
    records: Session, world: World
) -> None:
    service.remove_device(records, service.device_by_id(records, world.ids["probe-1"]))
    records.commit()
    assert records.get(Device, world.ids["probe-1"]) is None
    assert records.scalar(select(Binding).where(Binding.point == INLET.id)) is None
    removed = records.scalars(
        select(HistoryEntry.object_kind).where(HistoryEntry.action == "removed")
    ).all()
    assert sorted(removed) == ["binding", "device"]


def link(world: World, site_id: int | None = None) -> ObjectLink:
    ref = ObjectRef("rack", world.ids["rack"])
    return ObjectLink(ref, "R07", "/racks/1", "", site_id or world.ids["site"])


def values(world: World, **change: Any) -> BindingValues:
    ref = ObjectRef("rack", world.ids["rack"])
    return replace(BindingValues(POWER.id, ref, "power.active", "A"), **change)


def test_a_point_is_bound_changed_and_let_go(records: Session, world: World) -> None:
    device = service.device_by_id(records, world.ids["pdu-a-r07"])
    row = binding_service.bind(records, device, values(world), link(world))
    binding_service.rebind(records, row, values(world, feed="B"), link(world))
    assert (row.metric, row.feed, row.object_id) == ("power.active", "B", world.ids["rack"])
    binding_service.unbind(records, row)
    assert records.get(Binding, row.id) is None


def test_a_wrong_binding_is_refused_by_field(records: Session, world: World) -> None:
    device = service.device_by_id(records, world.ids["pdu-a-r07"])
    for change, seen, field in (
        ({"point": "no.such"}, link(world), "point"),
        ({"metric": "voltage.l1_n"}, link(world), "metric"),
        ({"feed": "X"}, link(world), "feed"),
        ({}, None, "target"),
        ({}, link(world, 99), "target"),
    ):
        with pytest.raises(Refused) as refusal:
            binding_service.bind(records, device, values(world, **change), seen)
        assert refusal.value.field == field


def test_the_same_binding_twice_is_a_conflict(records: Session, world: World) -> None:
    device = service.device_by_id(records, world.ids["pdu-a-r07"])
    row = binding_service.bind(records, device, values(world), link(world))
    with pytest.raises(Conflict):
        binding_service.bind(records, device, values(world), link(world))
    binding_service.rebind(records, row, values(world), link(world))


def test_a_calibration_is_set_changed_and_ended(records: Session, world: World) -> None:
    device = service.device_by_id(records, world.ids["probe-1"])
    row = binding_service.calibrate(records, device, INLET.id, 1.0, -0.4, None)
    assert row is not None
    again = binding_service.calibrate(records, device, INLET.id, 1.1, 0.0, None)
    assert again is row
    assert binding_service.calibrate(records, device, INLET.id, 1.0, 0.0, None) is None
    assert records.scalar(select(func.count()).select_from(Calibration)) == 0
    with pytest.raises(Refused, match="not 0"):
        binding_service.calibrate(records, device, INLET.id, 0.0, 0.0, None)
