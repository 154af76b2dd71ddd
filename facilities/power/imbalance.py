"""PW-08: imbalance after NEMA MG-1: the greatest deviation from the mean, in percent of it."""

from collections.abc import Sequence
from dataclasses import dataclass

#: Below this share of the rating an imbalance says nothing and is not shown.
LEAST_MEAN = 0.20
#: (percent from which, name, tone). Source: PW-08, a vendor's bands.
BANDS = (
    (20.0, "critical", "critical"),
    (15.0, "act", "warning"),
    (10.0, "plan", "warning"),
    (5.0, "good", "ok"),
    (0.0, "excellent", "ok"),
)


@dataclass(frozen=True, slots=True)
class Imbalance:
    """pct is None where it is suppressed or not known; `why` then says so."""

    pct: float | None
    band: str
    tone: str
    why: str = ""


def deviation_pct(values: Sequence[float]) -> float:
    """100 max|x - mean| / mean; 0 where the mean is 0."""
    mean = sum(values) / len(values)
    return 100.0 * max(abs(value - mean) for value in values) / mean if mean else 0.0


def judge(amps: Sequence[float | None], rating_a: float | None) -> Imbalance:
    """The imbalance of three line currents and its band.

    rating_a: of the bus or main; None leaves the low-load rule out. A missing phase is unknown.
    """
    known = [value for value in amps if value is not None]
    if len(known) < 3 or len(known) < len(amps):
        return Imbalance(None, "unknown", "unknown", "not every phase has a reading")
    mean = sum(known) / len(known)
    if rating_a and mean < LEAST_MEAN * rating_a:
        limit = f"{LEAST_MEAN:.0%} of {rating_a:g} A"
        return Imbalance(None, "suppressed", "", f"the mean of {mean:.1f} A is below {limit}")
    pct = deviation_pct(known)
    _, band, tone = next(found for found in BANDS if pct >= found[0])
    if pct == 15.0:  # "10-15 plan, >15 act"
        band = "plan"
    return Imbalance(pct, band, tone)
