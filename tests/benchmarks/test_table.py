"""A table of measurements says how much of each limit is used."""

import pytest

from benchmarks.table import Row, median_of, number, render


@pytest.mark.parametrize(
    ("row", "ratio"),
    [
        (Row("cost", 0.4, "CPU-s", 0.8), 0.5),
        (Row("rate", 200.0, "1/s", 100.0, more_is_better=True), 0.5),
        (Row("rate", 50.0, "1/s", 100.0, more_is_better=True), 2.0),
        (Row("size", 1.0, "byte"), None),
        (Row("errors", 0.0, "1", 1.0), None),
    ],
)
def test_the_ratio_is_the_used_part_of_the_limit(row: Row, ratio: float | None) -> None:
    assert row.ratio == ratio


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.5234, "0.523"), (1.234, "1.23"), (12.34, "12.3"), (12345.6, "12346")],
)
def test_a_number_keeps_the_figures_that_count(value: float, text: str) -> None:
    assert number(value) == text


def test_a_row_over_its_limit_stands_out() -> None:
    text = render(
        "Polling", [Row("GET", 1.6, "CPU-s", 0.8), Row("read", 0.2, "CPU-s", 0.8, "a peer")]
    )
    assert text.splitlines() == [
        "Polling",
        "-------",
        "      measured  unit   limit  ratio",
        "GET       1.60  CPU-s  0.800  2.00x of target  OVER",
        "read     0.200  CPU-s  0.800  0.25x of a peer",
    ]


def test_the_median_ignores_one_bad_run() -> None:
    runs = iter([1.0, 9.0, 1.0])
    assert median_of(lambda: next(runs), times=3) == 1.0
