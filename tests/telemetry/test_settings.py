"""Settings have limits and say them."""

import pytest

from telemetry.errors import ConfigError
from telemetry.settings import TelemetrySettings


def test_the_usual_settings_are_within_their_limits() -> None:
    assert TelemetrySettings().max_extra_reads == 32


def test_a_setting_outside_its_limits_names_itself_and_them() -> None:
    with pytest.raises(ConfigError, match="connects_per_s: 0 is outside 1 to 1000"):
        TelemetrySettings(connects_per_s=0)
