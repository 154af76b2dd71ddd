"""Fill static/vendor with what npm brings, by package-lock.json: `python -m tools.assets [--test]`.

htmx, Tabler, uPlot and one small sprite of the icons in static/icons.txt; `--test` also fetches
what only the browser tests use into .cache/assets. A stamp makes a second call do nothing.
"""

import difflib
import hashlib
import json
import re
import shutil
import sys
from pathlib import Path

from tools.environment import ROOT, read
from tools.npm import install
from tools.say import step, stop

#: Where a file lies in node_modules, and its name in static/vendor.
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "uplot/dist/uPlot.iife.min.js": "uplot.min.js",
    "uplot/dist/uPlot.min.css": "uplot.min.css",
}
TEST_FILES = {"axe-core/axe.min.js": "axe.min.js"}
SOURCE_MAP = re.compile(r"\n?(?://|/\*)# sourceMappingURL=[^\n*]*(?:\*/)?\s*$")
DRAWING = re.compile(r"<svg\b[^>]*>(.*)</svg>", re.DOTALL)
FRAME = re.compile(r'\s*<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>')
STROKED = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"'
STYLES = {"outline": f'{STROKED} stroke-linejoin="round"', "filled": 'fill="currentColor"'}


def icon_names(text: str) -> list[str]:
    """The names in an icon list: one a line, `#` begins a comment."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return sorted({line for line in lines if line})


def symbol(name: str, icons: Path) -> str:
    """One `<symbol id=NAME>` from the package's drawing. Stops naming an icon that is not there."""
    style, drawn = ("filled", name.removesuffix("-filled")) if name.endswith("-filled") else (
        "outline", name)  # fmt: skip
    path = icons / style / f"{drawn}.svg"
    if not path.is_file():
        near = difflib.get_close_matches(drawn, (file.stem for file in (icons / style).iterdir()))
        stop(f"static/icons.txt: no {style} icon {drawn!r}; near it: {', '.join(near) or 'none'}")
    found = DRAWING.search(path.read_text("utf-8"))
    if found is None:
        stop(f"{path} holds no drawing; has the layout of @tabler/icons changed?")
    paths = " ".join(FRAME.sub("", found[1]).split()).replace("> <", "><")
    return f'<symbol id="{name}" viewBox="0 0 24 24" {STYLES[style]}>{paths}</symbol>'


def sprite(names: list[str], icons: Path) -> str:
    """The icons as one SVG file, to be used as `icons.svg#NAME`."""
    symbols = "\n".join(symbol(name, icons) for name in names)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def licences(lock: dict[str, dict[str, str]], modules: Path) -> str:
    """Who made what is served, with the licence text where the package carries one."""
    parts = []
    for place, package in sorted(lock.items()):
        if not place or package.get("dev"):
            continue
        name = place.removeprefix("node_modules/")
        parts.append(f"{name} {package['version']}, {package.get('license', 'no licence named')}")
        parts += [text.read_text("utf-8") for text in sorted((modules / name).glob("LICENSE*"))]
    return "\n\n".join(parts) + "\n"


def copy(files: dict[str, str], modules: Path, out: Path) -> None:
    """Copy built files; a source map is not served, so the line that asks for one goes."""
    out.mkdir(parents=True, exist_ok=True)
    for source, name in files.items():
        if not (modules / source).is_file():
            stop(f"npm brought no {source}; has the package changed its layout?")
        text = (modules / source).read_text("utf-8")
        (out / name).write_text(SOURCE_MAP.sub("\n", text), "utf-8")


def digest(root: Path, with_tests: bool) -> str:
    """What the vendor folder depends on."""
    inputs = [root / "package-lock.json", root / "static" / "icons.txt", Path(__file__)]
    return hashlib.sha256(
        b"\0".join(p.read_bytes() for p in inputs) + bytes([with_tests])
    ).hexdigest()


def build(root: Path, modules: Path, with_tests: bool) -> None:
    """Replace static/vendor by a fresh one, in one rename, so that none is ever half full."""
    fresh, vendor = root / ".cache" / "vendor", root / "static" / "vendor"
    shutil.rmtree(fresh, ignore_errors=True)
    copy(FILES, modules, fresh)
    names = icon_names((root / "static" / "icons.txt").read_text("utf-8"))
    (fresh / "icons.svg").write_text(sprite(names, modules / "@tabler/icons/icons"), "utf-8")
    lock = json.loads((root / "package-lock.json").read_text("utf-8"))["packages"]
    (fresh / "LICENSES.txt").write_text(licences(lock, modules), "utf-8")
    if with_tests:
        copy(TEST_FILES, modules, root / ".cache" / "assets")
    shutil.rmtree(vendor, ignore_errors=True)
    fresh.rename(vendor)


def ensure(root: Path = ROOT, with_tests: bool = False) -> bool:
    """Bring static/vendor up to the lock file. True when something had to be done."""
    stamp, wanted = root / "static" / "vendor" / ".made-from", digest(root, with_tests)
    tested = (root / ".cache" / "assets" / "axe.min.js").is_file()
    if read(stamp) in (wanted, digest(root, True)) and (tested or not with_tests):
        return False
    step("Fetching JavaScript and CSS by package-lock.json")
    build(root, install(root, with_tests), with_tests)
    stamp.write_text(wanted, "utf-8")
    return True


if __name__ == "__main__":
    ensure(with_tests="--test" in sys.argv[1:])
