"""PW-04, 08 to 12: limits, policies, imbalance, connectors."""

import pytest

from facilities.power import imbalance, limits
from facilities.power.connectors import judge_cord, limit_a

NEAR = 0.01


@pytest.mark.parametrize(
    ("volts", "rating", "phases", "policy", "kva"),
    [
        (208, 30, 3, "nec", 8.65),
        (208, 60, 3, "nec", 17.29),
        (415, 30, 3, "nec", 17.25),
        (415, 60, 3, "nec", 34.50),
        (208, 30, 1, "nec", 4.99),
        (400, 16, 3, "iec", 11.09),
        (400, 32, 3, "iec", 22.17),
        (230, 32, 1, "iec", 7.36),
    ],
)
def test_pw_04_common_limits(
    volts: float, rating: float, phases: int, policy: str, kva: float
) -> None:
    assert limits.limit_va(volts, rating, phases, policy) / 1000 == pytest.approx(kva, abs=NEAR)


def test_pw_09_thirty_amps_carry_twenty_four_for_hours() -> None:
    assert limits.effective_limit(30, "nec").amps == pytest.approx(24)
    assert limits.least_rating_a(20, 4) == pytest.approx(29)


def test_pw_10_a_board_loaded_together_plans_less_on_each_way() -> None:
    assert limits.planned_per_way_a(32, 8) == pytest.approx(22.4)
    assert limits.planned_per_way_a(32, 1) == 32


def test_pw_11_the_policy_and_the_breakers_own_factor_are_in_the_verdict() -> None:
    by_pack = limits.effective_limit(30, "nec", derate=0.9)
    assert by_pack.amps == pytest.approx(21.6)
    assert by_pack.words == "30 A x 80% (policy nec) x derate 0.9"
    own = limits.effective_limit(30, "nec", continuous_factor=1.0)
    assert (own.amps, own.words) == (30, "30 A x 100% (its own factor)")


def test_pw_11_kw_and_kva_are_judged_apart() -> None:
    used = limits.utilisation_of_power(400e3, 400e3 / 0.8, 450e3, 500e3)
    assert used == pytest.approx(1.0)


def test_pw_11_a_rating_without_its_load_leaves_utilisation_unknown() -> None:
    assert limits.utilisation_of_power(400e3, None, 450e3, 500e3) is None
    assert limits.utilisation_of_power(400e3, None, 450e3, None) == pytest.approx(0.889, abs=0.001)
    assert limits.utilisation_of_power(1.0, 1.0, None, None) is None


def test_pw_11_transformer_and_upstream_input() -> None:
    assert limits.full_load_a(225e3, 480) == pytest.approx(270.63, abs=NEAR)
    assert limits.full_load_a(225e3, 208) == pytest.approx(624.54, abs=NEAR)
    assert limits.upstream_input_w(400, 0.96, 50) == pytest.approx(466.67, abs=NEAR)


def test_pw_11_the_least_limit_of_a_path_wins_and_unknown_ones_do_not_count_as_none() -> None:
    path = [("PDU", limits.effective_limit(30)), ("CB", limits.effective_limit(20))]
    found = limits.lowest([*path, ("RPP", limits.effective_limit(None))])
    assert found is not None
    assert found[0] == "CB"
    assert limits.lowest([("RPP", limits.effective_limit(None))]) is None


def test_at_the_limit_passes_and_the_unknown_is_never_ok() -> None:
    limit = limits.effective_limit(30, "nec")
    assert limits.judge_amps(limit, 24.0).ok is True
    assert limits.judge_amps(limit, 24.01).ok is False
    assert limits.judge_amps(limit, None).ok is None
    assert limits.judge_amps(limits.effective_limit(None), 1.0).ok is None
    tones = [limits.judge_amps(limit, amps).tone for amps in (5.0, 20.0, 25.0, None)]
    assert tones == ["ok", "warning", "critical", "unknown"]


@pytest.mark.parametrize(
    ("amps", "pct", "band"),
    [
        ((45, 38, 52), 15.56, "act"),
        ((20, 16, 12), 25.0, "critical"),
        ((10, 10, 10), 0, "excellent"),
    ],
)
def test_pw_08_imbalance(amps: tuple[float, ...], pct: float, band: str) -> None:
    verdict = imbalance.judge(amps, None)
    assert verdict.pct == pytest.approx(pct, abs=NEAR)
    assert verdict.band == band


def test_pw_08_voltages_and_nothing_at_all() -> None:
    assert imbalance.deviation_pct((462, 463, 455)) == pytest.approx(1.09, abs=NEAR)
    assert imbalance.deviation_pct((0, 0, 0)) == 0


def test_pw_08_is_suppressed_when_low_and_unknown_when_a_phase_is_not_read() -> None:
    low = imbalance.judge((10, 2, 0), 225)
    assert (low.pct, low.band) == (None, "suppressed")
    assert "20% of 225 A" in low.why
    assert imbalance.judge((45, None, 52), 225).band == "unknown"
    assert imbalance.judge((45, 38, 52), 225).pct is not None


def test_pw_12_eleven_amps_on_a_c13_fail_iec_and_pass_ul() -> None:
    c13 = "iec-60320-c13"
    assert limit_a(c13, "iec") == 10
    assert limit_a(c13, "nec") == pytest.approx(12)
    assert limit_a("nema-l6-30r", "nec") == pytest.approx(24)
    assert limit_a("saf-d-grid", "nec") is None


@pytest.mark.parametrize(
    ("outlet", "inlet", "tone"),
    [
        ("iec-60320-c13", "iec-60320-c14", "ok"),
        ("iec-60320-c19", "iec-60320-c20", "ok"),
        ("iec-60320-c19", "iec-60320-c14", "warning"),
        ("iec-60320-c13", "iec-60320-c20", "warning"),
        ("nema-5-15r", "iec-60320-c14", "warning"),
        ("nema-l6-30r", "nema-l6-30p", "ok"),
        ("nema-5-15r", "nema-l6-30p", "critical"),
        ("iec-60320-c13", "iec-60309-3p-n-e-6h", "critical"),
        ("iec-60320-c13", "hardwired", "critical"),
        (None, "iec-60320-c14", "unknown"),
        ("iec-60309-2p-e-6h", "saf-d-grid", "unknown"),
    ],
)
def test_pw_12_which_cords_there_are(outlet: str | None, inlet: str, tone: str) -> None:
    assert judge_cord(outlet, inlet, "nec").tone == tone


def test_pw_12_a_cord_of_two_kinds_is_good_for_the_lesser_end() -> None:
    assert judge_cord("iec-60320-c19", "iec-60320-c14", "iec").limit_a == 10
