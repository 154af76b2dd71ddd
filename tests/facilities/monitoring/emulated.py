"""Emulated devices on loopback in a thread of their own, for tests of the collector."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from telemetry.emulator.device import DeviceSpec, build
from telemetry.emulator.modbus_server import serve_modbus
from telemetry.emulator.snmp_agent import AgentSettings, serve_snmp
from telemetry.profiles.loader import shipped

COMMUNITY = "let-me-read"


@dataclass
class Plant:
    """Serves devices by profile; `url` has the community in it where there is one."""

    loop: asyncio.AbstractEventLoop
    closers: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)

    def serve(self, name: str, profile: str) -> str:
        """Start a device; returns its URL."""
        future = asyncio.run_coroutine_threadsafe(self._serve(name, profile), self.loop)
        return future.result(10)

    def end(self, name: str) -> None:
        """The device is switched off."""
        asyncio.run_coroutine_threadsafe(_close(self.closers.pop(name)), self.loop).result(10)

    async def _serve(self, name: str, profile: str) -> str:
        device = build(DeviceSpec(shipped(profile), name))
        if device.mib is not None:
            agent = await serve_snmp(device.mib, settings=AgentSettings(COMMUNITY.encode()))
            self.closers[name] = agent.close
            return f"snmp://{COMMUNITY}@127.0.0.1:{agent.port}"
        assert device.image is not None
        server = await serve_modbus({1: device.image})
        self.closers[name] = server.close
        return f"modbus://127.0.0.1:{server.port}?unit=1"


async def _close(closer: Callable[[], Awaitable[None]]) -> None:
    await closer()


@contextmanager
def running_plant() -> Iterator[Plant]:
    """A plant without devices yet; all that were started are closed at the end."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="emulated", daemon=True)
    thread.start()
    plant = Plant(loop)
    try:
        yield plant
    finally:
        for name in list(plant.closers):
            plant.end(name)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
