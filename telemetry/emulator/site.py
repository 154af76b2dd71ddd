"""A plant and its devices, served on loopback: who listens where, and the clock that drives it."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from telemetry.emulator import meter_memory
from telemetry.emulator.bridge import bridge
from telemetry.emulator.bridge_subject import Place
from telemetry.emulator.control import ControlServer
from telemetry.emulator.description import PlantDescription
from telemetry.emulator.device import DeviceSpec, EmulatedDevice, build
from telemetry.emulator.faults import Faults
from telemetry.emulator.modbus_server import ModbusServer, ServerSettings, serve_modbus
from telemetry.emulator.placement import rows_for
from telemetry.emulator.plant import Plant
from telemetry.emulator.registers import RegisterImage
from telemetry.emulator.scenario import Stage
from telemetry.emulator.site_device import Served, SiteDevice, check, faults_of, has_power
from telemetry.emulator.snmp_agent import AgentSettings, SnmpAgent, serve_snmp
from telemetry.errors import ConfigError
from telemetry.profiles import loader
from telemetry.profiles.model import Protocol

HOST = "127.0.0.1"
TICK_S = 1.0
SETTLE_S = 600.0


class PlantSite:
    """A running plant. `urls` gives each device's URL by key; `stage` plays scenarios on it."""

    def __init__(
        self,
        plant: Plant,
        devices: Sequence[SiteDevice],
        speed: float = 1.0,
        data_dir: Path | None = None,
    ) -> None:
        self.plant = plant
        self.stage = Stage(plant, [device.key for device in devices])
        self.urls: dict[str, str] = {}
        self.served: dict[str, Served] = {}
        self._speed = speed
        self._data_dir = data_dir
        self._agents: list[SnmpAgent] = []
        self._servers: list[ModbusServer] = []
        self._control: ControlServer | None = None
        self._clock: asyncio.Task[None] | None = None

    async def start(self, devices: Sequence[SiteDevice]) -> None:
        """Everything listens when this returns. ConfigError names a device that cannot be served;
        OSError where a port is taken."""
        lines: dict[str, list[SiteDevice]] = {}
        for device in devices:
            profile = loader.find(device.profile)
            self.served[device.key] = Served(device, profile, faults_of(device))
            if profile.protocol is Protocol.SNMP:
                await self._serve_snmp(device)
            else:
                lines.setdefault(device.gateway or f"\0{device.key}", []).append(device)
        for members in lines.values():
            await self._serve_modbus(members)
        if self._data_dir is not None:
            meter_memory.restore(self.plant, self._data_dir)
            self._control = ControlServer(self.stage, self._data_dir)
            await self._control.start()
        self._clock = asyncio.create_task(self._run(), name="plant")

    def _build(self, device: SiteDevice) -> EmulatedDevice:
        profile = self.served[device.key].profile
        place = Place(device.node, device.at_input, device.sensors)
        check(self.plant, device, profile)
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
        last_s = saved_s = loop.time()
        while True:
            await asyncio.sleep(TICK_S - loop.time() % TICK_S)
            now_s = loop.time()
            self.step((now_s - last_s) * self._speed)
            last_s = now_s
            if now_s - saved_s >= meter_memory.SAVE_EVERY_S:
                self._save_meters()
                saved_s = now_s

    def _save_meters(self) -> None:
        if self._data_dir is not None:
            # A full disk must not stop the plant; the counts are written again in a minute.
            with contextlib.suppress(OSError):
                meter_memory.save(self.plant, self._data_dir)

    def step(self, dt_s: float) -> None:
        """Go on by dt_s of the plant's time, and let devices lose or regain their power."""
        self.plant.step(dt_s)
        now_s = asyncio.get_running_loop().time()
        for served in self.served.values():
            powered = has_power(self.plant, served)
            if powered and not served.powered:
                served.faults.boot_until_s = now_s + served.device.boot_s
            served.powered = powered
            served.faults.dead = not powered or served.device.key in self.plant.silent_devices

    async def close(self) -> None:
        """Stop the clock, give back every socket; safe to call twice. Raises what ended the clock,
        if anything did."""
        clock, self._clock = self._clock, None
        try:
            if clock is not None:
                self._save_meters()
                clock.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await clock
        finally:
            if self._control is not None:
                await self._control.close()
            await asyncio.gather(*(agent.close() for agent in self._agents))
            await asyncio.gather(*(server.close() for server in self._servers))


async def serve_plant(
    description: PlantDescription,
    devices: Sequence[SiteDevice],
    *,
    data_dir: Path | None = None,
    speed: float = 1.0,
    settle_s: float = SETTLE_S,
) -> PlantSite:
    """Start everything on 127.0.0.1. The plant begins at the wall clock's time, settled for
    `settle_s`; `speed` is its seconds per second. `data_dir` gets the control channel's address and
    keeps the meters' counts over restarts.

    ConfigError names what is wrong in the description or with a device; OSError: a port is taken.
    Nothing is left open when this raises.
    """
    keys = [device.key for device in devices]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise ConfigError("this device key is given twice", twice)
    plant = Plant(description, time.time() - settle_s)
    plant.step(settle_s)
    site = PlantSite(plant, devices, speed, data_dir)
    try:
        await site.start(devices)
    except BaseException:
        await site.close()
        raise
    return site
