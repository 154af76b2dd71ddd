"""Numbers, ages and moments as people read them."""

import math
from datetime import UTC, datetime, timedelta

import pytest

from facilities.web import show

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (12.345, "A", "12.3\u2009A"),
        (4321.0, "W", "4.3\u2009kW"),
        (999.4, "W", "999\u2009W"),
        (-2500.0, "W", "-2.5\u2009kW"),
        (1234567.0, "Wh", "1\u2009235\u2009kWh"),
        (21.04, "degC", "21.0\u2009°C"),
        (230.6, "V", "231\u2009V"),
        (0.987, "1", "0.99"),
        (None, "A", "no data"),
        (math.nan, "A", "no data"),
        (0.0, "A", "0.0\u2009A"),
    ],
)
def test_a_quantity_has_its_decimals_and_unit(value: float, unit: str, text: str) -> None:
    assert show.quantity(value, unit) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "never"), (-3, "0\u2009s"), (8.9, "8\u2009s"), (119, "119\u2009s"),
     (120, "2\u2009min"), (7200, "2\u2009h"), (172_800, "2\u2009d")],
)  # fmt: skip
def test_an_age_fits_a_badge(seconds: float | None, text: str) -> None:
    assert show.age(seconds) == text


def test_a_moment_names_its_zone() -> None:
    assert show.moment(NOON, "America/New_York") == "2026-11-22 07:00 EST"
    assert show.moment(None, "UTC") == "never"
    assert show.since(NOON - timedelta(minutes=5), NOON) == "5\u2009min ago"


def test_half_units_read_as_rack_units() -> None:
    assert [show.half_units(n) for n in (1, 2, 3)] == ["0.5U", "1U", "1.5U"]


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        ("power.active", "Power"),
        ("power.active.l1", "Power L1"),
        ("current.l2", "Current L2"),
        ("voltage.l1_l2", "Voltage L1-L2"),
        ("voltage.l1_n", "Voltage L1-N"),
        ("temperature.inlet.top", "Inlet temperature top"),
        ("dew_point", "Dew point"),
    ],
)
def test_a_metric_has_words(metric: str, words: str) -> None:
    assert show.metric_words(metric) == words
