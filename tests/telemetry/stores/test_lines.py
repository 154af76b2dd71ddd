"""Line protocol: fixed tags, float fields, names that cannot break out."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.stores.influxql import identifier, literal
from telemetry.stores.lines import from_tag, lines_of, quality_from, raw_from, series_of, to_tag
from tests.telemetry.stores.world import (
    BAD,
    GOOD,
    MAINTENANCE,
    NAMEPLATE,
    NAN,
    NOT_AVAILABLE,
    PDU,
    T0,
    block,
)


def lines(
    *values: float, quality: bytes = GOOD * 3, raw: tuple[object, ...] = (1, 2, 3)
) -> list[str]:
    return lines_of(block(PDU, T0, *values, quality=quality, raw=raw), series_of(PDU))  # type: ignore[arg-type]


def test_a_usable_number_is_the_value_with_its_interval() -> None:
    first, _, last = lines(1.5, 345.0, 12000.0, quality=GOOD + GOOD + MAINTENANCE)
    start = "reading,device=pdu-a-r07,point=outlet.1.current.L1 "
    assert first == f"{start}quality=0,value=1.5,covers_s=30.0,raw=1.0 {T0}"
    assert "quality=5,value=12000.0,covers_s=30.0" in last


def test_a_number_that_is_not_usable_is_another_field_and_covers_nothing() -> None:
    _, middle, last = lines(1.5, 345.0, NAN, quality=GOOD + BAD + NOT_AVAILABLE, raw=(1, 2, None))
    assert " quality=3,other=345.0,raw=2.0 " in middle
    assert last.endswith(f" quality=4 {T0}")


@pytest.mark.parametrize("number", [math.inf, -math.inf, NAN])
def test_what_line_protocol_cannot_say_is_left_out(number: float) -> None:
    assert lines(number, 1, 2, raw=(number, 2, 3))[0].endswith(f" quality=0 {T0}")


def test_an_identity_is_a_tag_of_a_measurement_of_its_own() -> None:
    said = block(NAMEPLATE, T0, NAN, 1.0, raw=("A b,c=d", 1))
    text, reading, _ = lines_of(said, series_of(NAMEPLATE))
    assert text == (
        rf"reading_text,device=ups-1,point=device.1.identity,text=A\ b\,c\=d seen=1 {T0}"
    )
    assert reading.endswith(f" quality=0 {T0}")


def test_the_raw_text_of_a_number_is_left_out() -> None:
    assert len(lines(1, 2, 3, raw=("1 A", 2, 3))) == 3
    assert lines(1, 2, 3, raw=("1 A", 2, 3))[0].endswith(f"covers_s=30.0 {T0}")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_name_survives_being_a_tag_and_holds_nothing_that_ends_one(name: str) -> None:
    tag = to_tag(name)
    assert from_tag(tag) == name
    assert tag
    assert not set(tag) & {"\\", "\n", "\r", "\0"}


@pytest.mark.parametrize(
    ("name", "quoted"), [("a", '"a"'), ('a"; DROP', '"a\\"; DROP"'), ("a\\", '"a\\\\"')]
)
def test_identifiers_are_quoted(name: str, quoted: str) -> None:
    assert identifier(name) == quoted


@pytest.mark.parametrize(
    ("text", "quoted"), [("a", "'a'"), ("it's", r"'it\'s'"), ("a\\", r"'a\\'"), ("a\nb", r"'a\nb'")]
)
def test_literals_are_quoted(text: str, quoted: str) -> None:
    assert literal(text) == quoted


def test_a_whole_raw_number_comes_back_whole() -> None:
    assert [raw_from(n) for n in (412.0, 0.5, 1e300, None)] == [412, 0.5, 1e300, None]
    assert isinstance(raw_from(412.0), int)
    assert quality_from(None).word == "not_available"
