"""From a value in SI units to what a device would say: decode, backwards. Pure.

A state is given by name or code, flags by names or as an integer, an identity as text; None means
"the device has no value for this" and becomes the profile's own sentinel.
"""

import math
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from telemetry.points import Kind
from telemetry.profiles.model import Bits, Meaning

Value = float | int | str | Sequence[str] | None
Raw = int | float | str | bytes


@dataclass(frozen=True, slots=True)
class Wire:
    """What the line can carry: whole numbers from low to high, or floats; `text` where the device
    may send text, `spelt` where it sends numbers as text."""

    low: float
    high: float
    whole: bool = True
    text: bool = False
    spelt: bool = False


SNMP_WIRE = Wire(-(2**31), 2**31 - 1, text=True)
SNMP_COUNTER_WIRE = Wire(0, 2**64 - 1, text=True)


def raw_of(meaning: Meaning, value: Value, wire: Wire, power: int = 0) -> Raw | None:
    """The raw value; `power` is the power of ten of its scale_ref. None: no way to say it."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return absent(meaning, wire)
    if meaning.kind is Kind.IDENTITY:
        return _identity(value, wire)
    if meaning.kind is Kind.STATE:
        return _state(meaning, value, wire)
    if meaning.kind is Kind.FLAGS:
        return _flags(meaning, value)
    if not isinstance(value, int | float):
        raise TypeError(f"{meaning.quantity.value} takes a number, not {value!r}")
    return _number(meaning, float(value), wire, power)


def absent(meaning: Meaning, wire: Wire) -> Raw | None:
    """How this device says that it has no value: a listed sentinel that the line can carry, a raw
    value outside valid_raw, a NaN. None where it has no way."""
    listed = sorted(meaning.not_available or meaning.faults, key=str)
    for sentinel in listed:
        if isinstance(sentinel, str):
            if wire.text:
                return sentinel
        elif wire.low <= sentinel <= wire.high and (not wire.whole or sentinel == int(sentinel)):
            return int(sentinel) if wire.whole else sentinel
    if meaning.valid_raw is not None:
        lowest, highest = meaning.valid_raw
        outside = [x for x in (math.floor(lowest) - 1, math.ceil(highest) + 1, wire.high)
                   if wire.low <= x <= wire.high and not lowest <= x <= highest]  # fmt: skip
        if outside:
            return int(outside[0])
    if wire.text and (wire.spelt or meaning.kind is Kind.IDENTITY):
        return ""
    return None if wire.whole else math.nan


def code_of(meaning: Meaning, value: Value) -> int:
    """The code of a state given by name or code. KeyError names the state it does not have."""
    if isinstance(value, str):
        for code, name in meaning.names.items():
            if name == value:
                return code
        raise KeyError(f"no state {value!r} among {', '.join(meaning.names.values())}")
    return int(value) if isinstance(value, int | float) else 0


def _identity(value: Value, wire: Wire) -> Raw:
    """Text; a number where the line carries only numbers (its own digits, or a checksum)."""
    text = str(value)
    if wire.text:
        return text
    return (int(text) if text.isdecimal() else zlib.crc32(text.encode())) % int(wire.high + 1)


def _state(meaning: Meaning, value: Value, wire: Wire) -> Raw:
    code = code_of(meaning, value)
    if meaning.texts and wire.text:
        return next((text for text, named in meaning.texts.items() if named == code), str(code))
    return code


def _flags(meaning: Meaning, value: Value) -> Raw:
    number = value if isinstance(value, int) else _bits(meaning, value)
    if meaning.bits is Bits.INTEGER:
        return number
    width = max([*meaning.names, number.bit_length() - 1, 0]) + 1
    bits = "".join("01"[number >> n & 1] for n in range(width))
    if meaning.bits is Bits.TEXT:
        return bits
    bits += "0" * (-width % 8)
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))


def _bits(meaning: Meaning, value: Value) -> int:
    names = {name: bit for bit, name in meaning.names.items()}
    wanted = value if isinstance(value, Collection) and not isinstance(value, str) else ()
    return sum(1 << names[name] for name in set(wanted))


def _number(meaning: Meaning, value: float, wire: Wire, power: int) -> Raw:
    raw = (value - meaning.offset) * meaning.divide / meaning.multiply
    raw /= 10.0 ** (power * meaning.ref_sign) if meaning.scale_ref else 1.0
    if meaning.kind is Kind.COUNTER and wire.whole:
        return round(raw) % (meaning.rollover or int(wire.high) + 1)
    low, high = wire.low, wire.high
    if meaning.valid_raw is not None:
        low, high = max(low, meaning.valid_raw[0]), min(high, meaning.valid_raw[1])
    raw = min(max(raw, low), high)
    if _says_numbers_as_text(meaning, wire):
        return f"{raw:.1f}"
    return round(raw) if wire.whole else raw


def _says_numbers_as_text(meaning: Meaning, wire: Wire) -> bool:
    """A device whose "no value" is a text sends its numbers as text too."""
    return wire.spelt or (wire.text and any(isinstance(s, str) for s in meaning.not_available))


def resolution(meaning: Meaning, wire: Wire, power: int = 0) -> float:
    """The step between two values next to each other on the wire, in the unit of the meaning; 0
    for floats (which are exact to a relative 2^-24)."""
    if not wire.whole:
        return 0.0
    step = abs(meaning.multiply / meaning.divide)
    step *= 10.0 ** (power * meaning.ref_sign) if meaning.scale_ref else 1.0
    return step / 10 if _says_numbers_as_text(meaning, wire) else step
