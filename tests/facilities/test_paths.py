"""One function finds the bundled folders beside the package or inside it."""

from pathlib import Path

import pytest

from facilities.paths import bundle


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A `facilities` package in a checkout with a templates folder."""
    (tmp_path / "templates").mkdir()
    folder = tmp_path / "facilities"
    folder.mkdir()
    return folder


def test_a_checkout_has_them_beside_the_package(package: Path) -> None:
    assert bundle("templates", package) == package.parent / "templates"


def test_a_wheel_has_them_inside(package: Path) -> None:
    inside = package / "_bundle" / "templates"
    inside.mkdir(parents=True)
    assert bundle("templates", package) == inside


def test_another_name_is_refused(package: Path) -> None:
    with pytest.raises(ValueError, match=r"'secrets' is not bundled; one of templates, static"):
        bundle("secrets", package)


def test_a_missing_folder_is_named(package: Path) -> None:
    with pytest.raises(FileNotFoundError, match="static is missing"):
        bundle("static", package)
