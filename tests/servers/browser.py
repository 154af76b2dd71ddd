"""Debian's Chromium for the browser tests; Playwright never downloads one of its own."""

from pathlib import Path

import pytest

from tests.servers.registry import require

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE = Path(__file__).resolve().parents[2] / ".cache" / "assets" / "axe.min.js"


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser's executable, for `launch(executable_path=..., args=ARGUMENTS)`."""
    return require("chromium")


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, to be run in a page; `make test` fetches it."""
    if not AXE.is_file():
        pytest.skip("axe-core is not fetched: run `make test`, or python -m tools.assets --test")
    return AXE.read_text("utf-8")
