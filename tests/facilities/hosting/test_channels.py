"""SP-04."""

from facilities.hosting.channels import Channel, Strip, judge_channel
from facilities.hosting.placement import Outcome

LONG = Channel(length_mm=1800, slots=2)
PDU_A = Strip("pdu-a", "rear-left", 0, 1700)


def test_sp_04_two_that_overlap_in_one_channel_conflict() -> None:
    verdict = judge_channel(LONG, Strip("pdu-b", "rear-left", 0, 900), [PDU_A])
    assert verdict.reason == "rear-left is taken there: pdu-a (0-1700 mm)."
    assert verdict.field == "channel"


def test_sp_04_another_channel_is_free() -> None:
    other = Strip("pdu-b", "rear-right", 0, 900)
    assert judge_channel(LONG, other, [PDU_A]).outcome is Outcome.OK


def test_pieces_that_touch_end_to_end_do_not_overlap() -> None:
    short = Strip("pdu-a", "rear-left", 0, 900)
    assert judge_channel(LONG, Strip("pdu-b", "rear-left", 900, 900), [short]).fits


def test_a_piece_longer_than_the_channel_is_refused() -> None:
    verdict = judge_channel(LONG, Strip("pdu-b", "rear-left", 200, 1700), [])
    assert verdict.field == "channel_start_mm"
    assert "1800 mm long" in verdict.reason


def test_a_piece_below_the_channel_is_refused() -> None:
    assert not judge_channel(LONG, Strip("pdu-b", "rear-left", -1, 100), []).fits


def test_a_channel_takes_no_more_pieces_than_it_has_slots_for() -> None:
    strips = [Strip(f"strip-{n}", "rear-left", n * 100.0, 100) for n in range(2)]
    verdict = judge_channel(LONG, Strip("third", "rear-left", 500, 100), strips)
    assert "takes 2 pieces and holds 2: strip-0" in verdict.reason


def test_an_unknown_length_is_noted_and_never_called_ok() -> None:
    verdict = judge_channel(LONG, Strip("pdu-b", "rear-left", 0, None), [PDU_A])
    assert verdict.outcome is Outcome.UNKNOWN
    assert "pdu-b" in verdict.notes[0]


def test_an_unknown_channel_lists_those_there_are() -> None:
    assert "rear-left" in judge_channel(LONG, Strip("x", "middle", 0, 1), []).reason
