"""Settings, commands and profiles stand in the documents; icons of the pages stand in the list."""

import importlib
from pathlib import Path

import click
import pytest

from tests.architecture.documented import (
    commands,
    icons_used,
    settings_fields,
    settings_named,
    undocumented,
)
from tests.architecture.source import CHECKOUT, Module, load
from tools.assets import icon_names

DOCS = CHECKOUT / "docs"


def document(name: str) -> str:
    """The text of a document."""
    return (DOCS / name).read_text("utf-8")


@pytest.fixture(scope="module")
def ours() -> dict[str, Module]:
    """The modules of this checkout that run in production."""
    return load(packages=("facilities", "telemetry"))


def test_every_setting_is_documented(ours: dict[str, Module]) -> None:
    fields = settings_fields(ours["facilities.settings"])
    assert "RACKHOUSE_BIND" in fields
    assert undocumented(fields | settings_named(ours), document("settings.md")) == []


def test_every_command_is_documented(ours: dict[str, Module]) -> None:
    assert "facilities.cli" in ours
    text = document("commands.md")
    found = commands(importlib.import_module("facilities.cli").cli, "rackhouse")
    assert "rackhouse demo" in found
    assert undocumented(found, text) == []


def test_every_profile_is_documented() -> None:
    found = {path.stem for path in (CHECKOUT / "telemetry" / "profiles").rglob("*.yaml")}
    text = document("profiles.md")
    assert found
    assert undocumented(found, text) == []


def test_every_icon_of_a_page_is_in_the_list() -> None:
    listed = set(icon_names((CHECKOUT / "static" / "icons.txt").read_text("utf-8")))
    pages = [path for path in (CHECKOUT / "templates").rglob("*") if path.is_file()]
    used = icons_used([*pages, *(CHECKOUT / "facilities").rglob("*.py")])
    assert {name: page for name, page in used.items() if name not in listed} == {}


def test_an_undocumented_setting_is_found(tmp_path: Path) -> None:
    (tmp_path / "facilities").mkdir()
    source = 'class Settings:\n    bind: str = ""\n    time_zone: str = ""\n'
    source += 'KEY = "RACKHOUSE_SPOOL_DIR"\n'
    (tmp_path / "facilities" / "settings.py").write_text(source, "utf-8")
    modules = load(tmp_path)
    fields = settings_fields(modules["facilities.settings"])
    assert fields == {"RACKHOUSE_BIND", "RACKHOUSE_TIME_ZONE"}
    names = fields | settings_named(modules)
    assert undocumented(names, "RACKHOUSE_BIND and RACKHOUSE_TIME_ZONE_OF") == [
        "RACKHOUSE_SPOOL_DIR",
        "RACKHOUSE_TIME_ZONE",
    ]


def test_an_undocumented_command_is_found() -> None:
    @click.group()
    def main() -> None: ...

    @main.group()
    def db() -> None: ...

    db.command("upgrade")(lambda: None)
    main.command("demo")(lambda: None)
    found = commands(main, "rackhouse")
    assert found == ["rackhouse db upgrade", "rackhouse demo"]
    assert undocumented(found, "`rackhouse demo` and `rackhouse db upgrade-all`") == [
        "rackhouse db upgrade"
    ]


def test_an_icon_outside_the_list_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("""{{ icon("bolt") }} {{ icon('no-such', "x") }}""", "utf-8")
    assert set(icons_used([page])) == {"bolt", "no-such"}
