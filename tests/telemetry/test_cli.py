"""The profiles commands as a person meets them."""

from pathlib import Path

from click.testing import CliRunner

import telemetry.profiles
from telemetry.cli import profiles
from telemetry.profiles.loader import names

SHIPPED = Path(telemetry.profiles.__path__[0])


def test_list_has_a_line_for_every_profile() -> None:
    result = CliRunner().invoke(profiles, ["list"])
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.output.splitlines()] == names()
    assert "from documents" in result.output


def test_show_gives_sources_and_every_point() -> None:
    output = CliRunner().invoke(profiles, ["show", "schneider-bcpme"]).output
    assert "source  dariofurlan" in output
    assert "circuit_42.current " in output
    assert "x 10^(circuit_42.current_sf)" in output
    output = CliRunner().invoke(profiles, ["show", "ups-rfc1628"]).output
    assert "1.3.6.1.2.1.33.1.4.4.1.4.*" in output
    assert "5=battery" in output


def test_show_of_an_unknown_name_is_one_line_and_exit_1() -> None:
    result = CliRunner().invoke(profiles, ["show", "apc-rpdu3"])
    assert result.exit_code == 1
    assert "no profile is called 'apc-rpdu3'; try apc-rpdu" in result.output


def test_check_passes_what_is_shipped() -> None:
    files = [str(path) for path in sorted(SHIPPED.glob("*.yaml"))]
    result = CliRunner().invoke(profiles, ["check", *files])
    assert result.exit_code == 0
    assert result.output.count(", fine") == len(files)


def test_check_names_file_and_line_of_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    text = (SHIPPED / "schneider-pm5000.yaml").read_text()
    file.write_text(text.replace("unit: kvar", "unit: furlong"))
    line = 1 + text[: text.index("unit: kvar")].count("\n")
    good = str(SHIPPED / "schneider-iem3000.yaml")
    result = CliRunner().invoke(profiles, ["check", str(file), good])
    assert result.exit_code == 1
    assert f"bad.yaml:{line}: unit 'furlong' is not one for reactive_power" in result.output
    assert "schneider-iem3000, 26 points, fine" in result.output


def test_check_without_a_file_is_wrong_usage() -> None:
    assert CliRunner().invoke(profiles, ["check"]).exit_code == 2
