"""UN-01, UN-02: from the units of documents to the units that are kept."""

from fractions import Fraction

import pytest

from telemetry.points import UNITS, Quantity
from telemetry.profiles.units import accepted, conversion


@pytest.mark.parametrize(
    ("quantity", "unit", "number", "kept", "value"),
    [
        (Quantity.ACTIVE_POWER, "kW", 1.5, "W", 1500),
        (Quantity.ACTIVE_ENERGY, "MWh", 2, "Wh", 2e6),
        (Quantity.TEMPERATURE, "degF", 68, "degC", 20),
        (Quantity.TEMPERATURE, "K", 273.15, "degC", 0),
        (Quantity.RUNTIME, "min", 12, "s", 720),
        (Quantity.DURATION, "cs", 250, "s", 2.5),
        (Quantity.PRESSURE, "inH2O", 2, "Pa", 498.178),
        (Quantity.PRESSURE, "bar", 1.5, "Pa", 150_000),
        (Quantity.AIRFLOW, "CFM", 1000, "m3/s", 0.4719474432),
        (Quantity.WATER_FLOW, "l/min", 90, "L/s", 1.5),
        (Quantity.WATER_FLOW, "m3/h", 3.6, "L/s", 1),
        (Quantity.AIRFLOW, "m3/h", 3600, "m3/s", 1),
        (Quantity.VOLUME, "gal", 10, "L", 37.85411784),
        (Quantity.LOAD, "fraction", 0.5, "%", 50),
        (Quantity.FAN_SPEED, "rpm", 900, "rpm", 900),
        (Quantity.CURRENT, "mA", 4.2, "A", 0.0042),
    ],
)
def test_a_unit_becomes_the_one_that_is_kept(
    quantity: Quantity, unit: str, number: float, kept: str, value: float
) -> None:
    found = conversion(quantity, unit)
    assert found is not None
    assert found[0] == kept
    assert float(found[1]) * number + float(found[2]) == pytest.approx(value)


def test_factors_are_exact() -> None:
    assert conversion(Quantity.TEMPERATURE, "degF") == ("degC", Fraction(5, 9), Fraction(-160, 9))


def test_a_unit_of_another_quantity_is_none() -> None:
    assert conversion(Quantity.CURRENT, "V") is None
    assert conversion(Quantity.ACTIVE_POWER, "VA") is None
    assert conversion(Quantity.HUMIDITY, "degC") is None


def test_every_kept_unit_stands_for_itself() -> None:
    for quantity, units in UNITS.items():
        for unit in units:
            if unit:
                assert conversion(quantity, unit) == (unit, 1, 0)
                assert unit in accepted(quantity)
