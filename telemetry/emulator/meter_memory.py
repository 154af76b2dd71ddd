"""Meters that keep their counts over a restart, as real ones do.

The counts are written to `plant-meters.json` in the data folder now and then. At the next start
they go on from there, as if the plant had run meanwhile at the power of now: a counter that falls
would be taken for a replaced meter.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from telemetry.emulator.plant import Meters, Plant

FILE = "plant-meters.json"
SAVE_EVERY_S = 60.0


def save(plant: Plant, folder: Path) -> None:
    """Write the counts, whole or not at all."""
    meters = plant.meters
    told = {
        "at_s": plant.now_s,
        "out": meters.out,
        "into": meters.into,
        "apparent": meters.apparent,
        "reactive": meters.reactive,
        "outlets": [[pdu, number, wh] for (pdu, number), wh in meters.outlets.items()],
    }
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{FILE}.new"
    draft.write_text(json.dumps(told), "utf-8")
    draft.replace(folder / FILE)


def restore(plant: Plant, folder: Path) -> bool:
    """Take up the counts of the last run for every meter that is still there; new meters keep the
    count they begin with. False where there is nothing to take up, or nothing that can be read."""
    try:
        told = json.loads((folder / FILE).read_text("utf-8"))
        outlets = {(str(pdu), int(number)): float(wh) for pdu, number, wh in told["outlets"]}
        fresh, hours = plant.meters, max(0.0, plant.now_s - float(told["at_s"])) / 3600
        kept = Meters(
            out=_lines(told["out"]),
            into=_lines(told["into"]),
            outlets=outlets,
            apparent=_numbers(told["apparent"]),
            reactive=_numbers(told["reactive"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    meters = Meters()
    meters.set(plant.flows, hours)
    _go_on(fresh.out, kept.out, meters.out)
    _go_on(fresh.into, kept.into, meters.into)
    for own, old, since in (
        (fresh.apparent, kept.apparent, meters.apparent),
        (fresh.reactive, kept.reactive, meters.reactive),
    ):
        own.update({key: old[key] + since[key] for key in old.keys() & own.keys()})
    both = kept.outlets.keys() & fresh.outlets.keys()
    fresh.outlets.update({place: kept.outlets[place] + meters.outlets[place] for place in both})
    return True


def _go_on(
    own: dict[str, list[float]], old: dict[str, list[float]], since: dict[str, list[float]]
) -> None:
    for key in old.keys() & own.keys():
        own[key] = [before + more for before, more in zip(old[key], since[key], strict=True)]


def _lines(told: Mapping[str, Any]) -> dict[str, list[float]]:
    lines = {key: [float(wh) for wh in row] for key, row in told.items()}
    return {key: row for key, row in lines.items() if len(row) == 3}


def _numbers(told: Mapping[str, Any]) -> dict[str, float]:
    return {key: float(wh) for key, wh in told.items()}
