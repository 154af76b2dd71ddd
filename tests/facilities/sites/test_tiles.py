"""SP-09."""

import pytest

from facilities.sites.tiles import column_letters, grid_lines, tile_label, tiles_under


@pytest.mark.parametrize(
    ("column", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (28, "AC"), (701, "ZZ"), (702, "AAA")]
)
def test_sp_09_columns_go_on_after_z(column: int, letters: str) -> None:
    assert column_letters(column) == letters


def test_sp_09_a_label_is_letters_and_number() -> None:
    assert tile_label(28, 11) == "AC12"


def test_sp_09_a_rack_spans_every_tile_it_overlaps() -> None:
    span = tiles_under(1200, 0, 600, 1200, 600)
    assert (span.first_column, span.last_column) == (2, 2)
    assert (span.first_row, span.last_row) == (0, 1)
    assert span.words() == "C1-2"


def test_a_rack_off_the_grid_lies_on_more_tiles() -> None:
    assert tiles_under(1300, 0, 600, 600, 600).words() == "C1-D1"


def test_inch_tiles_have_their_own_width() -> None:
    assert tiles_under(609.6, 0, 609.6, 609.6, 609.6).words() == "B1"


def test_grid_lines_end_at_the_wall() -> None:
    assert list(grid_lines(1500, 600)) == [0, 600, 1200, 1500]
    assert list(grid_lines(1200, 600)) == [0, 600, 1200]
