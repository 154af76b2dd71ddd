"""How a node stands against its limit: in amps per line, or in kW and kVA, whichever is nearer."""

from collections.abc import Sequence
from dataclasses import dataclass

from facilities.power.limits import Limit, LoadVerdict, judge_amps, utilisation_of_power
from facilities.power.live import BranchAmps, Values, number, pick, total
from facilities.readings import LiveValue

WARN_FROM = 0.8
POWERS = ("power.active", "power.apparent")


@dataclass(frozen=True, slots=True)
class Standing:
    """utilisation 1.0 is at the limit, None unknown. `words`: which limit, whose policy."""

    utilisation: float | None
    tone: str
    words: str
    amps: BranchAmps
    verdict: LoadVerdict
    watts: LiveValue | None
    va: LiveValue | None


def tone_of(utilisation: float | None) -> str:
    """ok, warning from 80 % of the limit, critical above it, unknown."""
    if utilisation is None:
        return "unknown"
    if utilisation > 1.0 + 1e-9:
        return "critical"
    return "warning" if utilisation >= WARN_FROM else "ok"


def standing(
    limit: Limit,
    values: Values,
    amps: BranchAmps,
    rated_w: float | None = None,
    rated_va: float | None = None,
) -> Standing:
    """Judge a node's live values against its limits (PW-11).

    Of the limits that apply the nearest counts; the whole is unknown where none can be judged.
    """
    watts, va = (total(values, metric, list(amps.by_line)) for metric in POWERS)
    verdict = judge_amps(limit, amps.worst)
    found: list[tuple[float, str]] = []
    if verdict.utilisation is not None:
        found.append((verdict.utilisation, f"{verdict.why}: {limit.words}"))
    power = utilisation_of_power(number(watts), number(va), rated_w, rated_va)
    load = worst_load(values, list(amps.by_line))
    if power is not None:
        found.append((power, _power_words(number(watts), number(va), rated_w, rated_va)))
    elif load is not None:
        found.append((load / 100.0, f"load {load:.0f} % as the device says"))
    utilisation, words = max(found, default=(None, verdict.why))
    return Standing(utilisation, tone_of(utilisation), words, amps, verdict, watts, va)


def worst_load(values: Values, lines: Sequence[str]) -> float | None:
    """Percent as the device says: of the whole, else of its most loaded line; None if unknown."""
    whole = number(pick(values, "load"))
    if whole is not None:
        return whole
    of_lines = [number(pick(values, f"load.{line.lower()}")) for line in lines]
    known = [load for load in of_lines if load is not None]
    return max(known) if known and len(known) == len(of_lines) else None


def _power_words(
    watts: float | None, va: float | None, rated_w: float | None, rated_va: float | None
) -> str:
    pairs: Sequence[tuple[float | None, float | None, str]] = (
        (watts, rated_w, "kW"),
        (va, rated_va, "kVA"),
    )
    parts = [
        f"{load / 1000:.1f} of {rated / 1000:g} {unit}"
        for load, rated, unit in pairs
        if load is not None and rated
    ]
    return ", ".join(parts)
