"""PW-02, 03, 05, 06, 07: voltages, power, and line currents as complex amps.

Vectors have the shape (4,): L1, L2, L3, N, as complex amps. Line currents flow out to the load, the
neutral's flows back, so that their sum is zero where only L-L loads hang. Lagging Q is positive.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SQRT3 = math.sqrt(3.0)
Amps = npt.NDArray[np.complex128]
INDEX = {"L1": 0, "L2": 1, "L3": 2, "N": 3}
_TURN = np.exp(1j * np.deg2rad([0.0, -120.0, 120.0]))


@dataclass(frozen=True, slots=True)
class Draw:
    """A load: complex power `va` on one line (to neutral), a pair, or all three (balanced)."""

    va: complex
    lines: tuple[str, ...]


def line_to_neutral_v(line_to_line_v: float) -> float:
    """PW-02. V_LN = V_LL / sqrt 3; 400 -> 230.94."""
    return line_to_line_v / SQRT3


def line_to_line_v(voltage_v: float, lines: Sequence[str]) -> float:
    """The system's V_LL from a node's nominal: between its lines, or to neutral where it has one.

    120, 230 and 240 V on one line are the L-N side of 208, 400 and 415 V.
    """
    return voltage_v * SQRT3 if len(lines) == 1 else voltage_v


def apparent_va(voltage_v: float, amps: float, phases: int) -> float:
    """PW-03. S = V I on one phase (V between the two conductors), sqrt 3 V_LL I on three."""
    return (SQRT3 if phases == 3 else 1.0) * voltage_v * amps


def complex_va(watts: float, power_factor: float = 1.0, leading: bool = False) -> complex:
    """PW-03. P + jQ from P and PF in (0, 1]; Q is negative where the current leads."""
    if not 0.0 < power_factor <= 1.0:
        raise ValueError(f"a power factor lies in (0, 1], not {power_factor}")
    reactive = watts * math.sqrt(1.0 / power_factor**2 - 1.0)
    return complex(watts, -reactive if leading else reactive)


def line_amps(draws: Iterable[Draw], v_ll: float) -> Amps:
    """PW-06. The complex current of each conductor for all draws together, shape (4,)."""
    total: Amps = np.zeros(4, dtype=np.complex128)
    volts = line_to_neutral_v(v_ll) * _TURN
    for draw in draws:
        at = [INDEX[line] for line in draw.lines]
        if len(at) == 2:
            one, other = at
            current = np.conj(draw.va / (volts[one] - volts[other]))
            total[one] += current
            total[other] -= current
        else:
            current = np.conj(draw.va / len(at) / volts[at])
            total[at] += current
            total[3] += current.sum() if len(at) == 1 else 0.0
    return total


def magnitudes(amps: Amps) -> tuple[float, float, float, float]:
    """|I| of L1, L2, L3, N."""
    one, two, three, neutral = (float(value) for value in np.abs(amps))
    return one, two, three, neutral


def lines_from_pairs(ab: float, bc: float, ca: float) -> tuple[float, float, float]:
    """PW-05. Line amps A, B, C from the L-L loads' amps at equal power factor."""

    def side(one: float, other: float) -> float:
        return math.sqrt(one * one + other * other + one * other)

    return side(ab, ca), side(ab, bc), side(bc, ca)


def watts_of_pairs(a: float, b: float, c: float, v_ll: float) -> float | None:
    """PW-05's inverse: P at pf 1 from three line amps that only L-L loads draw.

    The lines form a triangle; the loads' amps are the distances from its corners to its Fermat
    point. None where there is no such load: no triangle, or a corner of 120 degrees and more.
    """
    one, two, three = sorted((a, b, c))
    if three > one + two + 1e-9 or three**2 > one**2 + two**2 + one * two + 1e-9:
        return None
    half = (a + b + c) / 2.0
    area = math.sqrt(max(0.0, half * (half - a) * (half - b) * (half - c)))
    return v_ll * math.sqrt((a * a + b * b + c * c) / 2.0 + 2.0 * SQRT3 * area)


def neutral_amps(a: float, b: float, c: float) -> float:
    """PW-07. I_N from L-N amps at equal power factor; L-L loads add nothing. Without harmonics."""
    return math.sqrt(max(0.0, a * a + b * b + c * c - a * b - b * c - c * a))
