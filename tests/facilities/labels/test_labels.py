"""Labels lie where the stock says and are read back by a decoder."""

import subprocess
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from facilities.errors import Refused
from facilities.labels.service_pdf import Label, render
from facilities.labels.sheets import STOCKS, places, stock_named
from facilities.labels.views import asked_refs
from facilities.readings import ObjectRef
from tests.servers.registry import require


def test_24_labels_fill_one_sheet_and_the_25th_starts_the_next() -> None:
    spots = list(places(STOCKS["a4-24"], 25))
    assert [page for page, _, _ in spots] == [0] * 24 + [1]
    assert spots[0][1:] == (0.0, pytest.approx(297 - 0.5 - 37))
    assert spots[24][1:] == spots[0][1:]


def test_used_places_of_the_first_sheet_are_skipped() -> None:
    stock = STOCKS["a4-24"]
    assert next(places(stock, 2, skip=23)) in list(places(stock, 24))[23:]


@given(st.sampled_from(sorted(STOCKS)), st.integers(1, 100), st.integers(0, 23))
def test_labels_stay_on_the_page_and_never_overlap(key: str, count: int, skip: int) -> None:
    stock = STOCKS[key]
    spots = list(places(stock, count, skip))
    assert len(set(spots)) == count
    for _, x_mm, y_mm in spots:
        assert -1e-9 <= x_mm <= stock.page_mm[0] - stock.label_mm[0] + 1e-9
        assert -1e-9 <= y_mm <= stock.page_mm[1] - stock.label_mm[1] + 1e-9


def test_an_unknown_size_and_a_bad_reference_are_refused_by_name() -> None:
    with pytest.raises(Refused, match="No such label size: a5"):
        stock_named("a5")
    with pytest.raises(Refused, match="'rack-1' is no KIND:ID"):
        asked_refs(["rack-1"])
    assert asked_refs(["rack:1"]) == [ObjectRef("rack", 1)]


@pytest.mark.parametrize("size", sorted(STOCKS))
def test_a_printed_label_is_read_back(size: str, tmp_path: Path) -> None:
    code = "https://rackhouse.example.org/o/equipment/123456"
    label = Label(code, "database-server-with-a-very-long-name-01", ("Equipment", "ASH1 / B1 / 1"))
    file = tmp_path / "labels.pdf"
    file.write_bytes(render([label] * 3, STOCKS[size]))
    pdftoppm = require("pdftoppm")
    subprocess.run([pdftoppm, "-r", "150", "-png", file, tmp_path / "page"], check=True)
    with Image.open(min(tmp_path.glob("page*.png"))) as page:
        turned = page.rotate(7, expand=True, fillcolor="white")
        assert {found.text for found in zxingcpp.read_barcodes(turned)} == {code}
