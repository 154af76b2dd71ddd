"""static/vendor is what the lock file says and no more than the pages use."""

import json
from pathlib import Path

import pytest

from tools.assets import FILES, TEST_FILES, build, copy, icon_names, licences, sprite

DRAWING = """<svg
  xmlns="http://www.w3.org/2000/svg"
  viewBox="0 0 24 24"
>
  <path stroke="none" d="M0 0h24v24H0z" fill="none" />
  <path d="M5 12l-2 0" />
  <path d="M5 12v7" />
</svg>"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout whose node_modules hold small stand-ins in the real layout."""
    modules = tmp_path / "node_modules"
    for source in (*FILES, *TEST_FILES):
        (modules / source).parent.mkdir(parents=True, exist_ok=True)
        (modules / source).write_text(f"{source};\n//# sourceMappingURL=x.map\n", "utf-8")
    for style, name in (("outline", "bolt"), ("filled", "bolt"), ("outline", "bell")):
        folder = modules / "@tabler/icons/icons" / style
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.svg").write_text(DRAWING, "utf-8")
    (modules / "uplot" / "LICENSE").write_text("Anyone may.", "utf-8")
    packages = {
        "": {"name": "x"},
        "node_modules/uplot": {"version": "1.6.32", "license": "MIT"},
        "node_modules/axe-core": {"version": "4", "license": "MPL-2.0", "dev": True},
    }
    (tmp_path / "package-lock.json").write_text(json.dumps({"packages": packages}), "utf-8")
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "icons.txt").write_text("bolt\nbolt-filled\n", "utf-8")
    return tmp_path


def test_the_vendor_folder_is_replaced_as_a_whole(root: Path) -> None:
    vendor = root / "static" / "vendor"
    vendor.mkdir()
    (vendor / "old.js").touch()
    build(root, root / "node_modules", with_tests=False)
    made = {path.name for path in vendor.iterdir()}
    assert made == {*FILES.values(), "icons.svg", "LICENSES.txt"}
    assert not (root / ".cache" / "assets").exists()


def test_what_only_tests_use_is_not_served(root: Path) -> None:
    build(root, root / "node_modules", with_tests=True)
    assert (root / ".cache" / "assets" / "axe.min.js").is_file()
    assert not list((root / "static" / "vendor").glob("axe*"))


def test_a_served_file_asks_for_no_source_map(root: Path) -> None:
    copy({"htmx.org/dist/htmx.min.js": "htmx.min.js"}, root / "node_modules", root / "out")
    text = (root / "out" / "htmx.min.js").read_text("utf-8")
    assert text == "htmx.org/dist/htmx.min.js;\n"


def test_a_css_source_map_line_goes_as_well(root: Path) -> None:
    source = root / "node_modules" / "a.css"
    source.write_text("a{b:c}\n/*# sourceMappingURL=a.css.map */", "utf-8")
    copy({"a.css": "a.css"}, root / "node_modules", root)
    assert (root / "a.css").read_text("utf-8") == "a{b:c}\n"


def test_a_file_that_npm_did_not_bring_is_named(root: Path) -> None:
    with pytest.raises(SystemExit, match=r"npm brought no htmx\.org/dist/gone\.js"):
        copy({"htmx.org/dist/gone.js": "x"}, root / "node_modules", root)


def test_the_sprite_holds_the_listed_icons_and_no_frame(root: Path) -> None:
    text = sprite(["bolt", "bolt-filled"], root / "node_modules/@tabler/icons/icons")
    assert text.count("<symbol ") == 2
    assert '<symbol id="bolt" viewBox="0 0 24 24" fill="none" stroke="currentColor"' in text
    assert '<symbol id="bolt-filled" viewBox="0 0 24 24" fill="currentColor">' in text
    assert "M0 0h24v24H0z" not in text
    assert '<path d="M5 12l-2 0" /><path d="M5 12v7" />' in text


def test_an_unknown_icon_is_named_with_what_is_near(root: Path) -> None:
    with pytest.raises(SystemExit, match=r"icons\.txt: no outline icon 'bol'; near it: bolt"):
        sprite(["bol"], root / "node_modules/@tabler/icons/icons")


def test_the_icon_list_takes_comments_and_blank_lines() -> None:
    assert icon_names("# why\n\nbolt # power\nbell\nbolt\n") == ["bell", "bolt"]


def test_licences_name_what_is_served_only(root: Path) -> None:
    lock = json.loads((root / "package-lock.json").read_text("utf-8"))["packages"]
    assert licences(lock, root / "node_modules") == "uplot 1.6.32, MIT\n\nAnyone may.\n"
