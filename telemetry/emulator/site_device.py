"""A device of a site: where it stands, how it is served, and whether its electronics have power."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from telemetry.emulator.description import Ups
from telemetry.emulator.faults import Faults
from telemetry.emulator.plant import Plant
from telemetry.errors import ConfigError
from telemetry.profiles.model import DeviceKind, Profile

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
class Served:
    device: SiteDevice
    profile: Profile
    faults: Faults
    powered: bool = True


def faults_of(device: SiteDevice) -> Faults:
    """The device's own pace; its seed is its key."""
    seed = sum(device.key.encode())
    return Faults(seed=seed, latency_s=device.latency_s, jitter_s=device.jitter_s)


def check(plant: Plant, device: SiteDevice, profile: Profile) -> None:
    """ConfigError where the device stands at what is not there."""
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


def has_power(plant: Plant, served: Served) -> bool:
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
