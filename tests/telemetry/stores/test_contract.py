"""What every store must do. One set of tests for the twin, the embedded store and InfluxDB."""

from dataclasses import replace

import pytest

from telemetry.errors import StoreError
from telemetry.points import Kind, Point, PollClass, Quantity
from telemetry.sample import Block, Layout
from telemetry.stores.base import Bucket, Latest, SeriesQuery, Store
from tests.telemetry.stores.world import (
    BAD,
    CURRENT,
    DAY,
    ENERGY,
    GOOD,
    HOUR,
    MAINTENANCE,
    MINUTE,
    NAMEPLATE,
    NAN,
    NOT_AVAILABLE,
    PDU,
    POWER,
    SECOND,
    STALE,
    T0,
    UNCERTAIN,
    UPS,
    block,
    pdu,
    same,
)


def power(start_ms: int = T0, end_ms: int = T0 + HOUR, step_ms: int = MINUTE) -> SeriesQuery:
    return SeriesQuery("pdu-a-r07", "outlet.1.active_power", start_ms, end_ms, step_ms)


def only(store: Store, device: str = "pdu-a-r07") -> Latest:
    (found,) = store.latest([device])
    return found


def test_a_store_that_was_never_written_is_empty(store: Store) -> None:
    assert store.latest() == []
    assert store.latest(["pdu-a-r07"]) == []
    assert store.series(power()) == []


def test_what_was_written_is_the_latest_as_it_was(store: Store) -> None:
    said = block(UPS, T0, 5, 1234.5, quality=GOOD + UNCERTAIN, raw=(5, 12345))
    store.write([said])
    found = only(store, "ups-1")
    assert found.block == said
    assert found.last_values == (5.0, 1234.5)
    assert found.last_at_ms == (T0, T0)
    assert [s.value for s in found.block.samples()] == ["battery", 1234.5]


def test_texts_and_things_that_were_not_there_come_back_as_raw(store: Store) -> None:
    said = block(
        NAMEPLATE, T0, NAN, NAN, quality=GOOD + NOT_AVAILABLE, raw=("Serial, no=7 \\ü%20\n", None)
    )
    store.write([said])
    found = only(store, "ups-1").block
    assert same(found.values, (NAN, NAN))
    assert found.quality == GOOD + NOT_AVAILABLE
    assert found.raw == ("Serial, no=7 \\ü%20\n", None)


def test_a_text_that_changed_is_the_newer_one(store: Store) -> None:
    for minute, serial in enumerate(["A1", "B2", "", "A1"]):
        store.write([block(NAMEPLATE, T0 + minute * MINUTE, NAN, 1.0, raw=(serial, 1))])
        assert only(store, "ups-1").block.raw == (serial, 1)


def test_a_number_that_cannot_be_trusted_is_kept_but_is_not_the_last_usable(store: Store) -> None:
    store.write([pdu(T0, watts=345.0)])
    store.write([block(PDU, T0 + MINUTE, 1.5, 999.0, 12000, quality=GOOD + BAD + GOOD)])
    found = only(store)
    assert found.block.values == (1.5, 999.0, 12000.0)
    assert found.block.quality == GOOD + BAD + GOOD
    assert found.last_values == (1.5, 345.0, 12000.0)
    assert found.last_at_ms == (T0 + MINUTE, T0, T0 + MINUTE)


def test_a_device_that_fell_silent_keeps_its_last_usable_numbers(store: Store) -> None:
    store.write([pdu(T0)])
    for minute in range(1, 4):
        at_ms = T0 + minute * MINUTE
        store.write([block(PDU, at_ms, NAN, NAN, NAN, quality=NOT_AVAILABLE * 3)])
    found = only(store)
    assert found.block.at_ms == T0 + 3 * MINUTE
    assert found.last_values == (1.5, 345.0, 12000.0)
    assert found.last_at_ms == (T0, T0, T0)


def test_what_was_never_usable_has_no_last_number_and_no_time(store: Store) -> None:
    store.write([block(PDU, T0, 1.0, NAN, 7.0, quality=STALE + GOOD + BAD)])
    found = only(store)
    assert same(found.last_values, (NAN, NAN, NAN))
    assert found.last_at_ms == (0, 0, 0)


def test_latest_is_one_entry_per_device_and_poll_class_by_name(store: Store) -> None:
    other = replace(PDU, device="pdu-a-r06")
    store.write([block(UPS, T0, 3, 1.0), pdu(T0), block(NAMEPLATE, T0, NAN, 2.0, raw=("S", 2))])
    store.write([block(other, T0, 1, 2, 3)])
    found = [(x.block.layout.device, x.block.layout.poll_class) for x in store.latest()]
    assert found == [
        ("pdu-a-r06", PollClass.NORMAL),
        ("pdu-a-r07", PollClass.NORMAL),
        ("ups-1", PollClass.FAST),
        ("ups-1", PollClass.SLOW),
    ]


def test_latest_of_named_devices_is_of_those_and_of_no_other(store: Store) -> None:
    store.write([pdu(T0), block(UPS, T0, 3, 1.0)])
    assert [x.block.layout.device for x in store.latest({"ups-1", "nobody"})] == ["ups-1"]
    assert store.latest([]) == []


def test_writing_the_same_again_changes_nothing(store: Store) -> None:
    blocks = [pdu(T0 + n * 30 * SECOND, watts=300.0 + n) for n in range(4)]
    store.write(blocks)
    before = store.latest(), store.series(power())
    store.write(blocks)
    store.write([*blocks[2:], *blocks[2:]])
    assert (store.latest(), store.series(power())) == before
    assert sum(bucket.count for bucket in before[1]) == 4


def test_a_late_block_fills_the_past_and_is_not_the_latest(store: Store) -> None:
    store.write([pdu(T0 + 2 * MINUTE, watts=200.0)])
    store.write([pdu(T0, watts=100.0)])
    assert only(store).block.at_ms == T0 + 2 * MINUTE
    assert only(store).last_values == (1.5, 200.0, 12000.0)
    assert [bucket.mean for bucket in store.series(power())] == [100.0, 200.0]


def test_a_late_block_may_know_the_newer_last_usable_number(store: Store) -> None:
    store.write([pdu(T0, watts=100.0)])
    store.write([block(PDU, T0 + 2 * MINUTE, NAN, NAN, NAN, quality=BAD * 3)])
    store.write([pdu(T0 + MINUTE, watts=150.0)])
    found = only(store)
    assert found.last_values[1] == 150.0
    assert found.last_at_ms == (T0 + MINUTE,) * 3


def test_a_bucket_says_least_mean_most_count_and_coverage(store: Store) -> None:
    store.write([pdu(T0 + s * SECOND, watts=w) for s, w in [(0, 100), (30, 200), (60, 50)]])
    first, second = store.series(power())
    assert first == Bucket(T0, 100.0, 150.0, 200.0, 2, 1.0)
    assert second == Bucket(T0 + MINUTE, 50.0, 50.0, 50.0, 1, 0.5)


def test_the_window_holds_its_start_and_not_its_end(store: Store) -> None:
    store.write([pdu(T0 + n * MINUTE, watts=float(n)) for n in range(5)])
    found = store.series(power(T0 + MINUTE, T0 + 3 * MINUTE))
    assert [(bucket.at_ms, bucket.mean) for bucket in found] == [
        (T0 + MINUTE, 1.0),
        (T0 + 2 * MINUTE, 2.0),
    ]
    within_a_minute = store.series(power(T0 + MINUTE - 1, T0 + MINUTE + 1))
    assert [bucket.mean for bucket in within_a_minute] == [1.0]
    assert store.series(power(T0 + MINUTE, T0 + MINUTE)) == []
    assert store.series(power(T0 + MINUTE, T0)) == []


def test_steps_start_at_multiples_of_the_step_and_coverage_counts_only_the_window(
    store: Store,
) -> None:
    store.write([pdu(T0 + n * 30 * SECOND, watts=float(n)) for n in range(20)])
    first, second = store.series(power(T0 + 3 * MINUTE, T0 + 7 * MINUTE, 5 * MINUTE))
    assert first == Bucket(T0, 6.0, 7.5, 9.0, 4, 1.0)
    assert second == Bucket(T0 + 5 * MINUTE, 10.0, 11.5, 13.0, 4, 1.0)


def test_a_gap_stays_a_gap(store: Store) -> None:
    store.write([pdu(T0), pdu(T0 + 10 * MINUTE)])
    assert [bucket.at_ms for bucket in store.series(power())] == [T0, T0 + 10 * MINUTE]


def test_only_usable_numbers_make_a_bucket(store: Store) -> None:
    qualities = [GOOD, UNCERTAIN, STALE, BAD, NOT_AVAILABLE, MAINTENANCE]
    for n, quality in enumerate(qualities):
        at_ms = T0 + n * 10 * SECOND
        store.write([block(UPS, at_ms, 3, 10.0**n, quality=GOOD + quality)])
    store.write([block(UPS, T0 + MINUTE, 3, 7.0, quality=GOOD + BAD)])
    query = SeriesQuery("ups-1", "outlet.1.active_power", T0, T0 + HOUR, MINUTE)
    (found,) = store.series(query)
    assert (found.min, found.max, found.count) == (1.0, 100000.0, 3)
    assert found.coverage == pytest.approx(0.5)


def test_coverage_goes_by_the_interval_each_sample_was_read_at(store: Store) -> None:
    slower = replace(PDU, every_s=60.0)
    store.write([block(slower, T0 + n * MINUTE, 1, 2, 3) for n in range(10)])
    store.write([pdu(T0 + (20 + n) * 30 * SECOND) for n in range(10)])
    found = store.series(power(T0, T0 + 20 * MINUTE, 10 * MINUTE))
    assert [(b.count, pytest.approx(b.coverage)) for b in found] == [(10, 1.0), (10, 0.5)]


def test_coverage_is_never_more_than_all(store: Store) -> None:
    store.write([pdu(T0 + n * SECOND) for n in range(50)])
    (found,) = store.series(power())
    assert (found.count, found.coverage) == (50, 1.0)


def test_a_changed_profile_shifts_no_column(store: Store) -> None:
    store.write([pdu(T0, amps=1.0, watts=100.0)])
    changed = replace(PDU, points=(ENERGY, POWER))
    store.write([block(changed, T0 + MINUTE, 55555, 200.0)])
    assert only(store).block.layout == changed
    assert [bucket.mean for bucket in store.series(power())] == [100.0, 200.0]
    amps = SeriesQuery("pdu-a-r07", CURRENT.id, T0, T0 + HOUR, MINUTE)
    assert [bucket.mean for bucket in store.series(amps)] == [1.0]


def test_a_point_that_left_and_came_back_remembers_its_last_usable_number(store: Store) -> None:
    store.write([pdu(T0, amps=1.0)])
    store.write([block(replace(PDU, points=(POWER,)), T0 + MINUTE, 200.0)])
    store.write([block(PDU, T0 + 2 * MINUTE, NAN, 300.0, NAN, quality=BAD + GOOD + BAD)])
    found = only(store)
    assert found.last_values == (1.0, 300.0, 12000.0)
    assert found.last_at_ms == (T0, T0 + 2 * MINUTE, T0)


def test_a_point_keeps_its_past_when_it_moves_to_another_poll_class(store: Store) -> None:
    store.write([pdu(T0, amps=1.0, watts=100.0)])
    faster = Layout("pdu-a-r07", PollClass.FAST, 5.0, (POWER,))
    store.write([block(faster, T0 + MINUTE, NAN, quality=BAD)])
    store.write([block(replace(PDU, points=(CURRENT, ENERGY)), T0 + MINUTE, 2.0, 12001)])
    fast, normal = store.latest(["pdu-a-r07"])
    assert (fast.last_values, fast.last_at_ms) == ((100.0,), (T0,))
    assert normal.last_values == (2.0, 12001.0)
    store.write([block(faster, T0 + 2 * MINUTE, 300.0)])
    assert [bucket.mean for bucket in store.series(power())] == [100.0, 300.0]


def test_a_layout_built_anew_for_every_block_is_the_same_layout(store: Store) -> None:
    for n in range(4):
        points = tuple(replace(point) for point in PDU.points)
        store.write([block(replace(PDU, points=points), T0 + n * 30 * SECOND, 1, n, 3)])
    assert only(store).block.layout == PDU
    assert [bucket.count for bucket in store.series(power())] == [2, 2]


@pytest.mark.parametrize(
    "name",
    [
        "two words",
        "a,b=c",
        "quo\"te's",
        "back\\",
        "back\\,slash",
        "Zürich-Ω",
        "100%",
        "%2C",
        "$1 {x}",
    ],
)
def test_names_of_any_letters_are_told_apart(store: Store, name: str) -> None:
    point = Point(f"{name}.load", "L", Quantity.LOAD, "%", Kind.GAUGE, "fc3:1")
    odd = Layout(name, PollClass.NORMAL, 30.0, (point,))
    plain = Layout("plain", PollClass.NORMAL, 30.0, (point,))
    store.write([block(odd, T0, 50.0), block(plain, T0, 10.0)])
    assert only(store, name).block == block(odd, T0, 50.0)
    (found,) = store.series(SeriesQuery(name, point.id, T0, T0 + HOUR, HOUR))
    assert found.mean == 50.0


def test_nobody_and_nothing_have_no_series(store: Store) -> None:
    store.write([pdu(T0)])
    assert store.series(SeriesQuery("nobody", POWER.id, T0, T0 + HOUR, MINUTE)) == []
    assert store.series(SeriesQuery("pdu-a-r07", "nothing", T0, T0 + HOUR, MINUTE)) == []
    assert store.series(SeriesQuery("pdu-a-r07", POWER.id, T0 - DAY, T0, MINUTE)) == []


def test_numbers_from_the_smallest_to_the_largest_come_back(store: Store) -> None:
    numbers = [0.1 + 0.2, -40.0, 1e-9, 4294967295.0, 9007199254740991.0, 1.7e300, -0.5]
    for n, number in enumerate(numbers):
        store.write([pdu(T0 + n * MINUTE, watts=number)])
        assert only(store).block.values[1] == number
    assert [bucket.mean for bucket in store.series(power())] == numbers


def test_a_query_without_a_step_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="step_ms is 0"):
        store.series(power(step_ms=0))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (Block(PDU, T0, (1.0, 2.0), GOOD * 3, (1, 2, 3)), "2 values, 3 qualities, 3 raws"),
        (Block(PDU, T0, (1.0, 2.0, 3.0), GOOD, (1, 2, 3)), "1 qualities"),
        (Block(PDU, T0, (1.0, 2.0, 3.0), GOOD * 3, (1,)), "1 raws"),
        (block(PDU, T0, 1, 2, 3, quality=b"\0\x09\0"), "unknown quality code"),
        (block(PDU, -1, 1, 2, 3), "not a time"),
        (block(PDU, T0 * 1000, 1, 2, 3), "not a time"),
        (block(replace(PDU, points=()), T0), "without points"),
    ],
)
def test_a_wrong_block_is_refused_and_nothing_of_the_call_is_kept(
    store: Store, wrong: Block, says: str
) -> None:
    with pytest.raises(StoreError, match=says):
        store.write([pdu(T0), wrong])
    assert store.latest() == []


def test_a_thousand_devices_in_one_call_are_all_there(store: Store) -> None:
    layouts = [replace(PDU, device=f"pdu-{n:04}") for n in range(1000)]
    store.write([block(layout, T0, n, n, n) for n, layout in enumerate(layouts)])
    found = store.latest()
    assert [x.block.values[0] for x in found] == [float(n) for n in range(1000)]
    wanted = [f"pdu-{n:04}" for n in range(0, 1000, 1)]
    assert len(store.latest(wanted)) == 1000
