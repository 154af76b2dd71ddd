"""A plant over its devices' protocols: every reading is the plant's, every failure is seen."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from telemetry.emulator.site import PlantSite, SiteDevice, serve_plant
from telemetry.errors import ConfigError, NoAnswer, Refused
from telemetry.points import Phase, Quantity
from telemetry.profiles import loader
from telemetry.profiles.model import DeviceKind
from telemetry.sample import Quality, Sample
from tests.telemetry.emulator import reading
from tests.telemetry.emulator.world import RACKS, SIDES, world

FRONTS = tuple(f"{rack}-front" for rack in RACKS)
#: What a profile of each kind can stand at in the named world.
STANDS = {
    DeviceKind.RACK_PDU: "pdu-a-r1",
    DeviceKind.FLOOR_PDU: "panel-a1",
    DeviceKind.BRANCH_METER: "panel-a1",
    DeviceKind.POWER_METER: "swgr-a",
    DeviceKind.UPS: "ups-a",
    DeviceKind.ATS: "ats-a",
    DeviceKind.STS: "ats-a",
    DeviceKind.GENERATOR: "generator",
    DeviceKind.CRAC: "crac-1",
    DeviceKind.REAR_DOOR: "crac-1",
    DeviceKind.CHILLER: "crac-1",
    DeviceKind.ENVIRONMENT: "",
}
SHIPPED = loader.names()


def devices() -> list[SiteDevice]:
    """An APC PDU at every rack and side, a UPS and its meters a side, CRACs, one probe box."""
    pdus = [f"pdu-{side}-{rack}" for side in SIDES for rack in RACKS]
    sides = [
        device
        for side in SIDES
        for device in (
            SiteDevice(f"m-ups-{side}", "ups-rfc1628", f"ups-{side}"),
            SiteDevice(f"m-swgr-{side}", "schneider-pm5000", f"swgr-{side}"),
            SiteDevice(f"m-ups-in-{side}", "schneider-pm5000", f"ups-{side}", at_input=True),
            SiteDevice(f"m-panel-{side}1", "schneider-bcpme", f"panel-{side}1"),
        )
    ]
    return [
        *(SiteDevice(f"m-{pdu}", "apc-rpdu2", pdu) for pdu in pdus),
        *sides,
        SiteDevice("m-crac-1", "vertiv-liebert-ds", "crac-1", unit=3, gateway="mech"),
        SiteDevice("m-crac-2", "vertiv-liebert-ds", "crac-2", unit=4, gateway="mech"),
        SiteDevice("m-env", "akcp-sensorprobe", sensors=FRONTS),
    ]


Start = Callable[..., Awaitable[PlantSite]]


@pytest_asyncio.fixture
async def start() -> AsyncIterator[Start]:
    running: list[PlantSite] = []

    async def begin(
        *given: SiteDevice, data_dir: Path | None = None, speed: float = 0
    ) -> PlantSite:
        wanted = given or devices()
        site = await serve_plant(world(), wanted, data_dir=data_dir, speed=speed, settle_s=600)
        running.append(site)
        return site

    yield begin
    for site in running:
        await site.close()


async def read(site: PlantSite, key: str) -> dict[str, Sample]:
    served = site.served[key]
    unit = served.device.unit or served.profile.modbus.unit
    return await reading.read_device(site.urls[key].partition("?")[0], served.profile, unit=unit)


async def numbers(site: PlantSite, key: str) -> dict[str, float]:
    return {point: sample.number for point, sample in (await read(site, key)).items()}


async def test_the_readings_of_a_side_add_up_from_the_outlets_to_the_switchgear(
    start: Start,
) -> None:
    site = await start()
    panel_w = 0.0
    for rack in RACKS:
        got = await numbers(site, f"m-pdu-a-{rack}")
        outlets_w = sum(got[f"outlet.{n}.active_power"] for n in range(1, 25))
        phases_w = sum(got[f"phase.{n}.active_power"] for n in (1, 2, 3))
        assert got["device.1.active_power"] == pytest.approx(outlets_w, abs=25)
        assert got["device.1.active_power"] == pytest.approx(phases_w, abs=25)
        panel_w += got["device.1.active_power"] if rack in RACKS[:4] else 0
    branches = await numbers(site, "m-panel-a1")
    poles_w = sum(branches[f"circuit_{n}.active_power"] for n in (1, 3, 5))
    assert poles_w * 1.0 == pytest.approx(site.plant.flows.nodes["brk-a-r4"].power.real, rel=0.02)
    ups = await numbers(site, "m-ups-a")
    out_w = sum(ups[f"output.{n}.active_power"] for n in (1, 2, 3))
    into_w = (await numbers(site, "m-ups-in-a"))["total.active_power"]
    assert out_w < into_w < 1.2 * out_w
    swgr = await numbers(site, "m-swgr-a")
    crac_w = (
        site.plant.flows.nodes["crac-1"].power.real + site.plant.flows.nodes["crac-3"].power.real
    )
    assert swgr["total.active_power"] == pytest.approx(into_w + crac_w, rel=1e-4)
    assert swgr["line.voltage.L1_L2"] == pytest.approx(480, rel=0.02)


async def test_rows_phases_and_names_of_a_pdu_are_those_of_the_plant(start: Start) -> None:
    site = await start(SiteDevice("pdu", "apc-rpdu2", "pdu-a-r2"))
    got = await read(site, "pdu")
    assert got["outlet.2.current"].point.phase is Phase.L2_L3
    assert got["phase.3.current"].point.phase is Phase.L3
    flow = site.plant.flows.nodes["pdu-a-r2"]
    for line in range(3):
        found = got[f"phase.{line + 1}.current"].number
        assert found == pytest.approx(abs(flow.amps[line]), abs=0.051)
    assert got["device.1.state.load"].value == "normal"
    assert {p for p in got if p.startswith("bank.") and p.endswith(".current")} == {
        "bank.1.current",
        "bank.2.current",
    }


@pytest.mark.parametrize("name", SHIPPED)
async def test_any_profile_of_a_kind_reads_the_plant_without_being_told_how(
    start: Start, name: str
) -> None:
    profile = loader.shipped(name)
    node = STANDS[profile.kind]
    sensors = FRONTS if profile.kind is DeviceKind.ENVIRONMENT else ("r1-front", "r1-rear")
    site = await start(SiteDevice("one", name, node, sensors=sensors))
    got = await read(site, "one")
    assert got
    for sample in got.values():
        assert sample.quality is not Quality.UNCERTAIN, sample
    totals = [s for s in got.values() if s.point.quantity is Quantity.ACTIVE_POWER]
    if profile.kind is DeviceKind.POWER_METER:
        watts = site.plant.flows.nodes[node].power.real
        whole = [s.number for s in totals if s.point.phase is None and "total" in s.point.id]
        assert whole and whole[0] == pytest.approx(watts, rel=0.01)
    if profile.kind is DeviceKind.ENVIRONMENT:
        found = [s.number for s in got.values() if s.point.quantity is Quantity.TEMPERATURE]
        felt = [site.plant.air.front_c(rack, 0.9) for rack in RACKS]
        assert sorted(found) == pytest.approx(sorted(felt), abs=0.06)


async def test_a_lost_utility_is_seen_by_the_meter_and_the_ups_and_bridged(start: Start) -> None:
    site = await start()
    site.stage.start("lose-utility/utility-a")
    site.step(5)
    assert (await numbers(site, "m-swgr-a"))["line.voltage.L1"] == 0
    ups = await read(site, "m-ups-a")
    assert ups["output.state"].value == "battery" and ups["battery.duration"].number >= 4
    assert ups["input.1.voltage"].number == 0 and ups["output.1.voltage"].number > 270
    assert ups["battery.charge"].number <= 100 and ups["alarms.count"].number >= 2
    assert (await read(site, "m-ups-b"))["output.state"].value == "normal"
    assert (await numbers(site, "m-pdu-a-r1"))["device.1.active_power"] > 100
    assert not site.plant.air.cracs["crac-1"].running
    with pytest.raises(Refused, match="exception 11"):
        await short_read(site, "m-crac-1")
    assert (await read(site, "m-crac-2"))["unit.state"].value == "on"
    site.step(15)
    assert (await read(site, "m-ups-a"))["output.state"].value == "normal"
    site.stage.clear()


async def short_read(site: PlantSite, key: str) -> None:
    """One GET or one register, with no patience."""
    from_url = reading.transport_to(site.urls[key].partition("?")[0])
    await from_url.open()
    served = site.served[key]
    try:
        await from_url.read(reading.smallest(served.profile, served.device.unit or 1), 0.3)
    finally:
        await from_url.close()


async def test_a_tripped_breaker_silences_its_pdu_and_loads_the_other_side(start: Start) -> None:
    site = await start()
    before = await numbers(site, "m-pdu-b-r1")
    site.stage.start("breaker-trip/brk-a-r1")
    site.step(1)
    with pytest.raises(NoAnswer):
        await short_read(site, "m-pdu-a-r1")
    after = await numbers(site, "m-pdu-b-r1")
    assert after["device.1.active_power"] > 1.6 * before["device.1.active_power"]
    site.stage.clear()
    site.step(1)
    with pytest.raises(NoAnswer):
        await short_read(site, "m-pdu-a-r1")
    site.served["m-pdu-a-r1"].faults.boot_until_s = 0
    assert (await numbers(site, "m-pdu-a-r1"))["device.1.active_power"] > 100


async def test_a_failed_crac_says_so_and_the_probes_grow_warm(start: Start) -> None:
    site = await start()
    before = await numbers(site, "m-env")
    for target in ("crac-1", "crac-2"):
        site.stage.start(f"crac-failure/{target}")
    site.step(300)
    crac = await read(site, "m-crac-1")
    assert crac["unit.state"].value == "off" and crac["cooling.load"].number == 0
    after = await numbers(site, "m-env")
    assert all(after[f"sensor.{n}.temperature"] > before[f"sensor.{n}.temperature"] + 3
               for n in range(1, 9))  # fmt: skip


async def test_a_broken_probe_has_no_value_and_says_why(start: Start) -> None:
    site = await start()
    transport = reading.transport_to(site.urls["m-env"])
    await transport.open()
    bound = await reading.find(transport, site.served["m-env"].profile)
    site.stage.start("sensor-fault/r3-front")
    got = await reading.read_all(transport, bound)
    await transport.close()
    assert got["sensor.3.temperature"].quality is Quality.BAD
    assert got["sensor.2.temperature"].number > 15
    assert got["sensor.3.state.temperature"].value == "sensor_error"
    assert got["sensor.2.state.temperature"].value == "normal"
    site.stage.start("sensor-fault/m-pdu-a-r1")
    pdu = await read(site, "m-pdu-a-r1")
    assert pdu["device.1.active_power"].quality is Quality.NOT_AVAILABLE


async def test_a_dead_device_is_silent_and_nothing_else_changes(start: Start) -> None:
    site = await start()
    site.stage.start("device-dead/m-ups-a")
    site.step(1)
    with pytest.raises(NoAnswer):
        await short_read(site, "m-ups-a")
    assert (await read(site, "m-ups-b"))["output.state"].value == "normal"
    assert site.plant.supply.live("ups-a")


async def test_the_plant_goes_on_with_the_wall_clock(start: Start) -> None:
    site = await start(SiteDevice("m", "schneider-pm5000", "swgr-a"), speed=600)
    first = (await numbers(site, "m"))["import.active_energy"]
    began_s = site.plant.now_s
    await asyncio.sleep(1.2)
    assert site.plant.now_s > began_s + 60
    assert (await numbers(site, "m"))["import.active_energy"] > first


async def test_everything_listens_on_loopback_and_is_given_back(start: Start) -> None:
    site = await start()
    assert all("127.0.0.1:" in url for url in site.urls.values())
    assert len(site.urls) == len(devices())
    assert site.urls["m-crac-1"].replace("unit=3", "unit=4") == site.urls["m-crac-2"]
    port = int(site.urls["m-swgr-a"].partition("?")[0].rpartition(":")[2])
    await site.close()
    await site.close()
    with socket.socket() as again:
        again.bind(("127.0.0.1", port))


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (SiteDevice("d", "ups-rfc1628", "ups-z"), "d: stands at 'ups-z', which is not in"),
        (SiteDevice("d", "apc-rpdu2", "ups-a"), "d: is a rack PDU, but 'ups-a' is none"),
        (SiteDevice("d", "akcp-sensorprobe", sensors=("x",)), "d: has a probe 'x'"),
        (SiteDevice("d", "nothing-like-it", "ups-a"), "nothing-like-it"),
        (SiteDevice("m-env", "ups-rfc1628", "ups-a"), "m-env: this device key is given twice"),
        (SiteDevice("d", "vertiv-liebert-ds", "crac-1", unit=3, gateway="mech"), "unit 3 is taken"),
    ],
)
async def test_a_device_that_cannot_be_served_is_named(
    start: Start, bad: SiteDevice, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        await start(*devices(), bad)


async def test_a_meter_keeps_its_count_over_a_restart(start: Start, tmp_path: Path) -> None:
    meter = SiteDevice("m", "schneider-pm5000", "swgr-a")
    site = await start(meter, data_dir=tmp_path)
    site.step(3600)
    before = (await numbers(site, "m"))["import.active_energy"]
    await site.close()
    again = await start(meter, data_dir=tmp_path)
    after = (await numbers(again, "m"))["import.active_energy"]
    assert before <= after <= before * 1.001
