"""From the units that device documents use to the units of `telemetry.points` (UN-01, UN-02)."""

from fractions import Fraction

from telemetry.points import UNITS, Quantity

#: Unit in a document -> unit kept -> (factor, offset): kept = document x factor + offset.
_TO: dict[str, dict[str, tuple[Fraction, Fraction]]] = {}

_NO_OFFSET = Fraction(0)


def _same(*units: str) -> None:
    for unit in units:
        _TO.setdefault(unit, {})[unit] = (Fraction(1), _NO_OFFSET)


def _times(
    unit: str, kept: str, factor: Fraction | int | str, offset: Fraction = _NO_OFFSET
) -> None:
    _TO.setdefault(unit, {})[kept] = (Fraction(factor), offset)


_same("W", "VA", "var", "A", "V", "Hz", "Wh", "VAh", "varh", "%", "s", "degC", "Pa", "m3/s")
_same("L/s", "L", "ohm", "rpm", "ppm", "1")
for _unit in ("W", "VA", "var", "Wh", "VAh", "varh", "V", "A", "ohm"):
    _times(f"k{_unit}", _unit, 1000)
    _times(f"M{_unit}", _unit, 1_000_000)
    _times(f"m{_unit}", _unit, Fraction(1, 1000))
_times("%RH", "%", 1)
_times("fraction", "%", 100)
_times("degF", "degC", Fraction(5, 9), Fraction(-160, 9))
_times("K", "degC", 1, Fraction("-273.15"))
_times("ms", "s", Fraction(1, 1000))
_times("cs", "s", Fraction(1, 100))
_times("min", "s", 60)
_times("h", "s", 3600)
_times("d", "s", 86_400)
for _unit, _factor in (("hPa", "100"), ("kPa", "1000"), ("mbar", "100"), ("bar", "100000")):
    _times(_unit, "Pa", _factor)
_times("psi", "Pa", "6894.757293168")
_times("inH2O", "Pa", "249.089")
_times("m3/h", "m3/s", Fraction(1, 3600))
_times("CFM", "m3/s", "0.0004719474432")
_times("L/s", "m3/s", Fraction(1, 1000))
for _litre in ("L", "l"):
    _times(f"{_litre}/min", "L/s", Fraction(1, 60))
    _times(f"{_litre}/h", "L/s", Fraction(1, 3600))
_times("l/s", "L/s", 1)
_times("l/s", "m3/s", Fraction(1, 1000))
_times("l", "L", 1)
_times("m3/h", "L/s", Fraction(1000, 3600))
_times("gpm", "L/s", Fraction("3.785411784") / 60)
_times("gal", "L", "3.785411784")
_times("m3", "L", 1000)


def conversion(quantity: Quantity, unit: str) -> tuple[str, Fraction, Fraction] | None:
    """(kept unit, factor, offset) for a document's unit, or None if the two do not go together."""
    for kept in UNITS[quantity]:
        found = _TO.get(unit, {}).get(kept)
        if found is not None:
            return kept, *found
    return None


def accepted(quantity: Quantity) -> list[str]:
    """The document units that this quantity can be given in, for error messages."""
    return [unit for unit, kept in _TO.items() if any(u in kept for u in UNITS[quantity])]
