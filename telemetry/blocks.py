"""Packs register spans into few reads (rules 1-3). Pure and deterministic."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: A value's registers: the first address and the first after it.
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one read may span: `size` addresses at most, holes up to `gap`; never across a
    `barrier` address; a block must start at each of `cuts`; `from_zero` lets it start at 0."""

    size: int
    gap: int
    barriers: tuple[int, ...] = ()
    cuts: frozenset[int] = frozenset()
    from_zero: bool = False


def pack(spans: Iterable[Span], ties: Iterable[Span], limits: Limits) -> list[Span]:
    """The reads that cover every span whole, in order of address.

    `ties` are pairs of span starts that should come in one read (a value and its power of ten)
    if they fit. A span longer than `limits.size` is read by itself.
    """
    ordered = sorted(set(spans))
    pairs = sorted({(min(tie), max(tie)) for tie in ties})
    first: list[Span] = []
    if limits.from_zero and ordered and ordered[0][1] <= limits.size:
        early = [span for span in ordered if span[1] <= limits.size]
        first, ordered = [(0, early[-1][1])], ordered[len(early) :]
    runs = _runs(ordered, limits)
    return first + [_hull(part) for run in runs for part in _portions(run, pairs, limits)]


def _hull(group: Sequence[Span]) -> Span:
    return group[0][0], group[-1][1]


def _runs(spans: Sequence[Span], limits: Limits) -> list[list[Span]]:
    """Cuts where nothing may be read across."""
    runs: list[list[Span]] = []
    for span in spans:
        if runs and _joins(runs[-1][-1], span, limits):
            runs[-1].append(span)
        else:
            runs.append([span])
    return runs


def _joins(last: Span, span: Span, limits: Limits) -> bool:
    hole = (last[1], span[0])
    if span[0] in limits.cuts or hole[1] - hole[0] > limits.gap:
        return False
    at = bisect_left(limits.barriers, hole[0])
    return at == len(limits.barriers) or limits.barriers[at] >= hole[1]


def _portions(run: list[Span], ties: Sequence[Span], limits: Limits) -> list[list[Span]]:
    """Cuts a run that is too long, at the last place that fits and parts no tied pair."""
    portions: list[list[Span]] = []
    while run:
        fit = 1
        while fit < len(run) and run[fit][1] - run[0][0] <= limits.size:
            fit += 1
        cut = fit if fit == len(run) else _kind_cut(run, fit, ties, limits.size)
        portions.append(run[:cut])
        run = run[cut:]
    return portions


def _kind_cut(run: Sequence[Span], fit: int, ties: Sequence[Span], size: int) -> int:
    ends = dict(run)
    held = [
        (low, high)
        for low, high in ties
        if low >= run[0][0] and high in ends and low in ends and ends[high] - low <= size
    ]
    for cut in range(fit, 0, -1):
        if not any(low < run[cut][0] <= high for low, high in held):
            return cut
    return fit
