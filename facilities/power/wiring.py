"""Which conductors an outlet works on, from its PDU and the leg its type names."""

from facilities.power.lines import LINES, PAIRS

#: A 208/120 V or 240/120 V system: its IEC outlets are wired line to line, its NEMA 5 ones to N.
HIGHEST_PAIR_V = 250.0
_TO_NEUTRAL = ("nema-5-", "nema-l5-")


def outlet_lines(
    pdu_lines: tuple[str, ...],
    voltage_v: float | None,
    connector: str | None,
    leg: str | None,
) -> tuple[str, ...]:
    """The lines of an outlet; () where neither the PDU nor the leg tells.

    leg: A, B or C as in the community library. On 400/230 and 415/240 V the leg is that line to
    neutral; on 208 V it is that line and the next, unless the outlet is a 120 V one.
    """
    to_neutral = (connector or "").lower().startswith(_TO_NEUTRAL)
    if len(pdu_lines) == 1 or (len(pdu_lines) == 2 and not to_neutral):
        return pdu_lines
    if leg not in ("A", "B", "C") or voltage_v is None:
        return ()
    at = "ABC".index(leg)
    if voltage_v > HIGHEST_PAIR_V or to_neutral:
        return (LINES[at],)
    return tuple(line for line in LINES if line in PAIRS[at])
