"""No file over 400 lines, no function over 60, in source and in tests."""

from pathlib import Path

from tests.architecture.budgets import too_large
from tests.architecture.source import PACKAGES, load


def test_our_files_and_functions_are_within_budget() -> None:
    # Migrations are lists written by a tool and frozen once landed; nobody grows them.
    problems = too_large(load(packages=(*PACKAGES, "tests")))
    assert not problems, "\n".join(problems)


def test_a_file_that_is_too_long_is_named(tmp_path: Path) -> None:
    (tmp_path / "telemetry").mkdir()
    (tmp_path / "telemetry" / "long.py").write_text("x = 1\n" * 401, "utf-8")
    assert too_large(load(tmp_path)) == ["telemetry.long has 401 lines; 400 is the most"]


def test_a_function_that_is_too_long_is_named(tmp_path: Path) -> None:
    (tmp_path / "telemetry").mkdir()
    body = "async def wait():\n" + "    x = 1\n" * 60
    (tmp_path / "telemetry" / "long.py").write_text(body, "utf-8")
    assert too_large(load(tmp_path)) == ["telemetry.long.wait has 61 lines; 60 is the most"]
