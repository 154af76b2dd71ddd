"""Rule 24 in full on one value, rule 25, EN-15."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.interpret import interpret
from telemetry.points import Quantity
from telemetry.profiles.model import Bits, Meaning
from telemetry.sample import Quality
from tests.telemetry.made import meaning


def _pair(what: Meaning, raw: object, power: object = None) -> tuple[float | None, Quality]:
    reading = interpret(what, raw, power)
    return (None if math.isnan(reading.value) else reading.value), reading.quality


def test_a_plain_number_is_scaled_without_binary_dust() -> None:
    tenth = meaning(Quantity.VOLTAGE, divide=10.0)
    assert _pair(tenth, 3) == (0.3, Quality.GOOD)
    assert _pair(tenth, 2331) == (233.1, Quality.GOOD)


def test_the_sentinel_is_looked_for_before_scaling() -> None:
    what = meaning(Quantity.CURRENT, divide=10.0, not_available=frozenset({-32768, 327.67}))
    assert _pair(what, -32768) == (None, Quality.NOT_AVAILABLE)
    assert interpret(what, -32768).raw == -32768
    assert _pair(what, 32767) == (3276.7, Quality.GOOD)


def test_raw_outside_the_valid_range_is_not_available() -> None:
    what = meaning(Quantity.TEMPERATURE, divide=32.0, offset=-273.0, valid_raw=(0, 0xFAFF))
    assert _pair(what, 0xFB00) == (None, Quality.NOT_AVAILABLE)
    assert _pair(what, 9440) == (22.0, Quality.GOOD)


def test_nan_is_not_available_and_an_infinity_is_bad() -> None:
    assert _pair(meaning(), math.nan) == (None, Quality.NOT_AVAILABLE)
    assert _pair(meaning(), math.inf) == (None, Quality.BAD)
    assert interpret(meaning(), math.nan).raw is None
    assert interpret(meaning(), -math.inf).raw is None


def test_a_missing_value_is_bad_and_never_zero() -> None:
    assert _pair(meaning(), None) == (None, Quality.BAD)
    assert interpret(meaning(), None).raw is None


def test_what_cannot_be_is_uncertain_and_keeps_its_value() -> None:
    assert _pair(meaning(Quantity.FREQUENCY), 650.5) == (650.5, Quality.UNCERTAIN)
    assert _pair(meaning(Quantity.HUMIDITY), 110) == (110.0, Quality.UNCERTAIN)
    assert _pair(meaning(Quantity.POWER_FACTOR), -1) == (-1.0, Quality.GOOD)
    narrow = meaning(Quantity.VOLTAGE, plausible=(90.0, 700.0))
    assert _pair(narrow, 89.9) == (89.9, Quality.UNCERTAIN)


def test_fault_codes_of_sensors_are_bad() -> None:
    assert _pair(meaning(Quantity.TEMPERATURE), -127) == (None, Quality.BAD)
    listed = meaning(Quantity.TEMPERATURE, faults=frozenset({999}))
    assert _pair(listed, 999) == (None, Quality.BAD)


@pytest.mark.parametrize(
    ("power", "sign", "expected"),
    [
        (-2, 1, (12.34, Quality.GOOD)),
        (1, 1, (12340.0, Quality.GOOD)),
        (2, -1, (12.34, Quality.GOOD)),
        (0, 1, (1234.0, Quality.GOOD)),
        (None, 1, (None, Quality.BAD)),
        (300, 1, (None, Quality.BAD)),
        (-32768, 1, (None, Quality.NOT_AVAILABLE)),
        ("x", 1, (None, Quality.BAD)),
    ],
)
def test_the_power_of_ten_comes_after_the_sentinel_and_may_be_missing(
    power: object, sign: int, expected: tuple[float | None, Quality]
) -> None:
    what = meaning(Quantity.CURRENT, scale_ref="sf", ref_sign=sign)
    assert _pair(what, 1234, power) == expected


def test_numbers_come_as_text_too() -> None:
    what = meaning(Quantity.TEMPERATURE, not_available=frozenset({-99, "n/a"}))
    assert _pair(what, "20.1") == (20.1, Quality.GOOD)
    assert _pair(what, b" 20.5\x00") == (20.5, Quality.GOOD)
    assert _pair(what, "-99") == (None, Quality.NOT_AVAILABLE)
    assert _pair(what, "n/a") == (None, Quality.NOT_AVAILABLE)
    assert _pair(what, "") == (None, Quality.NOT_AVAILABLE)
    for no_number in ("warm", "1_000", "nan", "inf", "1e999", "0x10", "٣"):
        assert _pair(what, no_number) == (None, Quality.BAD), no_number


def test_states_keep_their_code_known_or_not() -> None:
    what = meaning(Quantity.STATE, names={1: "on"}, texts={"no-smoke": 0})
    assert _pair(what, 1) == (1.0, Quality.GOOD)
    assert _pair(what, 17) == (17.0, Quality.GOOD)
    assert _pair(what, "no-smoke") == (0.0, Quality.GOOD)
    assert _pair(what, "2") == (2.0, Quality.GOOD)
    assert _pair(what, "fire") == (None, Quality.BAD)


def test_flags_come_as_octets_or_as_text_of_bits() -> None:
    octets = meaning(Quantity.FLAGS, bits=Bits.OCTETS)
    assert _pair(octets, b"\x80\x01") == (float(1 << 0 | 1 << 15), Quality.GOOD)
    assert _pair(octets, "\x40") == (2.0, Quality.GOOD)
    text = meaning(Quantity.FLAGS, bits=Bits.TEXT)
    assert _pair(text, "0101") == (10.0, Quality.GOOD)
    assert _pair(text, "01x1") == (None, Quality.BAD)
    assert _pair(octets, 5) == (None, Quality.BAD)


def test_an_identity_is_its_text() -> None:
    what = meaning(Quantity.IDENTITY)
    reading = interpret(what, b"ZT123\x00\x00")
    assert (reading.raw, reading.quality) == ("ZT123", Quality.GOOD)
    assert math.isnan(reading.value)
    assert interpret(what, "").quality is Quality.NOT_AVAILABLE
    assert interpret(what, 15270).raw == 15270


_RAWS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.binary(max_size=30),
)


@given(
    st.sampled_from(list(Quantity)),
    _RAWS,
    _RAWS,
    st.sampled_from([1.0, 1000.0, 1e300]),
    st.sampled_from([None, "sf"]),
    st.sampled_from(list(Bits)),
)
def test_nothing_a_device_says_breaks_the_rule_or_lets_an_infinity_out(
    quantity: Quantity,
    raw: object,
    power: object,
    multiply: float,
    ref: str | None,
    bits: Bits,
) -> None:
    what = meaning(quantity, multiply=multiply, scale_ref=ref, bits=bits)
    reading = interpret(what, raw, power)
    assert not math.isinf(reading.value)
    assert not isinstance(reading.raw, float) or math.isfinite(reading.raw)
    if quantity is not Quantity.IDENTITY and reading.quality in (Quality.GOOD, Quality.UNCERTAIN):
        assert math.isfinite(reading.value)
