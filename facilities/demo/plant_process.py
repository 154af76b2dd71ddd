"""The process that plays the demo's plant: emulated devices on loopback, and where they listen."""

import asyncio
import contextlib
import json
import signal
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from facilities.demo.plant import describe_plant, probe_key
from facilities.demo.shapes import DemoDevice, DemoSite
from telemetry.emulator.site import PlantSite, serve_plant
from telemetry.emulator.site_device import SiteDevice

log = structlog.get_logger()
ADDRESSES = "devices.json"


def site_devices(site: DemoSite, ports: Mapping[str, int]) -> list[SiteDevice]:
    """What to serve; `ports` are those of the last start, so that addresses stay the same."""
    return [_served(device, ports.get(device.key, 0)) for device in site.devices]


def _served(device: DemoDevice, port: int) -> SiteDevice:
    if device.kind == "environment":
        probes = tuple(probe_key(rack) for rack in device.racks)
        return SiteDevice(device.key, device.profile, sensors=probes, port=port)
    return SiteDevice(device.key, device.profile, node=device.of, port=port)


def kept_addresses(folder: Path) -> dict[str, str]:
    """Device key -> URL as the plant last wrote them; {} before its first start."""
    path = folder / ADDRESSES
    if not path.exists():
        return {}
    urls: dict[str, str] = json.loads(path.read_text("utf-8"))
    return urls


async def run_plant(site: DemoSite, folder: Path) -> None:
    """Serve until SIGINT or SIGTERM; the addresses are written once everything listens."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    plant = await _start(site, folder)
    draft = folder / f"{ADDRESSES}.new"
    draft.write_text(json.dumps(plant.urls), "utf-8")
    draft.replace(folder / ADDRESSES)
    log.info("plant runs", devices=len(plant.urls))
    await stop.wait()
    await plant.close()


async def _start(site: DemoSite, folder: Path) -> PlantSite:
    kept = {key: urlsplit(url).port or 0 for key, url in kept_addresses(folder).items()}
    description = describe_plant(site)
    if kept:
        with contextlib.suppress(OSError):  # a port was taken meanwhile: take new ones
            return await serve_plant(description, site_devices(site, kept), data_dir=folder.parent)
    return await serve_plant(description, site_devices(site, {}), data_dir=folder.parent)
