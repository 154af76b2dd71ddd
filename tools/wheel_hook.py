"""Refuse to build a wheel without what npm brings: it would serve pages without style or script."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class VendorHook(BuildHookInterface):  # type: ignore[type-arg]
    """Checks before hatchling packs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Raise when static/vendor was not built."""
        if not (Path(self.root) / "static" / "vendor" / "htmx.min.js").is_file():
            raise FileNotFoundError("static/vendor is not built: run `make assets` first")
