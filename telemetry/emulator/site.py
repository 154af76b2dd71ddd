"""A plant and its devices, served on loopback: who listens where, and the clock that drives it."""

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from telemetry.emulator.bridge import bridge
from telemetry.emulator.bridge_subject import Place
from telemetry.emulator.control import ControlServer
from telemetry.emulator.description import PlantDescription, Ups
from telemetry.emulator.device import DeviceSpec, EmulatedDevice, build
from telemetry.emulator.faults import Faults
from telemetry.emulator.modbus_server import ModbusServer, ServerSettings, serve_modbus
from telemetry.emulator.placement import rows_for
from telemetry.emulator.plant import Plant
from telemetry.emulator.registers import RegisterImage
from telemetry.emulator.scenario import Stage
from telemetry.emulator.snmp_agent import AgentSettings, SnmpAgent, serve_snmp
from telemetry.errors import ConfigError
from telemetry.profiles import loader
from telemetry.profiles.model import DeviceKind, Profile, Protocol

HOST = "127.0.0.1"
TICK_S = 1.0
SETTLE_S = 1200.0
#: Kinds whose electronics live on the power they stand at; the others have power of their own.
_LIVES_ON_ITS_NODE = frozenset({DeviceKind.RACK_PDU, DeviceKind.CRAC, DeviceKind.REAR_DOOR})


@dataclass(frozen=True, slots=True)
class SiteDevice:
    """A device to serve. `node` is what it stands at (of a power meter, `at_input` says on which
    side), `sensors` the probes on its ports. `profile` is a shipped name or a file.

    `port` 0 takes any free one. Modbus devices with the same `gateway` share a port and need
    different `unit`s. `powered_by` is the node its electronics need ("" for none; None: by kind,
    a rack PDU and a cooling unit need their own). After power returns it boots for `boot_s`.
    """

    key: str
    profile: str
    node: str = ""
    at_input: bool = False
    sensors: tuple[str, ...] = ()
    unit: int | None = None
    port: int = 0
    gateway: str | None = None
    framing: str = "tcp"
    community: str = "public"
    version: int = 2
    powered_by: str | None = None
    boot_s: float = 5.0
    latency_s: float = 0.0
    jitter_s: float = 0.0
    identity: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Served:
    device: SiteDevice
    profile: Profile
    faults: Faults
    powered: bool = True


class PlantSite:
    """A running plant. `urls` gives each device's URL by key; `stage` plays scenarios on it."""

    def __init__(self, plant: Plant, devices: Sequence[SiteDevice], speed: float = 1.0) -> None:
        self.plant = plant
        self.stage = Stage(plant, [device.key for device in devices])
        self.urls: dict[str, str] = {}
        self.served: dict[str, _Served] = {}
        self._speed = speed
        self._agents: list[SnmpAgent] = []
        self._servers: list[ModbusServer] = []
        self._control: ControlServer | None = None
        self._clock: asyncio.Task[None] | None = None

    async def start(self, devices: Sequence[SiteDevice], data_dir: Path | None) -> None:
        """Everything listens when this returns. ConfigError names a device that cannot be served;
        OSError where a port is taken."""
        lines: dict[str, list[SiteDevice]] = {}
        for device in devices:
            profile = loader.find(device.profile)
            self.served[device.key] = _Served(device, profile, _faults(device))
            if profile.protocol is Protocol.SNMP:
                await self._serve_snmp(device)
            else:
                lines.setdefault(device.gateway or f"\0{device.key}", []).append(device)
        for members in lines.values():
            await self._serve_modbus(members)
        if data_dir is not None:
            self._control = ControlServer(self.stage, data_dir)
            await self._control.start()
        self._clock = asyncio.create_task(self._run(), name="plant")

    def _build(self, device: SiteDevice) -> EmulatedDevice:
        profile = self.served[device.key].profile
        place = Place(device.node, device.at_input, device.sensors)
        _check(self.plant, device, profile)
        spec = DeviceSpec(
            profile, device.key, rows_for(self.plant, place, profile), device.identity
        )
        values = bridge(self.plant, device.key, place, spec)
        return build(spec, values.value, lambda: self.plant.uptime_s)

    async def _serve_snmp(self, device: SiteDevice) -> None:
        built = self._build(device)
        settings = AgentSettings(device.community.encode())
        faults = self.served[device.key].faults
        if built.mib is None:
            return
        agent = await serve_snmp(built.mib, HOST, device.port, settings, faults)
        self._agents.append(agent)
        version = "?version=1" if device.version == 1 else ""
        community = quote(device.community, safe="")
        self.urls[device.key] = f"snmp://{community}@{HOST}:{agent.port}{version}"

    async def _serve_modbus(self, members: Sequence[SiteDevice]) -> None:
        units: dict[int, RegisterImage] = {}
        faults: dict[int, Faults] = {}
        for device in members:
            unit = self._unit(device)
            if unit in units:
                raise ConfigError(
                    f"unit {unit} is taken behind gateway {device.gateway!r}", device.key
                )
            image = self._build(device).image
            if image is not None:
                units[unit], faults[unit] = image, self.served[device.key].faults
        first = members[0]
        rtu = first.framing == "rtu"
        settings = ServerSettings(
            framing="rtu" if rtu else "tcp", gateway=first.gateway is not None
        )
        server = await serve_modbus(units, HOST, first.port, settings, faults)
        self._servers.append(server)
        scheme = "modbus+rtu" if rtu else "modbus"
        for device in members:
            self.urls[device.key] = f"{scheme}://{HOST}:{server.port}?unit={self._unit(device)}"

    def _unit(self, device: SiteDevice) -> int:
        default = self.served[device.key].profile.modbus.unit
        return default if device.unit is None else device.unit

    async def _run(self) -> None:
        """A step every TICK_S of wall time; a late step is a longer one, never two."""
        loop = asyncio.get_running_loop()
        last_s = loop.time()
        while True:
            await asyncio.sleep(TICK_S - loop.time() % TICK_S)
            now_s = loop.time()
            self.step((now_s - last_s) * self._speed)
            last_s = now_s

    def step(self, dt_s: float) -> None:
        """Go on by dt_s of the plant's time, and let devices lose or regain their power."""
        self.plant.step(dt_s)
        now_s = asyncio.get_running_loop().time()
        for served in self.served.values():
            powered = _powered(self.plant, served)
            if powered and not served.powered:
                served.faults.boot_until_s = now_s + served.device.boot_s
            served.powered = powered
            served.faults.dead = not powered or served.device.key in self.plant.silent_devices

    async def close(self) -> None:
        """Stop the clock, give back every socket; safe to call twice."""
        if self._clock is not None:
            self._clock.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._clock
            self._clock = None
        if self._control is not None:
            await self._control.close()
        await asyncio.gather(*(agent.close() for agent in self._agents))
        await asyncio.gather(*(server.close() for server in self._servers))


def _faults(device: SiteDevice) -> Faults:
    seed = sum(device.key.encode())
    return Faults(seed=seed, latency_s=device.latency_s, jitter_s=device.jitter_s)


def _check(plant: Plant, device: SiteDevice, profile: Profile) -> None:
    known = set(plant.topology.nodes) | set(plant.air.cracs)
    needs_node = profile.kind is not DeviceKind.ENVIRONMENT
    if (needs_node or device.node) and device.node not in known:
        raise ConfigError(f"stands at {device.node!r}, which is not in the plant", device.key)
    if profile.kind is DeviceKind.RACK_PDU and device.node not in plant.pdus:
        raise ConfigError(f"is a rack PDU, but {device.node!r} is none", device.key)
    sensors = {sensor.key for sensor in plant.description.sensors}
    for sensor in device.sensors:
        if sensor not in sensors:
            raise ConfigError(f"has a probe {sensor!r}, which is not in the plant", device.key)
    if device.powered_by and device.powered_by not in plant.topology.nodes:
        raise ConfigError(f"is powered by {device.powered_by!r}, not in the plant", device.key)


def _powered(plant: Plant, served: _Served) -> bool:
    """Whether its electronics have power. A UPS speaks while it has an input or an output."""
    device, kind = served.device, served.profile.kind
    if device.powered_by is not None:
        return not device.powered_by or plant.supply.live(device.powered_by)
    node = plant.topology.nodes.get(device.node)
    if isinstance(node, Ups):
        return plant.supply.live(node.key) or plant.supply.live(node.source)
    if kind in _LIVES_ON_ITS_NODE and node is not None:
        return plant.supply.live(device.node)
    return True


async def serve_plant(
    description: PlantDescription,
    devices: Sequence[SiteDevice],
    *,
    data_dir: Path | None = None,
    speed: float = 1.0,
    settle_s: float = SETTLE_S,
) -> PlantSite:
    """Start everything on 127.0.0.1. The plant begins at the wall clock's time, settled for
    `settle_s`; `speed` is its seconds per second. `data_dir` gets the control channel's address.

    ConfigError names what is wrong in the description or with a device; OSError: a port is taken.
    Nothing is left open when this raises.
    """
    keys = [device.key for device in devices]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise ConfigError("this device key is given twice", twice)
    plant = Plant(description, time.time() - settle_s)
    plant.step(settle_s)
    site = PlantSite(plant, devices, speed)
    try:
        await site.start(devices, data_dir)
    except BaseException:
        await site.close()
        raise
    return site
