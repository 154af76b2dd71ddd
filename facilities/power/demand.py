"""PW-13: which watts of a load to reckon with, and what kind of figure that is."""

from dataclasses import dataclass

#: What a load takes of its nameplate where nothing better is known (PW-13, a default of ours).
NAMEPLATE_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Watts:
    """kind: measured, budget, estimated (nameplate x share) or unknown; value is then None."""

    value: float | None
    kind: str


def reckoned(measured_w: float | None, budget_w: float | None, nameplate_w: float | None) -> Watts:
    """What a load draws: measured, else its budget, else a share of its nameplate, else unknown.

    nameplate_w: of one supply where supplies are redundant: 2 x 750 W counts as 750 W once.
    """
    if measured_w is not None:
        return Watts(measured_w, "measured")
    if budget_w is not None:
        return Watts(budget_w, "budget")
    if nameplate_w is not None:
        return Watts(nameplate_w * NAMEPLATE_SHARE, "estimated")
    return Watts(None, "unknown")
