"""What goes into an emulated device comes out of transport and decode: for every profile."""

import math
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from telemetry.binding import identity
from telemetry.emulator import snmp_device
from telemetry.emulator.device import DevicePoint, DeviceSpec, EmulatedDevice, build, usual_powers
from telemetry.emulator.encode import Value, Wire, absent, resolution
from telemetry.emulator.faults import ValueFaults
from telemetry.emulator.modbus_server import ServerSettings, serve_modbus
from telemetry.emulator.nominal import USUAL
from telemetry.emulator.persona import sample
from telemetry.emulator.rows import RowSpec
from telemetry.emulator.snmp_agent import serve_snmp
from telemetry.emulator.words import wire_of
from telemetry.errors import Refused
from telemetry.points import Kind, Phase
from telemetry.profiles.model import Meaning, Profile, Protocol
from telemetry.sample import Quality, Sample
from telemetry.transports.base import ModbusIdentity
from telemetry.transports.modbus import ModbusTransport
from telemetry.transports.modbus_settings import Framing, LineSettings
from tests.telemetry.emulator.reading import every_profile, read_device, transport_to

PROFILES = every_profile()
Serve = Callable[[EmulatedDevice], Awaitable[str]]


@pytest_asyncio.fixture
async def serve() -> AsyncIterator[Serve]:
    closing: list[Callable[[], Awaitable[None]]] = []

    async def start(device: EmulatedDevice) -> str:
        if device.mib is not None:
            agent = await serve_snmp(device.mib)
            closing.append(agent.close)
            return f"snmp://public@127.0.0.1:{agent.port}"
        assert device.image is not None
        server = await serve_modbus({1: device.image})
        closing.append(server.close)
        return f"modbus://127.0.0.1:{server.port}"

    yield start
    for close in closing:
        await close()


def some_value(meaning: Meaning, pick: random.Random) -> Value:
    """A value this meaning could have, as a plant would give it."""
    if meaning.kind is Kind.STATE:
        return pick.choice(sorted(meaning.names.values())) if meaning.names else 1
    if meaning.kind is Kind.FLAGS:
        return [name for name in sorted(set(meaning.names.values())) if pick.random() < 0.4]
    if meaning.kind is Kind.IDENTITY:
        return f"T{pick.randrange(10**6)}"
    value = USUAL[meaning.quantity] * pick.uniform(0.1, 1.0)
    scale = meaning.multiply / meaning.divide
    if meaning.valid_raw is not None and meaning.scale_ref is None:
        ends = sorted(raw * scale + meaning.offset for raw in meaning.valid_raw)
        value = min(max(value, ends[0]), ends[1])
    return value


def wires(profile: Profile) -> dict[str, Wire]:
    """By point id: what carries it."""
    if profile.protocol is Protocol.MODBUS:
        return {register.id: wire_of(register.cell) for register in profile.registers}
    points = DeviceSpec(profile).points()
    return {point.id: snmp_device.wire_of(profile, point.meaning) for point in points}


def check(point: DevicePoint, given: Value, sample: Sample, wire: Wire, power: int) -> None:
    assert sample.quality is Quality.GOOD, (point.id, given, sample)
    meaning = point.meaning
    if meaning.kind is Kind.IDENTITY:
        assert sample.raw is not None and (str(sample.raw) == given or wire.high > 0)
    elif meaning.kind is Kind.STATE:
        assert sample.value == given or not meaning.names
    elif meaning.kind is Kind.FLAGS:
        assert sorted(sample.value) == sorted(given)  # type: ignore[arg-type]
    else:
        step = resolution(meaning, wire, power)
        exact = 2.0**-22 * abs(float(given)) + 1e-9  # type: ignore[arg-type]
        assert sample.number == pytest.approx(given, abs=0.5001 * step + exact), point.id


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", PROFILES)
async def test_every_value_comes_back_within_the_points_resolution(
    serve: Serve, name: str, seed: int
) -> None:
    profile, pick = PROFILES[name], random.Random(seed)
    spec = DeviceSpec(profile)
    points = {point.id: point for point in spec.points()}
    given = {i: some_value(p.meaning, pick) for i, p in points.items()}
    asked = dict(given)
    url = await serve(build(spec, asked.__getitem__))
    got = await read_device(url, profile)
    assert got.keys() == points.keys()
    powers, carried = usual_powers(profile), wires(profile)
    told = identity_points(profile)
    for point_id, found in got.items():
        point = points[point_id]
        if point_id not in told:
            wire = carried[point_id]
            check(point, given[point_id], found, wire, powers.get(point.meaning.scale_ref or "", 0))


def identity_points(profile: Profile) -> set[str]:
    known = profile.identity
    ways = (*known.vendor, *known.model, *known.serial, *known.firmware)
    return {way.point for way in ways if way.point}


@pytest.mark.parametrize("name", PROFILES)
async def test_a_device_says_who_it_is(serve: Serve, name: str) -> None:
    profile = PROFILES[name]
    told = {"model": "7042", "serial": "123456", "firmware": "3.1"}
    device = build(DeviceSpec(profile, identity=told))
    got = await read_device(await serve(device), profile)
    found = identity(profile, {i: s.raw for i, s in got.items()})
    for part, ways in (("model", profile.identity.model), ("serial", profile.identity.serial)):
        if ways and ways[0].point is not None:
            assert found[part] == told[part], part


@pytest.mark.parametrize("name", PROFILES)
async def test_no_value_is_said_in_the_devices_own_way(serve: Serve, name: str) -> None:
    """Where the family has a sentinel it is used; elsewhere an SNMP object is simply not there."""
    profile = PROFILES[name]
    spec = DeviceSpec(profile)
    points = {point.id: point for point in spec.points()}
    values = {i: some_value(p.meaning, random.Random(i)) for i, p in points.items()}
    carried = wires(profile)
    said = {i: absent(p.meaning, carried[i]) for i, p in points.items()}
    lost = {i for i, p in points.items() if p.meaning.kind is not Kind.IDENTITY}
    silenced: set[str] = set()
    url = await serve(build(spec, lambda i: None if i in silenced else values[i]))
    before = await read_device(url, profile)
    silenced |= lost
    after = await read_device(url, profile)
    hidden = {i for i in lost if said[i] is None and profile.protocol is Protocol.SNMP}
    assert before.keys() - after.keys() == hidden
    for point_id in after.keys() & {i for i in lost if said[i] is not None}:
        assert after[point_id].quality in (Quality.NOT_AVAILABLE, Quality.BAD), point_id
        assert math.isnan(after[point_id].number) and after[point_id].value is None


async def test_rows_are_those_of_the_description_with_their_names_and_phases(serve: Serve) -> None:
    profile = PROFILES["odd-snmp"]
    rows = {
        "phase": tuple(RowSpec(phase=p) for p in (Phase.L2, Phase.L3)),
        "outlet": tuple(RowSpec(f"Server {n}") for n in range(1, 6)),
        "bank": (RowSpec(), RowSpec()),
    }
    got = await read_device(await serve(build(DeviceSpec(profile, rows=rows))), profile)
    assert got["phase.1.current"].point.phase is Phase.L2
    assert got["phase.2.current"].point.phase is Phase.L3 and "phase.3.current" not in got
    assert got["outlet.5.active_power"].point.label == "Server 5"
    assert {i for i in got if i.startswith("bank")} == {"bank.6.current", "bank.7.current"}


async def test_a_point_that_the_device_lacks_is_not_found(serve: Serve) -> None:
    profile = PROFILES["odd-snmp"]
    omit = frozenset({"unit.humidity", "outlet.3.state"})
    got = await read_device(await serve(build(DeviceSpec(profile, omit=omit))), profile)
    assert "unit.humidity" not in got and "outlet.3.state" not in got and "outlet.4.state" in got


async def test_a_counter_wraps_where_the_profile_says(serve: Serve) -> None:
    profile = PROFILES["odd-snmp"]
    values = {p.id: some_value(p.meaning, random.Random(1)) for p in DeviceSpec(profile).points()}
    values["unit.active_energy"] = 2**32 * 100.0 + 700.0
    got = await read_device(await serve(build(DeviceSpec(profile), values.get)), profile)
    assert got["unit.active_energy"].number == 700.0


async def test_a_value_too_large_for_its_register_stays_at_the_largest(serve: Serve) -> None:
    profile = PROFILES["odd-modbus"]
    values = {p.id: some_value(p.meaning, random.Random(1)) for p in DeviceSpec(profile).points()}
    values |= {"i.temperature": 1e6, "m.load": -5.0}
    got = await read_device(await serve(build(DeviceSpec(profile), values.get)), profile)
    assert got["i.temperature"].number == pytest.approx(3276.7)
    assert got["m.load"].number == 0


async def test_values_can_be_missing_stuck_or_shifted_for_a_test(serve: Serve) -> None:
    profile = PROFILES["odd-modbus"]
    live = {p.id: some_value(p.meaning, random.Random(1)) for p in DeviceSpec(profile).points()}
    lies = ValueFaults(live.__getitem__, {"i.current"}, {"f.power"}, {"i.active_energy": 4.2e11})
    live["i.active_energy"] = 2.949673e10
    url = await serve(build(DeviceSpec(profile), lies))
    first = await read_device(url, profile)
    assert first["i.current"].quality is Quality.NOT_AVAILABLE
    assert first["i.active_energy"].number == pytest.approx(2.949673e10 + 4.2e11 - 2**32 * 100)
    live["f.power"] = -1.0
    assert (await read_device(url, profile))["f.power"].number == first["f.power"].number
    lies.stuck.clear()
    assert (await read_device(url, profile))["f.power"].number == pytest.approx(-1.0)


async def test_v1_reads_the_same_as_v2c(serve: Serve) -> None:
    profile = PROFILES["odd-snmp"]
    values = {p.id: some_value(p.meaning, random.Random(3)) for p in DeviceSpec(profile).points()}
    url = await serve(build(DeviceSpec(profile), values.get))
    in_v1, in_v2 = await read_device(f"{url}?version=1", profile), await read_device(url, profile)
    wide = {"unit.apparent_energy"}
    assert in_v1.keys() == in_v2.keys() - wide
    assert all(in_v1[i].raw == in_v2[i].raw for i in in_v1)


def test_an_unknown_state_is_refused_by_name() -> None:
    device = build(DeviceSpec(PROFILES["odd-modbus"]), lambda i: "sleeping" if "state" in i else 0)
    assert device.image is not None
    with pytest.raises(KeyError, match="no state 'sleeping' among off, normal, bypass"):
        device.image.read(3, 160, 1)


@pytest.mark.parametrize(
    ("pattern", "group", "text"),
    [
        (r"^APC .*\(MB:v[\d.]+", "", "APC (MB:v1"),
        (r"MN:\s*(\S+)", "AP8959", "MN:AP8959"),
        (r"(?i)liebert|vertiv", "", "liebert"),
        (r"Firmware (?:rev )?v(\d+\.\d+)$", "6.9", "Firmware v6.9"),
        (r"[^a-z](\d{4})\b", "1234", None),
        (r"(AP\d{4}|AP\d{3}[A-Z])", "AP8959", "AP8959"),
    ],
)
def test_a_sample_text_is_found_by_its_pattern(pattern: str, group: str, text: str | None) -> None:
    made = sample(re.compile(pattern), group)
    found = re.search(pattern, made)
    assert found is not None and text in (made, None)
    assert not group or found.group(1) == group


@pytest.mark.parametrize("framing", ["tcp", "rtu"])
async def test_a_modbus_device_names_itself_to_function_43(framing: str) -> None:
    told = {"vendor": "Nobody", "model": "N" * 200, "firmware": "F" * 200}
    device = build(DeviceSpec(PROFILES["odd-modbus"], identity=told))
    assert device.image is not None
    settings = ServerSettings(framing=framing)
    server = await serve_modbus({1: device.image}, settings=settings)
    line = LineSettings(framing=Framing(framing))
    transport = ModbusTransport("127.0.0.1", server.port, line)
    await transport.open()
    first = await transport.read(ModbusIdentity(1), 2.0)
    rest = await transport.read(ModbusIdentity(1, first=2), 2.0)
    await transport.close()
    await server.close()
    assert first.varbinds == {"0": b"Nobody", "1": b"N" * 200}
    assert rest.varbinds == {"2": b"F" * 200}


async def test_a_modbus_device_need_not_name_itself(serve: Serve) -> None:
    url = await serve(build(DeviceSpec(PROFILES["odd-modbus"], names_itself=False)))
    transport = transport_to(url)
    await transport.open()
    with pytest.raises(Refused, match="exception 1"):
        await transport.read(ModbusIdentity(1), 2.0)
    await transport.close()
