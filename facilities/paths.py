"""Where the pages, the static files and the migrations lie: in a checkout and in a wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
#: The folders a wheel carries inside the package (pyproject.toml, force-include).
BUNDLED = ("templates", "static", "migrations")


def bundle(name: str, package: Path = PACKAGE) -> Path:
    """The folder `templates`, `static` or `migrations`.

    An installed wheel has them in `facilities/_bundle/`, a checkout beside `facilities/`.
    Raises ValueError for another name, FileNotFoundError when neither place has the folder.
    """
    if name not in BUNDLED:
        raise ValueError(f"{name!r} is not bundled; one of {', '.join(BUNDLED)} is")
    installed = package / "_bundle"
    folder = (installed if installed.is_dir() else package.parent) / name
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is missing: not a checkout, and not a whole wheel")
    return folder
