"""Encoding is decoding backwards: for every type, order, scale and way to say nothing."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.emulator.device import DeviceSpec, build, usual_powers
from telemetry.emulator.encode import SNMP_WIRE, Wire, absent, raw_of, resolution
from telemetry.emulator.modbus_device import manners_of, register_image
from telemetry.emulator.registers import ModbusError
from telemetry.emulator.words import silent_words, wire_of, words_of
from telemetry.gather import _from_image
from telemetry.interpret import interpret
from telemetry.points import Kind, Quantity
from telemetry.profiles.model import Bits, Cell, GapRead, Meaning, WireType, WordOrder
from telemetry.sample import Quality
from telemetry.wire import finish_of
from tests.telemetry.emulator.reading import every_profile

PROFILES = every_profile()
COUNTS = {"16": 1, "32": 2, "64": 4}
ORDERS = st.sampled_from(list(WordOrder))
WHOLE = [t for t in WireType if t.value.startswith(("uint", "int", "bcd"))]
POWER = Meaning(Quantity.ACTIVE_POWER, "W", Kind.GAUGE)
STATE = Meaning(Quantity.STATE, "", Kind.STATE, names={1: "on", 2: "off"})
FLAGS = Meaning(Quantity.FLAGS, "", Kind.FLAGS, names={0: "fan", 9: "filter"})


def cell_of(kind: WireType, order: WordOrder = WordOrder.ABCD, mask: int | None = None) -> Cell:
    return Cell(3, 0, COUNTS[kind.value[-2:]], kind, order, mask)


def decoded(cell: Cell, words: tuple[int, ...]) -> object:
    """The raw value as the product's own gather sees it."""
    raw = _from_image(cell, {(3, n): word for n, word in enumerate(words)})
    finish = finish_of(cell)
    return finish(raw) if finish else raw


@given(st.data(), st.sampled_from(WHOLE), ORDERS)
def test_every_whole_number_that_a_type_holds_comes_back(
    data: st.DataObject, kind: WireType, order: WordOrder
) -> None:
    cell = cell_of(kind, order)
    wire = wire_of(cell)
    number = data.draw(st.integers(int(wire.low), int(wire.high)))
    assert decoded(cell, words_of(cell, number)) == number


@given(st.floats(allow_infinity=False, width=32), ORDERS)
def test_every_float_comes_back_and_a_nan_stays_one(number: float, order: WordOrder) -> None:
    for kind in (WireType.FLOAT32, WireType.FLOAT64):
        cell = cell_of(kind, order)
        got = decoded(cell, words_of(cell, number))
        assert got == number or (isinstance(got, float) and math.isnan(got) and math.isnan(number))


@given(st.integers(0, 10**12 - 1))
def test_decimal_digits_over_registers_come_back(number: int) -> None:
    cell = Cell(3, 0, 3, WireType.MOD10, digits=4)
    assert decoded(cell, words_of(cell, number)) == number


@given(st.integers(1, 2**16 - 1), st.integers(0, 2**16 - 1))
def test_masked_bits_come_back_and_touch_no_others(mask: int, value: int) -> None:
    cell = cell_of(WireType.UINT16, mask=mask)
    words = words_of(cell, value)
    assert words[0] & ~mask == 0
    shifted = mask // (mask & -mask)
    assert decoded(cell, words) == value & shifted


@given(st.text(st.characters(codec="ascii", categories=("L", "N")), max_size=8), st.booleans())
def test_text_comes_back_as_far_as_it_fits(text: str, swapped: bool) -> None:
    cell = Cell(3, 0, 4, WireType.STRING, swapped=swapped)
    assert decoded(cell, words_of(cell, text)) == text
    wide = Cell(3, 0, 4, WireType.STRING, wide=True)
    assert decoded(wide, words_of(wide, text)) == text[:4]


@given(st.floats(-1e6, 1e6), st.sampled_from([1.0, 10.0, 100.0, 1000.0]), st.integers(-3, 3))
def test_a_scaled_value_comes_back_within_half_a_step(
    value: float, divide: float, power: int
) -> None:
    meaning = replace(POWER, divide=divide, offset=-40.0, scale_ref="factor", ref_sign=-1)
    wire = Wire(-(2**53), 2**53)
    raw = raw_of(meaning, value, wire, power)
    step = resolution(meaning, wire, power)
    reading = interpret(meaning, raw, power)
    assert abs(reading.value - value) <= step / 2 + 1e-6


@pytest.mark.parametrize(
    ("given_meaning", "wire", "said"),
    [
        ({"not_available": frozenset({0xFFFF})}, Wire(0, 0xFFFF), 0xFFFF),
        ({"not_available": frozenset({0xFFFF})}, Wire(-32768, 32767), None),
        ({"not_available": frozenset({"N/A"})}, SNMP_WIRE, "N/A"),
        ({"faults": frozenset({-999})}, SNMP_WIRE, -999),
        ({"valid_raw": (0, 4000)}, Wire(0, 0xFFFF), 4001),
        ({"valid_raw": (1, 0xFFFF)}, Wire(0, 0xFFFF), 0),
        ({"valid_raw": (0, 0xFFFF)}, Wire(0, 0xFFFF), None),
        ({}, SNMP_WIRE, None),
        ({}, replace(SNMP_WIRE, spelt=True), ""),
    ],
)
def test_no_value_is_a_sentinel_that_the_line_can_carry(
    given_meaning: dict[str, object], wire: Wire, said: object
) -> None:
    meaning = replace(POWER, **given_meaning)  # type: ignore[arg-type]
    assert absent(meaning, wire) == said
    assert raw_of(meaning, None, wire) == said == raw_of(meaning, math.nan, wire)
    if said is not None:
        assert interpret(meaning, said).quality in (Quality.NOT_AVAILABLE, Quality.BAD)


def test_a_float_without_a_sentinel_says_nan() -> None:
    said = absent(POWER, wire_of(cell_of(WireType.FLOAT32)))
    assert isinstance(said, float) and math.isnan(said)


@pytest.mark.parametrize("kind", [WireType.UINT16, WireType.INT16, WireType.INT32, WireType.UINT32])
def test_registers_without_any_sentinel_hold_what_nobody_takes_for_a_temperature(
    kind: WireType,
) -> None:
    cell = cell_of(kind)
    raw = decoded(cell, silent_words(cell))
    meaning = Meaning(Quantity.TEMPERATURE, "degC", Kind.GAUGE, divide=10.0)
    assert interpret(meaning, raw).quality is Quality.UNCERTAIN


@pytest.mark.parametrize(
    ("bits", "raw"),
    [(Bits.INTEGER, 0x201), (Bits.TEXT, "1000000001"), (Bits.OCTETS, b"\x80\x40")],
)
def test_flags_go_as_a_number_as_text_or_as_octets(bits: Bits, raw: object) -> None:
    meaning = replace(FLAGS, bits=bits)
    assert raw_of(meaning, ["fan", "filter"], SNMP_WIRE) == raw
    assert raw_of(meaning, 0x201, SNMP_WIRE) == raw
    assert interpret(meaning, raw).value == 0x201


def test_a_value_of_the_wrong_sort_is_refused() -> None:
    with pytest.raises(TypeError, match="active_power takes a number, not 'much'"):
        raw_of(POWER, "much", SNMP_WIRE)
    with pytest.raises(KeyError, match="no state 'asleep' among on, off"):
        raw_of(STATE, "asleep", SNMP_WIRE)


def test_powers_of_ten_leave_room_for_the_largest_believable_value() -> None:
    powers = usual_powers(PROFILES["schneider-bcpme"])
    assert len(powers) == 3 * 42
    # 250 kW in an int16 of kW: tens of watts (0.01 kW) fit, watts do not.
    assert powers["circuit_1.power_sf"] == -2
    assert usual_powers(PROFILES["odd-snmp"]) == {"digits": 3}


def test_a_register_image_has_the_manners_of_its_family() -> None:
    profile = PROFILES["odd-modbus"]
    strict = manners_of(profile)
    assert (strict.holes, strict.cut_values, strict.max_words) == ("error", "refuse", 40)
    rules = replace(profile.modbus, gap_read=GapRead.ZEROS)
    lenient = manners_of(replace(profile, modbus=rules))
    assert (lenient.holes, lenient.cut_values) == ("zeros", "serve")


def test_words_are_shown_under_other_functions_where_the_family_does_so() -> None:
    profile = PROFILES["odd-modbus"]
    rules = replace(profile.modbus, also_fc=(4,))
    image = build(DeviceSpec(replace(profile, modbus=rules)), clock=lambda: 1.0).image
    assert image is not None
    assert image.read(3, 100, 2) == image.read(4, 100, 2)
    # fc 4 at 160 is a point of its own, not the state that fc 3 has there.
    assert image.read(4, 160, 1) != image.read(3, 160, 1)


def test_bits_can_be_read_from_zero_where_the_family_is_read_so() -> None:
    profile = PROFILES["odd-modbus"]
    values = {p.id: 1 for p in DeviceSpec(profile).points()}
    plain = register_image(profile, values.__getitem__)
    with pytest.raises(ModbusError, match="exception 2"):
        plain.read(1, 0, 6)
    rules = replace(profile.modbus, bits_from_zero=True)
    padded = register_image(replace(profile, modbus=rules), values.__getitem__)
    assert padded.read(1, 0, 6) == [0, 0, 0, 0, 0, 1]


def test_what_a_device_shows_by_itself_is_the_same_in_every_run() -> None:
    spec = DeviceSpec(PROFILES["odd-modbus"])
    images = [build(spec, clock=lambda: 77.0).image for _ in range(2)]
    first, second = (image.read(3, 100, 8) for image in images if image)
    assert first == second
    later = build(spec, clock=lambda: 300.0).image
    assert later is not None and later.read(3, 100, 8) != first
