"""Reads what a value means: quantity, unit, scale, names, sentinels (rules 24, 25; UN-01)."""

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from telemetry.points import UNITS, Kind, Phase, PollClass, Quantity
from telemetry.profiles.model import Bits, Meaning
from telemetry.profiles.strict import Section, Value
from telemetry.profiles.units import accepted, conversion

#: Whole numbers up to here are exact in a float64.
_EXACT = 2**53

_COUNTERS = (Quantity.ACTIVE_ENERGY, Quantity.APPARENT_ENERGY, Quantity.REACTIVE_ENERGY)
_FIXED_KINDS = {
    Quantity.STATE: Kind.STATE,
    Quantity.FLAGS: Kind.FLAGS,
    Quantity.IDENTITY: Kind.IDENTITY,
}


def read_meaning(section: Section) -> Meaning:
    """The meaning of a value from the keys of its entry; raises ConfigError with the line."""
    quantity = section.need("quantity").choice(Quantity)
    kind = _kind(section, quantity)
    unit, source_unit, factor, shift = _unit(section, quantity)
    scale = _number(section, "scale", Fraction(1))
    if scale == 0:
        section.need("scale").fail("a scale of 0 would hide every value")
    multiply, divide = _ratio(scale * factor)
    scale_ref = section.get("scale_ref")
    return Meaning(
        quantity=quantity,
        unit=unit,
        kind=kind,
        phase=read_phase(section.get("phase")),
        names=_names(section, kind),
        texts=_texts(section, kind),
        multiply=multiply,
        divide=divide,
        offset=float(_number(section, "offset", Fraction(0)) * factor + shift),
        scale_ref=scale_ref.text() if scale_ref else None,
        ref_sign=_ref_sign(section, scale_ref is not None),
        source_unit=source_unit,
        not_available=_raws(section, "not_available"),
        faults=_raws(section, "faults"),
        valid_raw=_range(section, "valid_raw"),
        plausible=_range(section, "plausible"),
        rollover=_rollover(section, kind),
        bits=_bits(section, kind),
    )


def read_phase(value: Value | None) -> Phase | None:
    """A phase of the vocabulary; None where none is given, or where the row decides."""
    if value is None or value.literal == "row":
        return None
    return value.choice(Phase)


def read_poll(section: Section, meaning: Meaning) -> PollClass:
    """The poll class: as given, else slow for identities and counters, normal for the rest."""
    given = section.get("poll")
    if given is not None:
        return given.choice(PollClass)
    seldom = meaning.kind in (Kind.IDENTITY, Kind.COUNTER)
    return PollClass.SLOW if seldom else PollClass.NORMAL


def _kind(section: Section, quantity: Quantity) -> Kind:
    fixed = _FIXED_KINDS.get(quantity)
    given = section.get("kind")
    if given is None:
        return fixed or (Kind.COUNTER if quantity in _COUNTERS else Kind.GAUGE)
    kind = given.choice(Kind)
    if kind is not fixed and (fixed is not None or kind not in (Kind.GAUGE, Kind.COUNTER)):
        given.fail(f"kind {kind.value} does not go with quantity {quantity.value}")
    return kind


def _unit(section: Section, quantity: Quantity) -> tuple[str, str, Fraction, Fraction]:
    given = section.get("unit")
    usual = UNITS[quantity][0]
    if usual == "":
        if given is not None:
            given.fail(f"quantity {quantity.value} has no unit")
        return "", "", Fraction(1), Fraction(0)
    if given is None:
        if usual != "1":
            section.at.fail(f"'unit' is missing ({_allowed(quantity)})")
        return "1", "1", Fraction(1), Fraction(0)
    found = conversion(quantity, given.text())
    if found is None:
        given.fail(f"unit {given.literal!r} is not one for {quantity.value} ({_allowed(quantity)})")
    return found[0], given.literal, found[1], found[2]


def _allowed(quantity: Quantity) -> str:
    return f"one of {', '.join(accepted(quantity))}"


def _number(section: Section, key: str, default: Fraction) -> Fraction:
    value = section.get(key)
    return default if value is None else value.number()


def _ratio(scale: Fraction) -> tuple[float, float]:
    """Multiplier and divisor, both exact where the fraction allows it."""
    if abs(scale.numerator) <= _EXACT and scale.denominator <= _EXACT:
        return float(scale.numerator), float(scale.denominator)
    return float(scale), 1.0


def _names(section: Section, kind: Kind) -> Mapping[int, str]:
    key = {Kind.STATE: "states", Kind.FLAGS: "bits"}.get(kind)
    value = section.get(key) if key else None
    if value is None:
        return MappingProxyType({})
    names: dict[int, str] = {}
    for code, name in value.pairs():
        names[
            code.integer(0 if kind is Kind.FLAGS else -(2**31), 63 if key == "bits" else 2**32)
        ] = name.text()
    return MappingProxyType(names)


def _texts(section: Section, kind: Kind) -> Mapping[str, int]:
    value = section.get("texts") if kind is Kind.STATE else None
    if value is None:
        return MappingProxyType({})
    return MappingProxyType(
        {text.literal: code.integer(-(2**31), 2**32) for text, code in value.pairs()}
    )


def _ref_sign(section: Section, has_ref: bool) -> int:
    value = section.get("scale_ref_sign") if has_ref else None
    if value is None:
        return 1
    sign = value.integer(-1, 1)
    if sign == 0:
        value.fail("the sign of a scale reference is 1 or -1")
    return sign


def _raws(section: Section, key: str) -> frozenset[int | float | str]:
    value = section.get(key)
    return frozenset(_raw(item) for item in value.each()) if value else frozenset()


def _raw(item: Value) -> int | float | str:
    if type(item.plain) in (int, float):
        number = item.number()
        return int(number) if number.denominator == 1 else float(number)
    return item.text()


def _range(section: Section, key: str) -> tuple[float, float] | None:
    value = section.get(key)
    if value is None:
        return None
    ends = [float(item.number()) for item in value.each()]
    if len(ends) != 2 or ends[0] > ends[1]:
        value.fail("a range is two numbers, the smaller first")
    return ends[0], ends[1]


def _rollover(section: Section, kind: Kind) -> int | None:
    value = section.get("rollover") if kind is Kind.COUNTER else None
    return value.integer(2, 2**64) if value else None


def _bits(section: Section, kind: Kind) -> Bits:
    value = section.get("encoding") if kind is Kind.FLAGS else None
    return value.choice(Bits) if value else Bits.INTEGER
