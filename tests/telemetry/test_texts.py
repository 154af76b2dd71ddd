"""Text as devices send it."""

from hypothesis import given
from hypothesis import strategies as st

from telemetry.texts import clean_text, text_of_registers


def test_text_loses_padding_and_what_cannot_be_printed() -> None:
    assert clean_text("  AP8641 \x00\x00junk") == "AP8641"
    assert clean_text(b"Geh\xc3\xa4use") == "Gehäuse"
    assert clean_text(b"Geh\xe4use") == "Gehäuse"
    assert clean_text("a\x07b\n") == "ab"
    assert clean_text(None) == ""
    assert clean_text(42) == "42"


@given(st.one_of(st.text(), st.binary()))
def test_cleaning_never_fails_and_is_done_once(value: str | bytes) -> None:
    text = clean_text(value)
    assert clean_text(text) == text
    assert text.isprintable()


@given(st.binary(max_size=40), st.booleans(), st.booleans())
def test_registers_of_any_content_are_some_text(octets: bytes, swapped: bool, wide: bool) -> None:
    even = octets[: len(octets) // 2 * 2]
    assert text_of_registers(even, swapped=swapped, wide=wide).isprintable()
