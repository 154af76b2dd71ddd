"""SR-15: tracking numbers; SR-16: GS1 check digits. Vectors of the domain reference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilities.shipping import tracking
from facilities.shipping.tracking import Candidate, detect

VALID = [
    ("ups", "1Z5R89390357567127"),
    ("ups", "1Z879E930346834440"),
    ("ups", "1Z999AA10123456784"),
    ("fedex_express_12", "986578788855"),
    ("fedex_express_12", "012345678983"),
    ("fedex_ground_15", "041441760228964"),
    ("fedex_ground_15", "568283610012000"),
    ("fedex_ground_96", "9611020987654312345672"),
    ("fedex_34", "9622001560000000000000794808390594"),
    ("usps_impb", "9400111201080805483016"),
    ("usps_impb", "92748931507708513018050063"),
    ("usps_impb_zip9", "4201002334249200190132607600833457"),
    ("usps_20", "03071790000523483741"),
    ("usps_20", "71969010756003077385"),
    ("s10", "RB123456785GB"),
    ("dhl_express", "3318810025"),
    ("dhl_express", "8487135506"),
    ("dhl_express", "73891051146"),
    ("air_waybill", "020-12345675"),
    ("container", "CSQU3054383"),
]
INVALID = [
    ("ups", "1Z1111111111111111"),
    ("fedex_express_12", "996578788855"),
    ("fedex_ground_15", "568283610012732"),
    ("fedex_ground_96", "9600000000000000000001"),
    ("fedex_34", "9622001560000000000000794808390595"),
    ("usps_impb", "9200000000000000000000"),
    ("usps_20", "03071790000523483742"),
    ("s10", "RB123456786US"),
    ("dhl_express", "3318810010"),
    ("air_waybill", "020-12345670"),
    ("container", "CSQU3054384"),
]


def _of_kind(kind: str, text: str) -> Candidate:
    return next(c for c in detect(text) if c.kind == kind)


@pytest.mark.parametrize(("kind", "text"), VALID)
def test_sr15_a_valid_number_is_known_by_its_format(kind: str, text: str) -> None:
    assert _of_kind(kind, text).check_ok is True


@pytest.mark.parametrize(("kind", "text"), INVALID)
def test_sr15_a_wrong_check_digit_warns_and_does_not_block(kind: str, text: str) -> None:
    wrong = _of_kind(kind, text)
    assert wrong.check_ok is False
    assert wrong.confidence < max(c.confidence for c in detect(_a_valid(kind)) if c.kind == kind)


def _a_valid(kind: str) -> str:
    return next(text for known, text in VALID if known == kind)


def test_sr15_a_sandbox_number_of_the_carrier_is_taken_with_a_warning() -> None:
    found = detect("1Z12345E0205271688")
    best = tracking.named_carrier(found)
    assert best is not None and best.carrier == "UPS" and best.check_ok is False
    assert "check digit" in tracking.warning(found)


def test_sr15_blanks_dashes_and_small_letters_do_not_matter() -> None:
    assert detect("1z 999 aa1 01 2345-6784") == detect("1Z999AA10123456784")


def test_sr15_a_dhl_piece_has_no_check_digit() -> None:
    assert _of_kind("dhl_piece", "JJD0099999999").check_ok is None
    assert _of_kind("dhl_piece", "JVGL0099999999").carrier == "DHL"
    assert detect("XJD0099999998") == ()


def test_sr15_the_fedex_34_and_the_usps_zip_forms_give_the_number_within() -> None:
    assert _of_kind("fedex_34", "9622001560000000000000794808390594").number == "794808390594"
    within = _of_kind("usps_impb_zip9", "4201002334249200190132607600833457").number
    assert within == "9200190132607600833457"


def test_sr15_an_s10_number_of_no_country_says_so() -> None:
    found = _of_kind("s10", "RB123456785XX")
    assert found.check_ok is True and "no country XX" in found.problem
    assert tracking.named_carrier((found,)) is None
    assert tracking.s10_check_digit("47312482") == 9


def test_sr15_pure_digits_name_no_carrier_without_a_hint() -> None:
    found = detect("986578788855")
    assert tracking.named_carrier(found) is None
    hinted = tracking.named_carrier(detect("986578788855", hint="FedEx Express"))
    assert hinted is not None and hinted.carrier == "FedEx"


def test_sr15_eleven_digits_are_dhl_and_an_air_waybill_alike() -> None:
    assert {c.kind for c in detect("73891051146")} == {"dhl_express", "air_waybill"}


@pytest.mark.parametrize(
    ("body", "digit"), [("629104150021", 3), ("10614141234567890", 8), ("0950600013435", 2)]
)
def test_sr16_the_gs1_check_digit(body: str, digit: int) -> None:
    assert tracking.gs1_check_digit(body) == digit
    assert tracking.gs1_ok(f"{body}{digit}") and not tracking.gs1_ok(f"{body}{(digit + 1) % 10}")


@given(st.text(max_size=300))
def test_no_text_breaks_the_detection(text: str) -> None:
    for candidate in detect(text):
        assert 0 < candidate.confidence <= 1 and candidate.number


@given(st.from_regex(r"\A[0-9A-Z]{4,40}\Z"), st.text(max_size=20))
def test_no_label_and_no_hint_break_the_detection(text: str, hint: str) -> None:
    found = detect(text, hint)
    assert [c.confidence for c in found] == sorted((c.confidence for c in found), reverse=True)
    tracking.warning(found)
