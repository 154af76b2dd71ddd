"""Things that go wrong in the plant on command, each named `NAME/TARGET`, and set right again.

A scenario turns a switch of the plant; everything it touches follows by itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from telemetry.emulator.plant import Plant
from telemetry.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Scenario:
    """`targets` lists what it can be done to; `start` and `clear` turn the switch."""

    name: str
    what: str
    targets: Sequence[str]
    start: Callable[[str], object]
    clear: Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Running:
    """A started scenario; `since_s` is the plant's clock."""

    name: str
    target: str
    since_s: float

    @property
    def id(self) -> str:
        """`NAME/TARGET`."""
        return f"{self.name}/{self.target}"


def known(plant: Plant, devices: Sequence[str] = ()) -> dict[str, Scenario]:
    """Every scenario this plant can play, by name. `devices` are keys of emulated devices."""
    description, supply = plant.description, plant.supply
    breakers = [breaker.key for breaker in description.breakers]
    return {
        scenario.name: scenario
        for scenario in (
            Scenario(
                "lose-utility",
                "a utility feed goes dead; generators start, UPSs bridge",
                [utility.key for utility in description.utilities],
                supply.lost.add,
                supply.lost.discard,
            ),
            Scenario(
                "generator-fault",
                "a generator does not start or stops",
                [generator.key for generator in description.generators],
                supply.lost.add,
                supply.lost.discard,
            ),
            Scenario(
                "ups-on-battery",
                "a UPS loses its rectifier and lives on its battery until that is empty",
                [ups.key for ups in description.ups],
                supply.rectifier_off.add,
                supply.rectifier_off.discard,
            ),
            Scenario(
                "breaker-trip",
                "a breaker opens; clearing closes it",
                breakers,
                supply.open.add,
                supply.open.discard,
            ),
            Scenario(
                "crac-failure",
                "a cooling unit stops",
                list(plant.air.cracs),
                lambda key: setattr(plant.air.cracs[key], "failed", True),
                lambda key: setattr(plant.air.cracs[key], "failed", False),
            ),
            Scenario(
                "sensor-fault",
                "a probe or a whole device says not available",
                [*(sensor.key for sensor in description.sensors), *devices],
                plant.broken_sensors.add,
                plant.broken_sensors.discard,
            ),
            Scenario(
                "device-dead",
                "a device stops answering",
                list(devices),
                plant.silent_devices.add,
                plant.silent_devices.discard,
            ),
        )
    }


class Stage:
    """Plays scenarios on one plant. Every refusal is a ConfigError that says what is possible."""

    def __init__(self, plant: Plant, devices: Sequence[str] = ()) -> None:
        self._plant = plant
        self._known = known(plant, devices)
        self.running: list[Running] = []

    @property
    def known(self) -> Sequence[Scenario]:
        """What can be played here."""
        return tuple(self._known.values())

    def start(self, name: str) -> Running:
        """Start `NAME/TARGET`, or `NAME` on its first target. Starting twice changes nothing."""
        scenario, target = self._find(name)
        going = self._going(scenario.name, target)
        if going is not None:
            return going
        scenario.start(target)
        self.running.append(Running(scenario.name, target, self._plant.now_s))
        return self.running[-1]

    def clear(self, name: str | None = None) -> list[Running]:
        """End `NAME/TARGET`, all of `NAME`, or everything; gives what was ended. None: everything,
        and breakers that tripped of themselves are closed again too."""
        wanted, _, target = (name or "").partition("/")
        if name is not None and wanted not in self._known:
            raise self._no_such(wanted)
        ended = [
            run
            for run in self.running
            if name is None or (run.name == wanted and target in ("", run.target))
        ]
        if name is not None and not ended:
            raise ConfigError(f"{name!r} is not running; running: {self._running_names()}")
        for run in ended:
            self._known[run.name].clear(run.target)
            self.running.remove(run)
        if name is None:
            self._close_tripped()
        return ended

    def _close_tripped(self) -> None:
        self._plant.supply.open.difference_update(self._plant.tripped)
        self._plant.tripped.clear()

    def _find(self, name: str) -> tuple[Scenario, str]:
        wanted, _, target = name.partition("/")
        scenario = self._known.get(wanted)
        if scenario is None:
            raise self._no_such(wanted)
        if not scenario.targets:
            raise ConfigError(f"this plant has nothing that {wanted!r} could happen to")
        target = target or scenario.targets[0]
        if target not in scenario.targets:
            shown = ", ".join(scenario.targets[:20])
            raise ConfigError(f"{wanted!r} has no target {target!r}; targets: {shown}")
        return scenario, target

    def _going(self, name: str, target: str) -> Running | None:
        return next((r for r in self.running if (r.name, r.target) == (name, target)), None)

    def _no_such(self, name: str) -> ConfigError:
        return ConfigError(f"no scenario {name!r}; there are: {', '.join(self._known)}")

    def _running_names(self) -> str:
        return ", ".join(run.id for run in self.running) or "nothing"
