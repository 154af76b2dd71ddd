"""Recordings and libraries of others that lie beside the checkout and are never committed."""

import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
MISSING = "shared data missing: "


def shared(name: str) -> Path:
    """The file or folder `name` in RACKHOUSE_SHARED (default `../shared`); absent, a named skip."""
    folder = Path(os.environ.get("RACKHOUSE_SHARED") or CHECKOUT.parent / "shared")
    if not folder.is_dir():
        pytest.skip(f"{MISSING}{name.partition('/')[0]}")
    if not (folder / name).exists():
        pytest.skip(f"{MISSING}{name}")
    return folder / name
