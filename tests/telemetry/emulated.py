"""Emulated devices in a thread of their own, for commands that run a loop of their own."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from telemetry.emulator.device import DeviceSpec, build
from telemetry.emulator.modbus_server import ServerSettings, serve_modbus
from telemetry.emulator.snmp_agent import serve_snmp
from telemetry.profiles.loader import shipped


class Served(Protocol):
    @property
    def port(self) -> int: ...

    async def close(self) -> None: ...


@contextmanager
def in_thread(start: Callable[[], Coroutine[Any, Any, Served]]) -> Iterator[int]:
    """Serves until the end of the block; gives the port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        served = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
        yield served.port
        asyncio.run_coroutine_threadsafe(served.close(), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@contextmanager
def device(profile: str, *, rtu: bool = False, unit: int = 1) -> Iterator[str]:
    """A device of a shipped profile; gives its URL."""
    made = build(DeviceSpec(shipped(profile)))

    async def start() -> Served:
        if made.mib is not None:
            return await serve_snmp(made.mib)
        assert made.image is not None
        settings = ServerSettings(framing="rtu" if rtu else "tcp")
        return await serve_modbus({unit: made.image}, settings=settings)

    with in_thread(start) as port:
        scheme = "modbus+rtu" if rtu else "modbus"
        snmp = made.mib is not None
        yield (
            f"snmp://public@127.0.0.1:{port}"
            if snmp
            else f"{scheme}://127.0.0.1:{port}?unit={unit}"
        )
