"""What each load draws at a moment: the hour of the day and noise of its own, from the seed."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from telemetry.emulator.description import Load

NOISE_TAU_S = 300.0
NOISE_SHARE = 0.05
DAY_S = 86_400.0
PEAK_HOUR = 15.0


@dataclass
class _Habit:
    level: float
    shift_h: float
    noise: float


class Workload:
    """Steps the noise; `watts` gives the draw along the loads, alive or not."""

    def __init__(self, loads: Sequence[Load], seed: int, utc_offset_h: float = 0.0) -> None:
        self._loads = tuple(loads)
        self._offset_h = utc_offset_h
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose
        pick = self._random
        self._habits = [
            _Habit(pick.uniform(0.25, 0.75), pick.gauss(0, 1.0), pick.gauss(0, NOISE_SHARE))
            for _ in self._loads
        ]

    def step(self, dt_s: float) -> None:
        """An Ornstein-Uhlenbeck step: exact for any dt."""
        keep = math.exp(-dt_s / NOISE_TAU_S)
        spread = NOISE_SHARE * math.sqrt(1 - keep * keep)
        gauss = self._random.gauss
        for habit in self._habits:
            habit.noise = habit.noise * keep + gauss(0, spread)

    def watts(self, epoch_s: float) -> list[float]:
        """Between idle_w and peak_w of each load."""
        hour = (epoch_s / 3600 + self._offset_h) % 24
        out = []
        for load, habit in zip(self._loads, self._habits, strict=True):
            use = (1 - load.daily) * habit.level + load.daily * day_shape(hour - habit.shift_h)
            share = min(1.0, max(0.0, use + habit.noise))
            out.append(load.idle_w + (load.peak_w - load.idle_w) * share)
        return out


def day_shape(hour: float) -> float:
    """0.2 in the small hours to 0.8 at PEAK_HOUR."""
    return 0.5 + 0.3 * math.cos((hour - PEAK_HOUR) * math.pi / 12)
