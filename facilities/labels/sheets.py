"""Where labels lie on a page. Pure; millimetres from the lower left corner of the page."""

from collections.abc import Iterator
from dataclasses import dataclass

from facilities.errors import Refused

A4_MM = (210.0, 297.0)


@dataclass(frozen=True, slots=True)
class Stock:
    """A kind of label stock: page, one label, and how many stand side by side and above."""

    key: str
    title: str
    page_mm: tuple[float, float]
    label_mm: tuple[float, float]
    columns: int = 1
    rows: int = 1

    @property
    def margin_mm(self) -> tuple[float, float]:
        """The same margin left and right, and above and below."""
        return (
            (self.page_mm[0] - self.columns * self.label_mm[0]) / 2,
            (self.page_mm[1] - self.rows * self.label_mm[1]) / 2,
        )


STOCKS = {
    stock.key: stock
    for stock in (
        Stock("a4-24", "A4 sheet, 24 labels of 70 x 37 mm", A4_MM, (70.0, 37.0), 3, 8),
        Stock("62x29", "Label printer, 62 x 29 mm", (62.0, 29.0), (62.0, 29.0)),
        Stock("100x50", "Label printer, 100 x 50 mm", (100.0, 50.0), (100.0, 50.0)),
    )
}


def stock_named(key: str) -> Stock:
    """The stock of that key. Raises Refused naming those there are."""
    if key not in STOCKS:
        raise Refused(f"No such label size: {key}. Known: {', '.join(STOCKS)}.", "size")
    return STOCKS[key]


def places(stock: Stock, count: int, skip: int = 0) -> Iterator[tuple[int, float, float]]:
    """(page from 0, x_mm, y_mm) of `count` labels, row by row from the top left.

    skip: places at the beginning of the first sheet that are used up already.
    """
    per_page = stock.columns * stock.rows
    left, below = stock.margin_mm
    for index in range(skip, skip + count):
        page, place = divmod(index, per_page)
        row, column = divmod(place, stock.columns)
        x_mm = left + column * stock.label_mm[0]
        yield page, x_mm, below + (stock.rows - 1 - row) * stock.label_mm[1]
