"""A plant description checked and put in order from the sources down."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from telemetry.emulator.description import (
    Ats,
    Breaker,
    Crac,
    Generator,
    Panel,
    PlantDescription,
    RackPdu,
    Ups,
    Utility,
)
from telemetry.errors import ConfigError

Node = Utility | Generator | Ats | Ups | Panel | Breaker | RackPdu | Crac


@dataclass(frozen=True, slots=True)
class Topology:
    """`order`: every node of the chain, feeders before the fed. `v_ll`: volts at each, by key."""

    nodes: Mapping[str, Node]
    order: tuple[str, ...]
    v_ll: Mapping[str, float]

    def feeders(self, key: str) -> tuple[str, ...]:
        """What may feed a node: none, one, or preferred and alternate."""
        return feeders(self.nodes[key])


def feeders(node: Node) -> tuple[str, ...]:
    """The keys of what may feed a node."""
    if isinstance(node, Ats):
        return node.preferred, node.alternate
    return () if isinstance(node, Utility | Generator) else (node.source,)


def build(plant: PlantDescription) -> Topology:
    """The topology of a description. ConfigError names the key that is wrong, and why."""
    _check_unique(plant)
    nodes: dict[str, Node] = {node.key: node for node in (*plant.sources, *plant.ats, *plant.fed)}
    for node in nodes.values():
        for feeder in feeders(node):
            if feeder not in nodes:
                raise ConfigError(f"is fed by {feeder!r}, which is not in the plant", node.key)
    order = _order(nodes)
    _check_loads(plant)
    _check_places(plant)
    return Topology(nodes, order, _voltages(nodes, order))


def _check_unique(plant: PlantDescription) -> None:
    twice = [key for key, count in Counter(plant.keys()).items() if count > 1]
    if twice:
        raise ConfigError("this key is given twice; keys are unique in a plant", twice[0])


def _order(nodes: Mapping[str, Node]) -> tuple[str, ...]:
    """Depth first, feeders first. A loop is a ConfigError."""
    done: dict[str, bool] = {}

    def visit(key: str) -> None:
        if done.get(key):
            return
        if key in done:
            raise ConfigError("feeds itself over a loop", key)
        done[key] = False
        for feeder in feeders(nodes[key]):
            visit(feeder)
        del done[key]
        done[key] = True

    for key in nodes:
        visit(key)
    return tuple(done)


def _voltages(nodes: Mapping[str, Node], order: tuple[str, ...]) -> dict[str, float]:
    volts: dict[str, float] = {}
    for key in order:
        own = getattr(nodes[key], "v_ll", None)
        volts[key] = own if own is not None else volts[feeders(nodes[key])[0]]
        if volts[key] <= 0:
            raise ConfigError(f"a voltage of {volts[key]} V; it must be above 0", key)
    return volts


def _check_loads(plant: PlantDescription) -> None:
    for pdu in plant.pdus:
        _check_lines(plant, pdu)
    outlets = {(pdu.key, outlet.number) for pdu in plant.pdus for outlet in pdu.outlets}
    taken: dict[tuple[str, int], str] = {}
    for load in plant.loads:
        if not 0 < load.power_factor <= 1 or not 0 <= load.idle_w <= load.peak_w:
            raise ConfigError("needs 0 <= idle_w <= peak_w and 0 < power_factor <= 1", load.key)
        for cord in load.cords:
            place = (cord.pdu, cord.outlet)
            if place not in outlets:
                raise ConfigError(f"no outlet {cord.outlet} on PDU {cord.pdu!r}", load.key)
            if place in taken:
                raise ConfigError(f"outlet {place} is taken by {taken[place]!r}", load.key)
            taken[place] = load.key


def _check_lines(plant: PlantDescription, pdu: RackPdu) -> None:
    for outlet in pdu.outlets:
        if not set(outlet.lines) <= set(pdu.lines) or not 1 <= len(outlet.lines) <= 2:
            message = f"outlet {outlet.number} is on lines {outlet.lines}, its cord on {pdu.lines}"
            raise ConfigError(message, pdu.key)
    for breaker in plant.breakers:
        if breaker.key == pdu.source and not set(pdu.lines) <= set(breaker.lines):
            message = f"needs lines {pdu.lines}, breaker {breaker.key!r} has {breaker.lines}"
            raise ConfigError(message, pdu.key)


def _check_places(plant: PlantDescription) -> None:
    zones = {zone.key for zone in plant.zones}
    racks = {rack.key for rack in plant.racks}
    in_zones = [(rack.key, rack.zone) for rack in plant.racks]
    in_zones += [(crac.key, crac.zone) for crac in plant.cracs]
    in_zones += [(ups.key, ups.zone) for ups in plant.ups if ups.zone is not None]
    for key, zone in in_zones:
        if zone not in zones:
            raise ConfigError(f"is in zone {zone!r}, which is not in the plant", key)
    in_racks = [(load.key, load.rack) for load in plant.loads]
    in_racks += [(pdu.key, pdu.rack) for pdu in plant.pdus]
    in_racks += [(sensor.key, sensor.rack) for sensor in plant.sensors]
    for key, rack in in_racks:
        if rack is not None and rack not in racks:
            raise ConfigError(f"is in rack {rack!r}, which is not in the plant", key)
