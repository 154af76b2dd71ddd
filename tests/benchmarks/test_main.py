"""The runner finds what can be run by itself and runs each in a process of its own."""

from pathlib import Path

import pytest

from benchmarks.__main__ import main, names

ONE = 'if __name__ == "__main__":\n    print("one was here")\n'
BROKEN = 'if __name__ == "__main__":\n    raise OSError("no disk")\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A package with one benchmark and one helper."""
    home = tmp_path / "measures"
    home.mkdir()
    (home / "__init__.py").touch()
    (home / "one.py").write_text(ONE, "utf-8")
    (home / "helper.py").write_text("x = 1\n", "utf-8")
    return home


def test_a_benchmark_is_a_module_that_can_be_run(folder: Path) -> None:
    assert names(folder) == ["one"]


def test_each_prints_its_own_tables(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main([], folder) == 0
    assert "one was here" in capfd.readouterr().out


def test_one_that_cannot_run_is_named_and_does_not_stop_the_next(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "broken.py").write_text(BROKEN, "utf-8")
    assert main([], folder) == 1
    told = capfd.readouterr()
    assert "one was here" in told.out
    assert "could not be run: broken" in told.err


def test_an_unknown_name_is_wrong_usage(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["two"], folder)
    assert ended.value.code == 2
    assert "no benchmark two; there are: one" in capsys.readouterr().err
