"""PW-04, 09, 10, 11: what a node may carry: rating x continuous factor x derate, and in kW and kVA.

Every verdict records the policy that made it. Limits are inclusive; unknown is never ok.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from facilities.power.phasors import SQRT3

TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy pack: the share of a rating that continuous load may take, and whose rule it is."""

    key: str
    continuous_factor: float
    source: str


#: Per site, overridable per node by its own continuous factor (domain reference, section 0).
POLICIES: Mapping[str, Policy] = {
    "nec": Policy("nec", 0.80, "NEC 210.20(A), 215.3: continuous load at 80 % of the rating"),
    "nec_100": Policy("nec_100", 1.00, "listed for 100 % of its rating"),
    "iec": Policy("iec", 1.00, "IEC 60364-4-43: design current up to the rating"),
    "custom": Policy("custom", 0.80, "the site's own; 80 % until each node says otherwise"),
}
#: IEC 61439-2 assumed loading of an assembly's outgoing circuits: (circuits from, factor).
ASSUMED_LOADING = ((10, 0.6), (6, 0.7), (4, 0.8), (2, 0.9), (1, 1.0))


@dataclass(frozen=True, slots=True)
class Limit:
    """The effective limit of a node. amps is None where the rating is unknown."""

    amps: float | None
    rating_a: float | None
    factor: float
    derate: float
    policy: str
    words: str


@dataclass(frozen=True, slots=True)
class LoadVerdict:
    """ok is None where load or limit is unknown. utilisation 1.0 is the limit, not the rating."""

    ok: bool | None
    amps: float | None
    limit: Limit
    utilisation: float | None
    why: str

    @property
    def tone(self) -> str:
        """The state colour: warning from 80 % of the limit on."""
        if self.ok is None or self.utilisation is None:
            return "unknown"
        if not self.ok:
            return "critical"
        return "warning" if self.utilisation >= 0.8 else "ok"


def effective_limit(
    rating_a: float | None,
    policy: str = "nec",
    continuous_factor: float | None = None,
    derate: float = 1.0,
) -> Limit:
    """PW-11. Rating x continuous factor x derate in the node's own phase amps.

    continuous_factor: of this very node (a 100 %-rated breaker), None takes the pack's.
    """
    pack = POLICIES.get(policy, POLICIES["nec"])
    own = continuous_factor is not None
    factor = pack.continuous_factor if continuous_factor is None else continuous_factor
    amps = None if rating_a is None else rating_a * factor * derate
    of = "its own factor" if own else f"policy {pack.key}"
    rating = "no rating recorded" if rating_a is None else f"{rating_a:g} A"
    words = f"{rating} x {factor:.0%} ({of})" + (f" x derate {derate:g}" if derate != 1 else "")
    return Limit(amps, rating_a, factor, derate, pack.key, words)


def judge_amps(limit: Limit, amps: float | None) -> LoadVerdict:
    """A current against a limit; at the limit passes."""
    if amps is None:
        return LoadVerdict(None, None, limit, None, "the load is not known")
    if limit.amps is None:
        return LoadVerdict(None, amps, limit, None, "the rating is not known")
    ok = amps <= limit.amps + TOLERANCE
    utilisation = amps / limit.amps if limit.amps else float("inf")
    sign = "<=" if ok else ">"
    return LoadVerdict(ok, amps, limit, utilisation, f"{amps:.2f} A {sign} {limit.amps:.2f} A")


def lowest(limits: Iterable[tuple[str, Limit]]) -> tuple[str, Limit] | None:
    """PW-11. The effective limit of a path: the least known one, with its node's name."""
    known = [(name, limit) for name, limit in limits if limit.amps is not None]
    return min(known, key=lambda pair: pair[1].amps or 0.0, default=None)


def limit_va(voltage_v: float, rating_a: float, phases: int, policy: str = "nec") -> float:
    """PW-04. The apparent power of a circuit at its continuous limit."""
    amps = effective_limit(rating_a, policy).amps or 0.0
    return (SQRT3 if phases == 3 else 1.0) * voltage_v * amps


def least_rating_a(continuous_a: float, other_a: float = 0.0, factor: float = 0.80) -> float:
    """PW-09. The least rating of an overcurrent device: other + continuous / factor."""
    return other_a + continuous_a / factor


def planned_per_way_a(rating_a: float, circuits: int) -> float:
    """PW-10. What to plan on each way of an IEC board when all are loaded together."""
    factor = next(factor for least, factor in ASSUMED_LOADING if circuits >= least)
    return rating_a * factor


def utilisation_of_power(
    watts: float | None, va: float | None, rated_w: float | None, rated_va: float | None
) -> float | None:
    """PW-11. max(P / rated W, S / rated VA) of a UPS, generator or transformer.

    None where a rating stands against no load: the greater of the two might be the missing one.
    """
    pairs = [(load, rated) for load, rated in ((watts, rated_w), (va, rated_va)) if rated]
    if not pairs or any(load is None for load, _ in pairs):
        return None
    return max(load / rated for load, rated in pairs if load is not None and rated)


def full_load_a(va: float, v_ll: float) -> float:
    """PW-11. Full-load amps of a three-phase transformer side."""
    return va / (SQRT3 * v_ll)


def upstream_input_w(output_w: float, efficiency: float, charging_w: float = 0.0) -> float:
    """PW-11. What a UPS takes to give `output_w` while charging."""
    return output_w / efficiency + charging_w
