"""One raw value to a number with its quality, by rule 24 in full: sentinel and valid_raw, numeric,
power of ten, scale and offset, plausible range (also rules 23, 25; EN-15). Pure, never raises."""

import math
import re
from dataclasses import dataclass

from telemetry.points import PLAUSIBLE, Kind, Quantity
from telemetry.profiles.model import Bits, Meaning
from telemetry.sample import Quality, Raw
from telemetry.texts import clean_text

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
#: Beyond this no device scales; a power of ten outside is a broken register, not a size.
_LARGEST_POWER = 18
#: SunSpec's "no scale factor" (0x8000).
_NO_POWER = -32768
#: What a DS18B20 sends when its wire is cut (EN-15).
_BROKEN_WIRE_DEGC = -127.0


@dataclass(frozen=True, slots=True)
class Reading:
    """`value` is NaN where there is nothing; `raw` is what the device said, fit to be shown."""

    value: float
    quality: Quality
    raw: Raw


def interpret(meaning: Meaning, raw: object, power: object = None) -> Reading:
    """What a raw value means. `power` is the raw power of ten if the meaning has a scale_ref.

    Not available: a listed sentinel, a raw value outside valid_raw, a NaN, an empty text. Bad: no
    raw value, a listed fault, an infinity, a text that is no number, an impossible power of ten.
    Uncertain: a value outside the plausible range; it is kept.
    """
    shown = _shown(raw)
    if shown is None:
        return _nothing(raw)
    if _listed(shown, meaning.faults):
        return Reading(math.nan, Quality.BAD, shown)
    if _listed(shown, meaning.not_available):
        return Reading(math.nan, Quality.NOT_AVAILABLE, shown)
    if meaning.kind is Kind.IDENTITY:
        quality = Quality.NOT_AVAILABLE if shown == "" else Quality.GOOD
        return Reading(math.nan, quality, shown)
    number = _number(meaning, raw, shown)
    if number is None:
        return Reading(math.nan, Quality.NOT_AVAILABLE if shown == "" else Quality.BAD, shown)
    return _scaled(meaning, number, power, shown)


def plausible_range(meaning: Meaning) -> tuple[float, float] | None:
    """The range outside which a value is uncertain: the profile's, else the quantity's."""
    return meaning.plausible or PLAUSIBLE.get(meaning.quantity)


def scale_of(meaning: Meaning, power: object = None) -> tuple[float, float] | None:
    """Multiplier and divisor with the power of ten applied; None if that is missing or absurd."""
    if meaning.scale_ref is None:
        return meaning.multiply, meaning.divide
    if not isinstance(power, int) or abs(power) > _LARGEST_POWER:
        return None
    exponent = power * meaning.ref_sign
    return meaning.multiply * 10.0 ** max(exponent, 0), meaning.divide * 10.0 ** max(-exponent, 0)


def _scaled(meaning: Meaning, number: float, power: object, shown: Raw) -> Reading:
    if _listed(number, meaning.faults):
        return Reading(math.nan, Quality.BAD, shown)
    valid = meaning.valid_raw
    outside = valid is not None and not valid[0] <= number <= valid[1]
    if outside or _listed(number, meaning.not_available):
        return Reading(math.nan, Quality.NOT_AVAILABLE, shown)
    scale = scale_of(meaning, power)
    if scale is None:
        quality = Quality.NOT_AVAILABLE if power == _NO_POWER else Quality.BAD
        return Reading(math.nan, quality, shown)
    multiply, divide = scale
    value = number * multiply / divide + meaning.offset
    quality = _quality(meaning, value)
    return Reading(math.nan if quality is Quality.BAD else value, quality, shown)


def _quality(meaning: Meaning, value: float) -> Quality:
    if not math.isfinite(value):
        return Quality.BAD
    limits = plausible_range(meaning)
    if limits is None or limits[0] <= value <= limits[1]:
        return Quality.GOOD
    broken = meaning.quantity is Quantity.TEMPERATURE and value == _BROKEN_WIRE_DEGC
    return Quality.BAD if broken else Quality.UNCERTAIN


def _nothing(raw: object) -> Reading:
    """NaN is how a float says "none"; an infinity or a missing value is an error."""
    silent = isinstance(raw, float) and math.isnan(raw)
    return Reading(math.nan, Quality.NOT_AVAILABLE if silent else Quality.BAD, None)


def _shown(raw: object) -> Raw:
    """The raw value as it may leave: no NaN, no infinity, no bytes."""
    if isinstance(raw, bool) or raw is None:
        return None if raw is None else int(raw)
    if isinstance(raw, int):
        return raw
    if isinstance(raw, float):
        return raw if math.isfinite(raw) else None
    return clean_text(raw) if isinstance(raw, str | bytes | bytearray) else None


def _listed(value: Raw, listed: frozenset[int | float | str]) -> bool:
    return bool(listed) and value is not None and value in listed


def _number(meaning: Meaning, raw: object, shown: Raw) -> float | None:
    if meaning.bits is not Bits.INTEGER:
        return _flags(meaning.bits, raw)
    if isinstance(shown, str):
        code = meaning.texts.get(shown)
        return float(code) if code is not None else _spelt(shown)
    try:
        return None if shown is None else float(shown)
    except OverflowError:
        return None


def _spelt(text: str) -> float | None:
    """A number sent as text: "20.1"."""
    number = float(text) if _NUMBER.fullmatch(text) else None
    return number if number is not None and math.isfinite(number) else None


def _flags(bits: Bits, raw: object) -> float | None:
    """The integer whose bit n is flag n."""
    if bits is Bits.TEXT:
        text = clean_text(raw)
        return float(int(text[::-1], 2)) if text and set(text) <= {"0", "1"} else None
    octets = raw.encode("latin-1", "replace") if isinstance(raw, str) else raw
    if not isinstance(octets, bytes | bytearray):
        return None
    return float(sum(1 << n for n in range(8 * len(octets)) if octets[n // 8] & (0x80 >> n % 8)))
