"""What every store refuses before it keeps or looks up anything."""

from collections.abc import Collection

from telemetry.errors import StoreError
from telemetry.sample import Block, Quality
from telemetry.stores.base import SeriesQuery

#: Every quality code there is; stripping them off a quality plane leaves what is not one.
CODES = bytes(Quality)

#: 5138-11-16, in ms: a time beyond it is a unit mixed up (seconds, micro- or nanoseconds).
LATEST_AT_MS = 100_000_000_000_000


def check_block(block: Block) -> None:
    """Refuse a block that no reading could be made of. Raises StoreError that names the device."""
    points = len(block.layout.points)
    if not points:
        raise StoreError(f"{block.layout.device}: a block of a layout without points")
    if not points == len(block.values) == len(block.quality) == len(block.raw):
        found = f"{len(block.values)} values, {len(block.quality)} qualities, {len(block.raw)} raws"
        raise StoreError(f"{block.layout.device}: {found} for {points} points of the layout")
    if block.quality.strip(CODES):
        raise StoreError(f"{block.layout.device}: unknown quality code in {block.quality.hex()}")
    if not 0 <= block.at_ms < LATEST_AT_MS:
        raise StoreError(f"{block.layout.device}: {block.at_ms} is not a time in ms since 1970")


def check_query(query: SeriesQuery) -> None:
    """Refuse a query without a step. Raises StoreError."""
    if query.step_ms <= 0:
        raise StoreError(f"step_ms is {query.step_ms}: a step is at least 1 ms")


def wanted(device: str, devices: Collection[str] | None) -> bool:
    """True if the device is asked for; None asks for all."""
    return devices is None or device in devices
