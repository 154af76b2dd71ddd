"""Finds templates, static files and migrations in a checkout and in an installed wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def bundle(name: str) -> Path:
    """The folder `templates`, `static` or `migrations`."""
    carried = _PACKAGE / "_bundle" / name
    return carried if carried.is_dir() else _PACKAGE.parent / name
