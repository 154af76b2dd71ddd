"""A random life of a store, and the question whether two stores tell the same of it."""

import math
from dataclasses import replace

import pytest
from hypothesis import strategies as st

from telemetry.points import Kind, Point, PollClass, Quantity
from telemetry.sample import Block, Layout
from telemetry.stores.base import Bucket, Latest, SeriesQuery, Store
from tests.telemetry.stores.world import DAY, HOUR, MINUTE, NAN, T0, same


def _point(name: str) -> Point:
    return Point(name, name, Quantity.TEMPERATURE, "degC", Kind.GAUGE, f"fc4:{name}")


# Each poll class has points of its own, so that "last usable" has one meaning.
POINTS = {c: tuple(_point(f"{c.value}.{n}") for n in range(4)) for c in PollClass}
DEVICES = ("a", "b")
LAYOUTS = [
    Layout(device, poll_class, every_s, points)
    for device in DEVICES
    for poll_class in (PollClass.FAST, PollClass.NORMAL)
    for every_s in (10.0, 60.0)
    for points in (
        POINTS[poll_class][:3],
        POINTS[poll_class][1:],
        POINTS[poll_class][2::-1],
    )
]
#: Few, over two days, so that late blocks meet what was compacted before.
HOURS = (0, 1, 23)
FINITE = st.integers(-5000, 50000).map(lambda k: k / 10) | st.sampled_from([NAN, 0.0, 1 / 3])
NUMBERS = FINITE | st.just(math.inf)


@st.composite
def blocks(draw: st.DrawFn, numbers: st.SearchStrategy[float] = NUMBERS) -> Block:
    """A block of any layout in one of few hours; its raw follows from its place."""
    layout = draw(st.sampled_from(LAYOUTS))
    count = len(layout.points)
    hour, second = draw(st.sampled_from(HOURS)), draw(st.integers(0, 40))
    at_ms = T0 + hour * HOUR + second * 5000 + LAYOUTS.index(layout)
    values = tuple(draw(st.lists(numbers, min_size=count, max_size=count)))
    quality = bytes(draw(st.lists(st.integers(0, 5), min_size=count, max_size=count)))
    return Block(layout, at_ms, values, quality, tuple(range(count)))


QUERIES = st.builds(
    SeriesQuery,
    device=st.sampled_from([*DEVICES, "nobody"]),
    point=st.sampled_from([p.id for points in POINTS.values() for p in points]),
    start_ms=st.integers(T0, T0 + 250_000) | st.integers(T0 - HOUR, T0 + 2 * DAY),
    end_ms=st.integers(T0, T0 + 250_000) | st.integers(T0 - HOUR, T0 + 2 * DAY + HOUR),
    step_ms=st.sampled_from([1000, 7000, MINUTE, HOUR, DAY]),
)


def assert_same_latest(left: Store, right: Store) -> None:
    """Both know the same newest blocks and last usable numbers."""
    ours, theirs = left.latest(), right.latest()
    assert [_plain(latest) for latest in ours] == [_plain(latest) for latest in theirs]
    for mine, other in zip(ours, theirs, strict=True):
        assert same(mine.block.values, other.block.values)
        assert same(mine.last_values, other.last_values)


def assert_same_series(left: Store, right: Store, query: SeriesQuery) -> None:
    """Both draw the same chart, to the bucket."""
    assert [_about(b) for b in left.series(query)] == right.series(query)


def without_clashes(new: list[Block], told: list[Block]) -> list[Block]:
    """Without blocks of the same device, poll class and time as another: no collector makes two."""
    taken = {_identity(block) for block in told}
    fresh = []
    for block in new:
        if _identity(block) not in taken:
            taken.add(_identity(block))
            fresh.append(block)
    return fresh


def _identity(block: Block) -> tuple[str, PollClass, int]:
    return block.layout.device, block.layout.poll_class, block.at_ms


def _plain(latest: Latest) -> Latest:
    """Without numbers, which NaN keeps from being equal."""
    return replace(latest, block=replace(latest.block, values=()), last_values=())


def _about(bucket: Bucket) -> Bucket:
    mean, coverage = pytest.approx(bucket.mean), pytest.approx(bucket.coverage)
    return replace(bucket, mean=mean, coverage=coverage)
