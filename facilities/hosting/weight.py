"""Weights and powers rolled up from children, and the limits of a rack (SP-06, SP-07). Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from facilities.hosting.placement import Outcome, Verdict, refused
from facilities.hosting.units import MM_PER_U

TOLERANCE = 1e-9
#: SP-07: a centre of gravity above this share of the rack's height is a warning.
HIGH_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum over inputs of which some may be unknown; `known` of `count` are in `value`."""

    value: float
    known: int
    count: int

    @property
    def complete(self) -> bool:
        """True when every input was known."""
        return self.known == self.count

    @property
    def coverage(self) -> float:
        """Known inputs over all inputs, 1 when there is none to know."""
        return self.known / self.count if self.count else 1.0

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(self.value + other.value, self.known + other.known, self.count + other.count)


NOTHING = Sum(0.0, 0, 0)


def one(value: float | None) -> Sum:
    """A single input."""
    return Sum(0.0, 0, 1) if value is None else Sum(value, 1, 1)


def total(values: Collection[float | None]) -> Sum:
    """The sum of what is known of `values`."""
    known = [value for value in values if value is not None]
    return Sum(sum(known), len(known), len(values))


def rolled_up(own: float | None, children: Sequence[Sum], *, own_has_children: bool = False) -> Sum:
    """A parent and its children, each counted once (SP-06).

    own_has_children: `own` was measured or stated with the children in it, so they are not added.
    """
    if own_has_children and own is not None:
        return one(own)
    return sum(children, one(own))


@dataclass(frozen=True, slots=True)
class Mass:
    """A piece in a rack; start_half_u None for 0U and others without a height over the floor."""

    weight_kg: float | None
    start_half_u: int | None
    height_half_u: int = 0

    @property
    def middle_mm(self) -> float | None:
        """Its middle over the bottom of U1: (start - 1 + h / 2) x 44.45 mm (SP-07)."""
        if self.start_half_u is None:
            return None
        return ((self.start_half_u - 1) / 2 + self.height_half_u / 4) * MM_PER_U


def centre_mm(masses: Collection[Mass]) -> float | None:
    """The height of the centre of gravity over the bottom of U1; None when nothing is known."""
    known = [
        (mass.weight_kg, mass.middle_mm)
        for mass in masses
        if mass.weight_kg is not None and mass.middle_mm is not None
    ]
    weight = sum(kg for kg, _ in known)
    return sum(kg * middle for kg, middle in known) / weight if weight > 0 else None


def top_heavy(centre: float | None, height_u: int) -> bool | None:
    """True when the centre of gravity lies above half of the rack's height; None when unknown."""
    return None if centre is None else centre > HIGH_SHARE * height_u * MM_PER_U


def judge_weight(payload: Sum, limit_kg: float | None, tare_kg: float | None = None) -> Verdict:
    """Whether a weight keeps to a rating: `payload` alone against the static one; with `tare_kg`
    gross against the dynamic or transport one (SP-07).

    Over the limit with what is known is refused; anything unknown is UNKNOWN, never OK.
    """
    weight = payload.value + (tare_kg or 0.0)
    if limit_kg is not None and weight > limit_kg + TOLERANCE:
        over = weight - limit_kg
        reason = f"{weight:.1f} kg is {over:.1f} kg over the rack's limit of {limit_kg:g} kg."
        return refused(reason, "weight_kg", "SP-07")
    if limit_kg is None:
        return Verdict(Outcome.UNKNOWN, notes=("The weight limit of the rack is unknown.",))
    if payload.complete:
        return Verdict(Outcome.OK)
    missing = payload.count - payload.known
    note = f"The weight of {missing} of {payload.count} pieces is unknown."
    return Verdict(Outcome.UNKNOWN, notes=(note,))
