"""What carrier a tracking number may belong to (SR-15, SR-16). Pure.

Every format that fits gives a candidate; a wrong check digit lowers its confidence and warns, it
never blocks: carriers' own sandbox numbers fail, and labels are sometimes printed wrong.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from facilities.shipping.countries import ISO_COUNTRIES

#: Longer than any label's number; what is longer is looked at only so far.
LONGEST = 80
#: From this confidence on a carrier is named without asking.
SURE = 0.7

BLANKS = re.compile(r"[\s\-‐-―]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of a number.

    kind:       format, e.g. `ups`, `fedex_express_12`, `s10`.
    number:     the part that the carrier knows it by.
    check_ok:   the check digit fits; None when the format has none.
    confidence: 0..1; pure digits stay low, their check fits 1 in 7 or 1 in 10 by chance.
    problem:    what else is wrong, in plain words.
    """

    kind: str
    carrier: str
    number: str
    check_ok: bool | None
    confidence: float
    problem: str = ""


def normalise(text: str) -> str:
    """Without blanks and dashes, upper case; at most LONGEST characters."""
    return BLANKS.sub("", text[: LONGEST * 4]).upper()[:LONGEST]


def gs1_check_digit(body: str) -> int:
    """SR-16: the mod 10 check digit of a body of digits, weights 3,1,3... from its right."""
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(body)))
    return (10 - total % 10) % 10


def gs1_ok(number: str) -> bool:
    """True when the last digit is the GS1 check digit of those before it."""
    return gs1_check_digit(number[:-1]) == int(number[-1])


def ups_ok(number: str) -> bool:
    """UPS: 15 characters after 1Z, a letter counts (code - 63) mod 10, every second one twice."""
    values = [int(c) if c.isdigit() else (ord(c) - 63) % 10 for c in number[2:17]]
    total = sum(v * (2 if i % 2 else 1) for i, v in enumerate(values))
    return (10 - total % 10) % 10 == int(number[17])


def fedex_express_ok(number: str) -> bool:
    """FedEx Express, 12 digits: weights 3,1,7 from the left, sum mod 11 mod 10."""
    total = sum(int(d) * (3, 1, 7)[i % 3] for i, d in enumerate(number[:11]))
    return total % 11 % 10 == int(number[11])


def usps_20_ok(number: str) -> bool:
    """USPS, 20 digits: GS1 mod 10; the 7196 form was numbered with 91 before it."""
    return gs1_ok("91" + number if number.startswith("7196") else number)


def s10_check_digit(serial: str) -> int:
    """UPU S10: weights 8,6,4,2,3,5,9,7 over 8 digits; 11 - sum mod 11, 10 -> 0, 11 -> 5."""
    total = sum(int(d) * w for d, w in zip(serial, (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
    return {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11)


def mod7_ok(number: str) -> bool:
    """DHL Express: the number without its last digit, mod 7."""
    return int(number[:-1]) % 7 == int(number[-1])


def container_ok(number: str) -> bool:
    """ISO 6346: letters from 10 on without multiples of 11, times 2^place; mod 11 mod 10."""
    letters = [n for n in range(10, 39) if n % 11]
    values = [int(c) if c.isdigit() else letters[ord(c) - 65] for c in number[:10]]
    return sum(v << i for i, v in enumerate(values)) % 11 % 10 == int(number[10])


@dataclass(frozen=True, slots=True)
class Format:
    """One format: `sure` is the confidence when the check fits, `unsure` when it does not."""

    kind: str
    carrier: str
    pattern: re.Pattern[str]
    check: Callable[[str], bool] | None
    sure: float
    unsure: float


def _format(
    kind: str, carrier: str, pattern: str, check: Callable[[str], bool] | None, *trust: float
) -> Format:
    return Format(kind, carrier, re.compile(pattern, re.ASCII), check, trust[0], trust[-1])


IMPB = r"(?P<number>9[1-5]\d{20}(?:\d{4})?)"
LONG_EXPRESS = r"(?:100\d|96\d\d)\d{18}(?P<number>\d{12})"
#: A group named `number` is the part that the carrier knows the parcel by and that is checked.
FORMATS = (
    _format("ups", "UPS", r"1Z[0-9A-Z]{15}[0-9]", ups_ok, 0.98, 0.7),
    _format("fedex_34", "FedEx", LONG_EXPRESS, fedex_express_ok, 0.9, 0.3),
    _format("fedex_ground_96", "FedEx", r"96\d{20}", lambda n: gs1_ok(n[-15:]), 0.9, 0.3),
    _format("fedex_ground_15", "FedEx", r"\d{15}", gs1_ok, 0.5, 0.1),
    _format("fedex_express_12", "FedEx", r"\d{12}", fedex_express_ok, 0.5, 0.1),
    _format("usps_impb", "USPS", IMPB, gs1_ok, 0.9, 0.3),
    _format("usps_impb_zip5", "USPS", r"420\d{5}" + IMPB, gs1_ok, 0.95, 0.3),
    _format("usps_impb_zip9", "USPS", r"420\d{9}" + IMPB, gs1_ok, 0.95, 0.3),
    _format("usps_20", "USPS", r"\d{20}", usps_20_ok, 0.5, 0.1),
    _format("dhl_express", "DHL", r"\d{10,11}", mod7_ok, 0.4, 0.1),
    _format("dhl_piece", "DHL", r"J[A-Z]{2,3}\d{9,10}", None, 0.8),
    _format("air_waybill", "Air cargo", r"\d{11}", lambda n: mod7_ok(n[3:]), 0.4, 0.1),
    _format("container", "Sea container", r"[A-Z]{4}\d{7}", container_ok, 0.9, 0.3),
)  # fmt: skip
S10 = re.compile(r"[A-Z]{2}(\d{8})(\d)([A-Z]{2})", re.ASCII)
POSTS = {"US": "USPS", "GB": "Royal Mail", "DE": "DHL", "FR": "La Poste", "NL": "PostNL"}
POSTS |= {"CA": "Canada Post", "AU": "Australia Post", "CH": "Swiss Post", "AT": "Austrian Post"}


def detect(text: str, hint: str = "") -> tuple[Candidate, ...]:
    """SR-15: every format that the text fits, the likeliest first.

    hint: the carrier's name when the clerk has said it; its candidates come first.
    """
    number = normalise(text)
    found = [c for c in (_read(one, number) for one in FORMATS) if c is not None]
    if (postal := _s10(number)) is not None:
        found.append(postal)
    if hint:
        found = [_hinted(c, hint) for c in found]
    return tuple(sorted(found, key=lambda c: -c.confidence))


def named_carrier(candidates: tuple[Candidate, ...]) -> Candidate | None:
    """The candidate that is sure enough to name its carrier without asking, or None."""
    first = candidates[0] if candidates else None
    return first if first is not None and first.confidence >= SURE else None


def warning(candidates: tuple[Candidate, ...]) -> str:
    """What a clerk should know of the number, "" when nothing: it never blocks."""
    best = named_carrier(candidates)
    if best is None:
        return ""
    if best.check_ok is False:
        return f"The check digit does not fit {best.carrier}: compare it with the label."
    return best.problem


def _read(one: Format, text: str) -> Candidate | None:
    fits = one.pattern.fullmatch(text)
    if fits is None:
        return None
    number = fits.groupdict().get("number") or text
    check_ok = None if one.check is None else one.check(number)
    trust = one.unsure if check_ok is False else one.sure
    return Candidate(one.kind, one.carrier, number, check_ok, trust)


def _s10(text: str) -> Candidate | None:
    fits = S10.fullmatch(text)
    if fits is None:
        return None
    serial, digit, country = fits.groups()
    check_ok = s10_check_digit(serial) == int(digit)
    carrier = POSTS.get(country, f"Post of {country}")
    if country not in ISO_COUNTRIES:
        return Candidate("s10", carrier, text, check_ok, 0.2, f"There is no country {country}.")
    return Candidate("s10", carrier, text, check_ok, 0.95 if check_ok else 0.3)


def _hinted(candidate: Candidate, hint: str) -> Candidate:
    if candidate.carrier.casefold() not in hint.casefold():
        return candidate
    return replace(candidate, confidence=min(1.0, candidate.confidence + 0.45))
