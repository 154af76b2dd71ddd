"""The laws the emulated plant keeps: phasors, losses, batteries, air. Pure; SI units.

Line k is 0, 1, 2 for L1, L2, L3. Phase-to-neutral voltages stand at 0, -120 and +120 degrees
(PW-06). Complex power is S = P + jQ, lagging Q > 0.
"""

import cmath
import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

#: Volumetric heat capacity of air at 20 degC and sea level, J/(m3 K) (EN-09).
AIR_J_PER_M3_K = 1206.0
#: Heat capacity of water, J/(L K).
WATER_J_PER_L_K = 4186.0

Lines = tuple[complex, complex, complex]
NO_LINES: Lines = (0j, 0j, 0j)


def line_to_neutral(v_ll: float) -> float:
    """Volts to neutral of a line-to-line voltage (PW-02): 208 -> 120.09."""
    return v_ll / math.sqrt(3)


def phase_voltages(v_ll: float) -> Lines:
    """The three phasors to neutral."""
    v_ln = line_to_neutral(v_ll)
    turn = cmath.exp(-2j * math.pi / 3)
    return (complex(v_ln), v_ln * turn, v_ln * turn.conjugate())


def across(volts: Lines, lines: Sequence[int]) -> complex:
    """The voltage that a load on one line (to neutral) or on two lines (between them) sees."""
    return volts[lines[0]] if len(lines) == 1 else volts[lines[0]] - volts[lines[1]]


def complex_power(watts: float, power_factor: float) -> complex:
    """S of a lagging load. Power factor in (0, 1]."""
    return complex(watts, watts * math.tan(math.acos(power_factor)))


def line_currents(power: complex, volts: Lines, lines: Sequence[int]) -> Lines:
    """Line current phasors of one load on one, two or all three lines (PW-06).

    One line: to neutral. Two: between them. Three: balanced, a third to neutral on each.
    """
    out = [0j, 0j, 0j]
    if len(lines) == 3:
        for k in range(3):
            out[k] = (power / 3 / volts[k]).conjugate()
        return out[0], out[1], out[2]
    current = (power / across(volts, lines)).conjugate()
    out[lines[0]] += current
    if len(lines) == 2:
        out[lines[1]] -= current
    return out[0], out[1], out[2]


def total(parts: Iterable[Lines]) -> Lines:
    """Line by line sum."""
    a = b = c = 0j
    for part in parts:
        a, b, c = a + part[0], b + part[1], c + part[2]
    return a, b, c


def line_powers(volts: Lines, amps: Lines) -> Lines:
    """Complex power on each line against neutral; their sum is the power of everything below."""
    return (
        volts[0] * amps[0].conjugate(),
        volts[1] * amps[1].conjugate(),
        volts[2] * amps[2].conjugate(),
    )


def interpolate(curve: Sequence[tuple[float, float]], x: float) -> float:
    """Straight lines between the points of a rising curve, flat outside."""
    if x <= curve[0][0]:
        return curve[0][1]
    for (x0, y0), (x1, y1) in pairwise(curve):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return curve[-1][1]


def runtime_s(stored_wh: float, out_w: float, efficiency: float, longest_s: float) -> float:
    """Seconds a battery lasts (PW-25 fallback): stored x efficiency / load, at most `longest_s`."""
    if out_w * longest_s <= stored_wh * efficiency * 3600:
        return longest_s
    return stored_wh * efficiency * 3600 / out_w


def sensible_w(airflow_m3_s: float, difference_k: float) -> float:
    """Heat carried by air (EN-09): 2.5 m3/s over 11 K = 33 165 W."""
    return AIR_J_PER_M3_K * airflow_m3_s * difference_k


def saturation_pa(celsius: float) -> float:
    """Saturation pressure of water vapour over water (Magnus form, WMO-No. 8: 17.62, 243.12)."""
    return 611.2 * math.exp(17.62 * celsius / (243.12 + celsius))


def relative_humidity(celsius: float, dew_point_c: float) -> float:
    """Percent, at most 100."""
    return min(100.0, 100 * saturation_pa(dew_point_c) / saturation_pa(celsius))
