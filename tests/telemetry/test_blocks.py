"""Rules 1-3: few reads, nothing cut, limits held."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from telemetry.blocks import Limits, Span, pack

_SIZES = st.sampled_from([1, 1, 1, 2, 2, 4, 8])


@st.composite
def _spans(draw: st.DrawFn) -> list[Span]:
    """Values in order, with holes of 0 to 30 between them."""
    spans, at = [], draw(st.integers(0, 500))
    for _ in range(draw(st.integers(1, 60))):
        size = draw(_SIZES)
        spans.append((at, at + size))
        at += size + draw(st.sampled_from([0, 0, 0, 1, 3, 8, 9, 30]))
    return spans


@given(
    _spans(),
    st.integers(8, 125),
    st.integers(0, 20),
    st.lists(st.integers(0, 1500), max_size=5),
    st.randoms(use_true_random=False),
)
def test_every_value_lies_whole_in_exactly_one_read_and_limits_hold(
    spans: list[Span], size: int, gap: int, barriers: list[int], random: object
) -> None:
    ties = [(spans[0][0], spans[-1][0]), (spans[len(spans) // 2][0], spans[0][0])]
    inside = {a for start, end in spans for a in range(start, end)}
    walls = tuple(sorted(b for b in set(barriers) if b not in inside))
    cuts = frozenset(start for start, _ in spans[::7])
    limits = Limits(size, gap, walls, cuts)
    blocks = pack(spans, ties, limits)
    assert blocks == sorted(blocks)
    assert blocks == pack(list(reversed(spans)), list(reversed(ties)), limits)
    for start, end in spans:
        assert sum(a <= start and end <= b for a, b in blocks) == 1
        assert sum(a < end and start < b for a, b in blocks) == 1
    for a, b in blocks:
        assert b - a <= size
        assert a in {start for start, _ in spans}
        assert b in {end for _, end in spans}
        assert not any(a <= wall < b for wall in walls)
        assert not any(a < cut < b for cut in cuts)
        values = sorted(s for s in spans if a <= s[0] < b)
        pairs = itertools.pairwise(values)
        assert all(right[0] - left[1] <= gap for left, right in pairs)


@given(_spans(), st.integers(8, 125), st.integers(0, 20))
def test_no_two_neighbouring_reads_could_have_been_one(
    spans: list[Span], size: int, gap: int
) -> None:
    blocks = pack(spans, [], Limits(size, gap))
    for (a, b), (c, _) in itertools.pairwise(blocks):
        first = next(end for start, end in spans if start == c)
        assert c - b > gap or first - a > size


def test_62_floats_fit_125_registers_and_the_63rd_starts_a_new_read() -> None:
    floats = [(2 * n, 2 * n + 2) for n in range(63)]
    assert pack(floats, [], Limits(125, 8)) == [(0, 124), (124, 126)]


def test_a_value_and_its_power_of_ten_stay_together_where_they_fit() -> None:
    spans = [(n, n + 1) for n in range(12)]
    assert pack(spans, [], Limits(10, 8)) == [(0, 10), (10, 12)]
    assert pack(spans, [(8, 11)], Limits(10, 8)) == [(0, 8), (8, 12)]
    assert pack(spans, [(11, 8)], Limits(10, 8)) == [(0, 8), (8, 12)]


def test_a_pair_too_far_apart_for_one_read_is_read_in_two() -> None:
    spans = [(n, n + 1) for n in range(12)]
    assert pack(spans, [(0, 11)], Limits(10, 8)) == [(0, 10), (10, 12)]


def test_old_plcs_are_asked_for_their_coils_from_zero() -> None:
    limits = Limits(2000, 16, from_zero=True)
    assert pack([(40, 41), (300, 301)], [], limits) == [(0, 301)]
    assert pack([(2500, 2501)], [], limits) == [(2500, 2501)]


def test_nothing_to_read_is_no_read() -> None:
    assert pack([], [], Limits(125, 8)) == []
    assert pack([], [], Limits(125, 8, from_zero=True)) == []


def test_a_value_longer_than_a_learned_limit_is_still_read_by_itself() -> None:
    assert pack([(0, 4), (4, 5)], [], Limits(2, 8)) == [(0, 4), (4, 5)]
