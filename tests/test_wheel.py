"""A wheel carries the pages, the static files and the migrations, and finds them installed."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.source import CHECKOUT

LOOK = """
import sys
sys.path.insert(0, sys.argv[1])
from facilities.paths import bundle
for name in ("templates", "static", "migrations"):
    folder = bundle(name)
    assert str(folder).startswith(sys.argv[1]), folder
    print(name, sum(1 for path in folder.rglob("*") if path.is_file()))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built without asking an index."""
    if not (CHECKOUT / "static" / "vendor" / "htmx.min.js").is_file():
        pytest.skip("static/vendor is not built: run `make assets`")
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return next(out.glob("*.whl"))


def test_it_holds_every_page_style_and_migration(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("templates", "static", "migrations"):
        files = (path for path in (CHECKOUT / folder).rglob("*") if path.is_file())
        wanted = {
            f"facilities/_bundle/{path.relative_to(CHECKOUT)}"
            for path in files
            if "__pycache__" not in path.parts
        }
        assert wanted
        assert wanted <= names
    assert "facilities/_bundle/static/vendor/htmx.min.js" in names


def test_it_holds_every_module_and_profile_and_no_test(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for package in ("facilities", "telemetry"):
        files = (
            path for path in (CHECKOUT / package).rglob("*") if path.suffix in (".py", ".yaml")
        )
        assert {str(path.relative_to(CHECKOUT)) for path in files} <= names
    assert not [name for name in names if name.startswith(("tests/", "tools/", "benchmarks/"))]


def test_it_names_its_command(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    entry = next(name for name in archive.namelist() if name.endswith("entry_points.txt"))
    assert "rackhouse = facilities.cli:main" in archive.read(entry).decode()


def test_installed_it_finds_its_folders(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*install, "--target", str(target), str(wheel)], check=True)
    command = [sys.executable, "-I", "-c", LOOK, str(target)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    counts = dict(line.split() for line in done.stdout.splitlines())
    assert all(int(count) > 0 for count in counts.values())
    assert set(counts) == {"templates", "static", "migrations"}
