"""The chunk codec gives back every bit, in few bytes, and knows a damaged chunk."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.errors import StoreError
from telemetry.stores.buckets import Numbers
from telemetry.stores.codec import Chunk, decode, decode_column, encode
from telemetry.stores.decimals import Scheme, decimal_schemes, to_ints
from tests.telemetry.stores.world import T0

ANY_FLOAT = st.floats(allow_nan=True, allow_infinity=True, width=64)
DECIMAL = st.integers(-(10**9), 10**9).map(lambda k: k / 100)
READ_AS_SINGLE = st.floats(width=32, allow_nan=False)
SCALED = st.integers(-(2**31), 2**31).map(lambda k: k * 0.1)


def chunk_of(*columns: list[float], quality: list[list[int]] | None = None) -> Chunk:
    numbers = np.array(columns, dtype=np.float64).T.copy()
    samples = len(numbers)
    codes = np.zeros(numbers.shape, np.uint8) if quality is None else np.array(quality, np.uint8).T
    at_ms = T0 + 30_000 * np.arange(samples, dtype=np.int64)
    return Chunk(at_ms, numbers, codes)


def same_bits(left: Numbers, right: Numbers) -> bool:
    """Equal to the bit, any NaN being equal to any NaN."""
    nan = np.isnan(left)
    equal = left.copy().view(np.int64) == right.copy().view(np.int64)
    return bool((np.isnan(right) == nan).all() and (equal | nan).all())


def assert_round_trip(chunk: Chunk) -> bytes:
    blob = encode(chunk)
    again = decode(blob)
    assert (again.at_ms == chunk.at_ms).all()
    assert (again.quality == chunk.quality).all()
    assert same_bits(again.numbers, chunk.numbers)
    for index in range(chunk.numbers.shape[1]):
        at_ms, numbers, quality = decode_column(blob, index)
        assert (at_ms == chunk.at_ms).all()
        assert same_bits(numbers, chunk.numbers[:, index])
        assert (quality == chunk.quality[:, index]).all()
    return blob


def scheme_of(column: list[float]) -> Scheme:
    numbers = np.array(column, dtype=np.float64)
    (decimal,) = decimal_schemes(numbers[None, :])
    return to_ints(numbers, decimal)[0]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_is_put_in_comes_out_to_the_bit(data: st.DataObject) -> None:
    samples = data.draw(st.integers(1, 40))
    cell = st.sampled_from(
        [ANY_FLOAT, DECIMAL, READ_AS_SINGLE, SCALED, DECIMAL | st.just(math.nan)]
    )
    kinds = data.draw(st.lists(cell, min_size=1, max_size=5))
    columns = [data.draw(st.lists(k, min_size=samples, max_size=samples)) for k in kinds]
    codes = st.lists(st.integers(0, 5), min_size=samples, max_size=samples)
    assert_round_trip(chunk_of(*columns, quality=[data.draw(codes) for _ in kinds]))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 2**46), min_size=1, max_size=50, unique=True).map(sorted))
def test_times_need_no_rhythm(times: list[int]) -> None:
    numbers, quality = np.zeros((len(times), 1)), np.zeros((len(times), 1), np.uint8)
    assert_round_trip(Chunk(np.array(times, np.int64), numbers, quality))


@pytest.mark.parametrize(
    ("column", "scheme"),
    [
        ([230.0, 231.0, 229.0], Scheme.DIVIDED),
        ([230.1, 231.25, 229.0], Scheme.DIVIDED),
        ([3 * 0.1, 7 * 0.1, 9 * 0.1], Scheme.MULTIPLIED),
        ([float(np.float32(230.1)), float(np.float32(49.98))], Scheme.SINGLE),
        ([1 / 3, 2 / 3] * 20, Scheme.TABLE),
        ([float(np.float32(math.pi)), float(np.float32(math.e))], Scheme.BITS_32),
        ([math.pi, math.e], Scheme.BITS_64),
        ([-0.0, 0.5], Scheme.BITS_32),
        ([math.inf, 1.0], Scheme.BITS_32),
        ([], Scheme.EMPTY),
    ],
)
def test_each_kind_of_number_takes_the_cheapest_form_that_keeps_it(
    column: list[float], scheme: Scheme
) -> None:
    assert scheme_of(column) is scheme


def test_a_counter_near_the_end_of_64_bits_survives() -> None:
    assert_round_trip(
        chunk_of([2.0**62, 2.0**63, 2.0**64, 1.0], [2.0**53, 2.0**53 + 2, 0, -(2.0**53)])
    )


def test_a_column_of_nothing_but_gaps_costs_next_to_nothing() -> None:
    full = encode(chunk_of([20.5] * 1000))
    both = assert_round_trip(chunk_of([20.5] * 1000, [math.nan] * 1000))
    assert len(both) - len(full) < 40


def test_gaps_cost_a_bit_and_not_the_decimals() -> None:
    noise = np.random.default_rng(7)
    whole = np.round(230 + noise.normal(0, 0.5, 1200), 1)
    holed = whole.copy()
    holed[::10] = math.nan
    assert len(encode(chunk_of(list(holed)))) < len(encode(chunk_of(list(whole)))) + 1200 // 8


def test_quality_that_does_not_change_costs_no_plane() -> None:
    column = [float(n % 7) for n in range(1000)]
    steady = encode(chunk_of(column, quality=[[1] * 1000]))
    assert abs(len(steady) - len(encode(chunk_of(column)))) <= 4


def test_a_wide_chunk_is_read_column_by_column_across_its_groups() -> None:
    noise = np.random.default_rng(3)
    columns = [list(np.round(noise.normal(50, 20, 3000), 2)) for _ in range(12)]
    assert_round_trip(chunk_of(*columns))


@pytest.mark.parametrize("place", [0, 1, 5, 20, -1])
def test_a_flipped_byte_is_noticed(place: int) -> None:
    blob = bytearray(encode(chunk_of([1.0, 2.5, 3.0] * 40)))
    blob[place] ^= 0x40
    with pytest.raises(StoreError, match=r"damaged|not a chunk"):
        decode(bytes(blob))


@pytest.mark.parametrize("length", [0, 3, 12, 30])
def test_a_cut_chunk_is_noticed(length: int) -> None:
    blob = encode(chunk_of([1.0, 2.5, 3.0] * 40))
    with pytest.raises(StoreError, match=r"damaged|not a chunk"):
        decode_column(blob[:length], 0)
