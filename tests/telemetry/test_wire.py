"""Rule 23: how values lie in registers, with fuzzing."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.decode import Decoder, Read
from telemetry.profiles.model import Cell, WireType, WordOrder
from telemetry.sample import Quality, Raw
from telemetry.transports.base import Answer, ModbusRead
from tests.telemetry.made import bound_point, cell, meaning, plan_of


def raw_of(place: Cell, words: tuple[int, ...], **means: object) -> Raw:
    """The raw value of a cell at the start of a block."""
    read = ModbusRead(1, place.fc, place.address, len(words))
    point = bound_point("p.count", place, meaning(**means))  # type: ignore[arg-type]
    block = Decoder(plan_of([point], [read])).block([Read(read, Answer(1, words=words))], 0)
    return block.raw[0]


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (WordOrder.ABCD, (0x0102, 0x0304)),
        (WordOrder.CDAB, (0x0304, 0x0102)),
        (WordOrder.BADC, (0x0201, 0x0403)),
        (WordOrder.DCBA, (0x0403, 0x0201)),
    ],
)
def test_the_four_orders_of_32_bits(order: WordOrder, words: tuple[int, ...]) -> None:
    assert raw_of(cell(0, WireType.UINT32, order=order), words) == 0x01020304


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (WordOrder.ABCD, (0x0102, 0x0304, 0x0506, 0x0708)),
        (WordOrder.CDAB, (0x0708, 0x0506, 0x0304, 0x0102)),
        (WordOrder.BADC, (0x0201, 0x0403, 0x0605, 0x0807)),
        (WordOrder.DCBA, (0x0807, 0x0605, 0x0403, 0x0201)),
    ],
)
def test_the_four_orders_of_64_bits(order: WordOrder, words: tuple[int, ...]) -> None:
    assert raw_of(cell(0, WireType.INT64, order=order), words) == 0x0102030405060708


_CODES = {
    WireType.UINT16: "H",
    WireType.INT16: "h",
    WireType.UINT32: "I",
    WireType.INT32: "i",
    WireType.UINT64: "Q",
    WireType.INT64: "q",
}


@given(st.sampled_from(sorted(_CODES)), st.data())
def test_every_integer_comes_back_as_it_was_sent(kind: WireType, data: st.DataObject) -> None:
    size = struct.calcsize(_CODES[kind]) * 8
    signed = kind.value.startswith("int")
    low, high = (-(2 ** (size - 1)), 2 ** (size - 1) - 1) if signed else (0, 2**size - 1)
    number = data.draw(st.integers(low, high))
    octets = struct.pack(f">{_CODES[kind]}", number)
    words = struct.unpack(f">{len(octets) // 2}H", octets)
    assert raw_of(cell(0, kind), words) == number


def test_floats_of_both_sizes() -> None:
    half, minus = struct.pack(">f", 0.5), struct.pack(">d", -1e300)
    assert raw_of(cell(0, WireType.FLOAT32), struct.unpack(">2H", half)) == 0.5
    assert raw_of(cell(0, WireType.FLOAT64), struct.unpack(">4H", minus)) == -1e300


def test_bcd_and_decimal_registers() -> None:
    assert raw_of(cell(0, WireType.BCD16), (0x1234,)) == 1234
    assert raw_of(cell(0, WireType.BCD32), (0x0012, 0x3456)) == 123456
    assert raw_of(cell(0, WireType.BCD16), (0x12A4,)) is None
    assert raw_of(cell(0, WireType.MOD10, count=2), (12, 3456)) == 123456
    assert raw_of(cell(0, WireType.MOD10, count=3), (1, 0, 2)) == 100000002
    assert raw_of(cell(0, WireType.MOD10, count=2, digits=3), (7, 999)) == 7999
    assert raw_of(cell(0, WireType.MOD10, count=2), (1, 10_000)) is None
    little = cell(0, WireType.MOD10, count=2, order=WordOrder.CDAB)
    assert raw_of(little, (3456, 12)) == 123456


def test_bits_of_a_register_are_shifted_down() -> None:
    assert raw_of(cell(0, mask=1 << 15), (0x8000,)) == 1
    assert raw_of(cell(0, mask=1 << 15), (0x7FFF,)) == 0
    assert raw_of(cell(0, mask=0x0FF0), (0x1234,)) == 0x23


def test_coils_are_words_of_0_or_1() -> None:
    assert raw_of(cell(1, WireType.BIT), (1, 0)) == 1


@pytest.mark.parametrize(
    ("words", "more", "text"),
    [
        ((0x4142, 0x4300), {}, "ABC"),
        ((0x4241, 0x0043), {"swapped": True}, "ABC"),
        ((0x0041, 0x0042, 0x0043), {"wide": True}, "ABC"),
        ((0x2041, 0x2020), {}, "A"),
        ((0x4100, 0x4242), {}, "A"),
        ((0xFFFF, 0xFFFF), {}, ""),
        ((0x41B0, 0x0000), {}, "A°"),
    ],
)
def test_texts_are_unpadded(words: tuple[int, ...], more: dict[str, bool], text: str) -> None:
    place = cell(0, WireType.STRING, count=len(words), **more)
    from_device = raw_of(place, words, quantity="identity")
    assert from_device == text


@given(
    st.sampled_from(sorted(WireType)),
    st.sampled_from(sorted(WordOrder)),
    st.lists(st.integers(0, 0xFFFF), min_size=4, max_size=4),
    st.booleans(),
)
def test_no_registers_whatever_can_break_a_decoder(
    kind: WireType, order: WordOrder, words: list[int], odd: bool
) -> None:
    place = cell(
        0, kind, order=order, **({"mask": 0x30} if kind is WireType.UINT16 and odd else {})
    )
    read = ModbusRead(1, place.fc, 0, 4)
    made = plan_of([bound_point("p.count", place)], [read])
    block = Decoder(made).block([Read(read, Answer(1, words=tuple(words)))], 0)
    good = block.quality[0] in (Quality.GOOD, Quality.UNCERTAIN)
    assert good == (block.values[0] == block.values[0])
    assert abs(block.values[0]) != float("inf")
