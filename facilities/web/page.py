"""What every template can use: filters, navigation, tabs, icons, versioned static files."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app, request, url_for
from markupsafe import Markup

from facilities.web import show
from facilities.web.house import house, viewer
from facilities.web.registry import NavEntry

#: Roles in the order in which they decide how the navigation is sorted.
LEADING = ("receiving", "electrician", "facilities", "admin", "viewer")


def install(app: Flask) -> None:
    """Put filters and globals on the app's Jinja environment."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        quantity=show.quantity,
        age=show.age,
        moment=lambda at, seconds=False: show.moment(at, house().settings.time_zone, seconds),
        since=lambda at: show.since(at, house().clock()),
        half_units=show.half_units,
        metric_words=show.metric_words,
        combine=lambda one, other: {**one, **other},
    )
    app.jinja_env.globals.update(
        icon=icon, asset=asset, navigation=navigation, is_here=is_here, viewer=viewer
    )
    app.context_processor(lambda: {"part": bool(request.headers.get("HX-Request"))})


def navigation() -> list[NavEntry]:
    """The entries that this person may open, in the order in which their role works."""
    who = viewer()
    lead = next((role for role in LEADING if role in who.roles), "")
    shown = [entry for entry in house().registries.nav if who.may(entry.permission)]
    return sorted(shown, key=lambda e: (e.roles.get(lead, e.order), e.title))


def is_here(entry: NavEntry) -> bool:
    """True when the page that is shown lies under this entry: the longest prefix wins."""
    prefixes = [url_for(e.endpoint) for e in house().registries.nav]
    under = [prefix for prefix in prefixes if request.path.startswith(prefix)]
    return bool(under) and url_for(entry.endpoint) == max(under, key=len)


def icon(name: str, label: str = "") -> Markup:
    """An icon of the sprite; decorative unless it has a label."""
    url = f"{asset('vendor/icons.svg')}#{name}"
    hidden = Markup('role="img" aria-label="{}"').format(label) if label else 'aria-hidden="true"'
    text = '<svg class="icon" {}><use href="{}"/></svg>'
    return Markup(text).format(Markup(hidden), url)  # noqa: S704 -- built from our own constants


def asset(path: str) -> str:
    """The URL of a static file, with a tag of its content so that browsers may keep it."""
    file = Path(current_app.static_folder or "") / path
    changed = file.stat().st_mtime if file.exists() else 0.0
    return url_for("static", filename=path, v=_tag(file, changed))


@lru_cache(maxsize=256)
def _tag(path: Path, changed: float) -> str:
    del changed
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.exists() else "none"
