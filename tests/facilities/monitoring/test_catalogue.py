"""The catalogue of layouts in the records, as the stores ask for it."""

from dataclasses import replace

from sqlalchemy import select

from facilities.monitoring.catalogue import RecordsCatalogue
from facilities.monitoring.machine import DevicePoint
from telemetry.points import PollClass
from tests.facilities.monitoring.conftest import (
    AMPS,
    PDU_POINTS,
    POWER,
    PROBE_POINTS,
    STATE,
    World,
    layout,
)


def test_layouts_come_back_as_they_were_put(world: World) -> None:
    catalogue = RecordsCatalogue(world.sessions)
    wanted = [layout("pdu-a-r07", PDU_POINTS), layout("probe-1", PROBE_POINTS)]
    found = catalogue.layouts(["probe-1", "pdu-a-r07"])
    assert found == wanted
    assert {each.device for each in catalogue.layouts()} == {"pdu-a-r07", "pdu-b-r07", "probe-1"}
    assert catalogue.layouts([]) == []


def test_a_new_layout_reorders_and_keeps_lost_points_as_absent(world: World) -> None:
    catalogue = RecordsCatalogue(world.sessions)
    renamed = replace(POWER, label="Total power")
    newer = layout("pdu-a-r07", (STATE, renamed), every_s=5.0)
    catalogue.put(newer)
    assert catalogue.layouts(["pdu-a-r07"]) == [newer]
    with world.sessions() as session:
        rows = session.scalars(
            select(DevicePoint).where(DevicePoint.device_id == world.ids["pdu-a-r07"])
        ).all()
    assert {row.point: row.present for row in rows} == {
        STATE.id: True,
        POWER.id: True,
        AMPS.id: False,
    }


def test_poll_classes_of_a_device_do_not_disturb_each_other(world: World) -> None:
    catalogue = RecordsCatalogue(world.sessions)
    slow = replace(layout("pdu-a-r07", ()), poll_class=PollClass.SLOW, every_s=300.0)
    slow = replace(slow, points=(replace(POWER, id="total.active_energy"),))
    catalogue.put(slow)
    assert catalogue.layouts(["pdu-a-r07"]) == [layout("pdu-a-r07", PDU_POINTS), slow]


def test_a_layout_of_a_device_that_is_gone_is_dropped(world: World) -> None:
    catalogue = RecordsCatalogue(world.sessions)
    catalogue.put(layout("nobody", PDU_POINTS))
    assert catalogue.layouts(["nobody"]) == []
