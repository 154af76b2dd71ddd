"""Live values by line, standings against limits, and the totals of a schedule."""

from facilities.power import schedule
from facilities.power.limits import effective_limit
from facilities.power.live import (
    BranchAmps,
    branch_amps,
    line_amps_of,
    number,
    oldest_s,
    pick,
    total,
)
from facilities.power.schedule import Seat, slots, totals
from facilities.power.standing import standing
from facilities.readings import LiveValue, Quality

LINES = ("L1", "L2", "L3")


def live(metric: str, value: float | None, age_s: float = 8.0, **more: object) -> LiveValue:
    quality = more.get("quality", Quality.GOOD)
    assert isinstance(quality, Quality)
    shown = value if quality.usable else None
    return LiveValue(metric, "", metric, shown, "A", quality, None, age_s, "dev", metric, "oid")


def three(*amps: float) -> list[LiveValue]:
    return [live(f"current.l{n}", value) for n, value in enumerate(amps, 1)]


def test_of_two_meters_of_one_thing_the_trustworthy_and_then_the_younger_counts() -> None:
    stale = live("power.active", 5.0, 2.0, quality=Quality.STALE)
    old, young = live("power.active", 6.0, 30.0), live("power.active", 7.0, 3.0)
    assert pick([stale, old, young], "power.active") is young
    assert pick([stale], "power.active") is stale
    assert pick([], "power.active") is None
    assert oldest_s([stale, old, None]) == 30.0


def test_a_single_phase_node_is_metered_as_a_whole_or_on_its_meters_first_line() -> None:
    assert line_amps_of([live("current", 4.0)], ("L2",)).worst == 4.0
    assert line_amps_of([live("current.l1", 5.0)], ("L2", "L3")).worst == 5.0
    assert line_amps_of([live("current", 4.0)], LINES).worst is None


def test_one_missing_line_leaves_the_worst_unknown() -> None:
    amps = line_amps_of([*three(1.0, 2.0)[:2]], LINES)
    assert not amps.known
    assert amps.worst is None


def test_a_breaker_without_a_meter_reads_what_hangs_on_it() -> None:
    found = branch_amps((), LINES, [("PDU-A1", three(1.0, 2.0, 3.0))])
    assert (found.worst, found.via) == (3.0, "PDU-A1")
    own = branch_amps(three(9.0, 9.0, 9.0), LINES, [("PDU-A1", three(1.0, 2.0, 3.0))])
    assert (own.worst, own.via) == (9.0, "")


def test_several_meters_below_are_a_sum_marked_uncertain_or_nothing() -> None:
    both = branch_amps((), LINES, [("P1", three(1, 2, 3)), ("P2", three(1, 2, 3))])
    assert both.worst == 6.0
    value = both.by_line["L3"]
    assert value is not None
    assert value.quality is Quality.UNCERTAIN
    assert value.label == "sum of 2 meters"
    assert branch_amps((), LINES, [("P1", three(1, 2, 3)), ("P2", ())]).worst is None


def test_of_amps_and_power_the_nearer_limit_counts_and_says_so() -> None:
    values = [live("power.active", 400e3), live("power.apparent", 500e3)]
    amps = line_amps_of(three(100.0, 100.0, 100.0), LINES)
    stands = standing(effective_limit(1000.0), values, amps, 450e3, 500e3)
    assert stands.utilisation == 1.0
    assert stands.words == "400.0 of 450 kW, 500.0 of 500 kVA"
    hot = standing(effective_limit(100.0), values, amps, 450e3, 500e3)
    assert hot.tone == "critical"
    assert "policy nec" in hot.words


def test_a_devices_own_load_is_used_where_no_rating_is_known_and_nothing_is_unknown() -> None:
    none = BranchAmps(dict.fromkeys(LINES))
    limit = effective_limit(None)
    by_device = standing(limit, [live("load", 48.0)], none)
    assert by_device.utilisation == 0.48
    assert "as the device says" in by_device.words
    nothing = standing(limit, [], none)
    assert (nothing.utilisation, nothing.tone) == (None, "unknown")


def seat(id_: int, positions: tuple[int, ...], lines: tuple[str, ...], *amps: float) -> Seat:
    values = [live(f"current.{line.lower()}", a) for line, a in zip(lines, amps, strict=False)]
    stands = standing(effective_limit(20.0), values, line_amps_of(values, lines))
    return Seat(id_, f"P-{id_}", positions, lines, 20.0, "used", "", "closed", stands)


def test_blocks_span_their_rows_and_spaces_stay_single() -> None:
    odd, even = slots("nema", 12, [seat(1, (3, 5, 7), LINES)])
    assert [slot.span for slot in odd] == [1, 3, 0, 0, 1, 1]
    assert [slot.position for slot in even] == [2, 4, 6, 8, 10, 12]
    assert odd[1].seat is odd[3].seat


def test_breakers_of_neighbours_do_not_melt_into_one_block() -> None:
    odd, _ = slots("nema", 8, [seat(1, (1,), ("L1",)), seat(2, (3,), ("L2",))])
    assert [slot.span for slot in odd[:2]] == [1, 1]


def test_e3_two_pole_loads_are_charged_to_both_phases_and_the_main_is_compared() -> None:
    seats = [seat(1, (1, 3), ("L1", "L2"), 10.0, 10.0), seat(2, (2,), ("L1",), 5.0)]
    found = totals(LINES, seats, line_amps_of(three(16.0, 10.5, 0.0), LINES), None, None)
    one, two, three_ = found.lines
    assert (one.branches_a, two.branches_a, three_.branches_a) == (15.0, 10.0, 0)
    assert (one.difference_a, two.difference_a) == (1.0, 0.5)
    assert found.neutral_kind == "unknown"


def test_without_every_branch_no_difference_is_said_and_without_a_main_the_sums_are_judged() -> (
    None
):
    seats = [seat(1, (1,), ("L1",), 10.0), seat(2, (2,), ("L1",))]
    missing = totals(LINES, seats, line_amps_of(three(16.0, 1.0, 1.0), LINES), None, None)
    assert (missing.lines[0].known, missing.lines[0].used) == (1, 2)
    assert missing.lines[0].difference_a is None
    single = [seat(n, (n,), (line,), 10.0 + n) for n, line in enumerate(LINES, 1)]
    judged = totals(LINES, single, BranchAmps(dict.fromkeys(LINES)), None, None)
    assert judged.imbalance.pct is not None
    assert judged.neutral_kind == "estimated"


def test_a_metered_neutral_is_measured() -> None:
    found = totals(LINES, [], line_amps_of(three(10, 10, 10), LINES), live("current.n", 3.0), None)
    assert (found.neutral_kind, found.neutral_a) == ("measured", 3.0)
    assert schedule.totals(LINES, [], BranchAmps({}), None, None).neutral_kind == "unknown"


def test_the_watts_of_a_node_are_the_sum_of_its_lines_where_it_says_no_total() -> None:
    parts = [live(f"power.active.l{n}", watts) for n, watts in enumerate((100.0, 200.0, 50.0), 1)]
    whole = total(parts, "power.active", LINES)
    assert whole is not None and whole.number == 350.0
    said = [*parts, live("power.active", 340.0)]
    assert number(total(said, "power.active", LINES)) == 340.0


def test_a_line_without_a_meter_or_without_data_leaves_the_watts_unknown() -> None:
    two = [live("power.active.l1", 100.0), live("power.active.l2", 100.0)]
    assert total(two, "power.active", LINES) is None
    silent = live("power.active.l3", None)
    assert number(total([*two, silent], "power.active", LINES)) is None
