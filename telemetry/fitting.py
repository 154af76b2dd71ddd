"""Which Modbus profile fits a device that does not say who it is: by what its values look like.

Pure. Ranges are those in which a plant in service lies (rule 28), far narrower than what is
possible: words of another map read as floats seldom fall into them.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from telemetry.points import Quantity
from telemetry.profiles.model import Profile, Register
from telemetry.sample import Block, Quality

_IN_SERVICE: Final = {
    Quantity.FREQUENCY: (45.0, 65.0),
    Quantity.VOLTAGE: (90.0, 700.0),
    Quantity.POWER_FACTOR: (-1.0, 1.0),
    Quantity.TEMPERATURE: (1.0, 80.0),
    Quantity.HUMIDITY: (1.0, 100.0),
}
_LEAST_HITS: Final = 2


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a profile fits. `expected` fixed values were right, `named` its vendor was told by
    the device, `hits` values lie where they should, `misses` do not, `absent` were not there."""

    profile: Profile
    expected: int = 0
    named: bool = False
    hits: int = 0
    misses: int = 0
    absent: int = 0

    @property
    def fits(self) -> bool:
        """True when there is enough to say so."""
        return self.expected > 0 or (self.hits >= _LEAST_HITS and self.hits > 3 * self.misses)

    @property
    def why(self) -> str:
        """The evidence in words."""
        parts = [f"{self.expected} fixed values are right"] if self.expected else []
        parts += ["the device names its maker"] if self.named else []
        parts += [f"{self.hits} of {self.hits + self.misses} values are where a plant's lie"]
        return ", ".join(parts)


def judge(profile: Profile, blocks: Iterable[Block], maker: str = "") -> Fit | None:
    """The fit of one profile to what was read with it; None when a fixed value is wrong.

    `maker` is what the device said of itself (function 43/14), "" for nothing.
    """
    fixed = {r.id: r for r in profile.registers if r.expect is not None}
    expected = hits = misses = absent = 0
    for block in blocks:
        for sample in block.samples():
            register = fixed.get(sample.point.id)
            if register is not None and sample.quality is not Quality.BAD:
                if not _is_expected(register, sample.raw):
                    return None
                expected += 1
            absent += sample.quality is Quality.BAD
            seen = _in_service(sample.point.quantity, sample.number)
            hits += seen is True
            misses += seen is False or sample.quality is Quality.UNCERTAIN
    named = profile.vendor.split()[0].lower() in maker.lower() if maker else False
    return Fit(profile, expected, named, hits, misses, absent)


def best_first(fits: Iterable[Fit]) -> list[Fit]:
    """Those that fit, the best first."""
    return sorted(
        (fit for fit in fits if fit.fits),
        key=lambda fit: (
            -fit.expected,
            not fit.named,
            fit.absent + fit.misses - fit.hits,
            fit.profile.name,
        ),
    )


def _is_expected(register: Register, raw: object) -> bool:
    expect = register.expect
    return raw == expect or str(raw).strip() == str(expect)


def _in_service(quantity: Quantity, number: float) -> bool | None:
    """None where it says nothing: no range for it, no value, or a plain zero."""
    reach = _IN_SERVICE.get(quantity)
    if reach is None or math.isnan(number) or number == 0:
        return None
    return reach[0] <= number <= reach[1]
