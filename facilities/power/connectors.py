"""PW-12: what an outlet and an inlet may carry, and whether a cord can join them.

Connector names are those of the community device-type library (`iec-60320-c13`, `nema-l6-30r`).
Ratings: IEC 60320 and 60309 and NEMA, from PW-12; UL lists C13/C14 at 15 A and C19/C20 at 20 A.
"""

import re
from dataclasses import dataclass

from facilities.power.limits import POLICIES

#: IEC 60320 outlet -> the inlet it mates with.
MATES = {"c5": "c6", "c7": "c8", "c13": "c14", "c15": "c16", "c19": "c20", "c21": "c22"}
_IEC_60320 = {
    **dict.fromkeys(("c13", "c14", "c15", "c16"), (10.0, 15.0)),
    **dict.fromkeys(("c19", "c20", "c21", "c22"), (16.0, 20.0)),
    **dict.fromkeys(("c5", "c6", "c7", "c8"), (2.5, 10.0)),
}
#: Families that IEC 60320 cords are made to: a C13 end on a mains plug.
_OTHER_A = {"cs6361c": 50.0, "cs6365c": 50.0, "cs8165c": 50.0, "cs8265c": 50.0, "cs8365c": 50.0}
_OTHER_A |= {"cs8465c": 50.0, "ita-e": 16.0, "ita-f": 16.0, "ita-j": 10.0, "ita-g": 13.0}
_NEMA = re.compile(r"^nema-(?P<shape>l?\d+)-(?P<amps>\d+)(?P<end>[pr])$")
_THREE_PHASE = re.compile(r"^(iec-60309-3p|nema-l(15|21|22)-|cs8[34])")


@dataclass(frozen=True, slots=True)
class CordVerdict:
    """tone: ok, warning (a cord exists, mind the limit), critical (refused), unknown."""

    tone: str
    limit_a: float | None
    why: str

    @property
    def refused(self) -> bool:
        """True where no such cord may be entered."""
        return self.tone == "critical"


def rating_a(connector: str | None, ul: bool) -> float | None:
    """The rated amps of a connector; None where the name does not tell."""
    name = (connector or "").lower()
    if name.startswith("iec-60320-"):
        pair = _IEC_60320.get(name.removeprefix("iec-60320-"))
        return None if pair is None else pair[ul]
    found = _NEMA.match(name)
    return float(found["amps"]) if found else _OTHER_A.get(name)


def limit_a(connector: str | None, policy: str) -> float | None:
    """What a connector may carry for hours under a policy pack: IEC 10 A; UL 15 A x 80 % = 12 A."""
    ul = policy in ("nec", "nec_100")
    rated = rating_a(connector, ul)
    if rated is None:
        return None
    return rated * (POLICIES["nec"].continuous_factor if ul else 1.0)


def judge_cord(outlet: str | None, inlet: str | None, policy: str) -> CordVerdict:
    """Can a cord join this outlet and this inlet, and what may it carry?

    Refused: a three-phase inlet on a single-phase outlet or the other way round, a hard-wired end,
    an inlet rated above its outlet unless it is IEC 60320 (such cords are made, and warned of).
    """
    one, other = (outlet or "").lower(), (inlet or "").lower()
    limits = [amps for amps in (limit_a(one, policy), limit_a(other, policy)) if amps is not None]
    limit = min(limits, default=None)
    if not one or not other or "other" in (one, other):
        return CordVerdict("unknown", limit, "the connector of one end is not recorded")
    if "hardwired" in (one, other) or "dc-terminal" in (one, other):
        return CordVerdict("critical", limit, f"{one} to {other} is no cord: one end is wired")
    if _mate(one, other):
        return CordVerdict("ok", limit, f"{one} takes {other}")
    if bool(_THREE_PHASE.match(one)) != bool(_THREE_PHASE.match(other)):
        return CordVerdict("critical", limit, f"{one} and {other}: one of them is three-phase")
    return _by_rating(one, other, limit, policy)


def _mate(outlet: str, inlet: str) -> bool:
    if outlet.startswith("iec-60320-"):
        return inlet == "iec-60320-" + MATES.get(outlet.removeprefix("iec-60320-"), "-")
    socket, plug = _NEMA.match(outlet), _NEMA.match(inlet)
    if socket and plug:
        return socket["shape"] == plug["shape"] and socket["amps"] == plug["amps"]
    return outlet == inlet


def _by_rating(outlet: str, inlet: str, limit: float | None, policy: str) -> CordVerdict:
    ul = policy in ("nec", "nec_100")
    gives, takes = rating_a(outlet, ul), rating_a(inlet, ul)
    if gives is None or takes is None:
        return CordVerdict(
            "unknown", limit, f"whether a cord joins {outlet} and {inlet} is not known"
        )
    if gives >= takes or inlet.startswith("iec-60320-"):
        why = f"{outlet} and {inlet} need a cord of two kinds, good for {limit:g} A"
        return CordVerdict("warning", limit, why)
    why = f"{inlet} is rated {takes:g} A, the outlet {outlet} only {gives:g} A"
    return CordVerdict("critical", limit, why)
