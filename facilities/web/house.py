"""What every request can reach: settings, sessions, registries, readings, who is looking."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from flask import current_app, g
from sqlalchemy.orm import Session, sessionmaker

from facilities.db import now
from facilities.readings import NoReadings, Readings
from facilities.settings import Settings
from facilities.web.registry import Registries, Viewer


@dataclass(slots=True)
class House:
    """The wired application; `create_app` makes one and keeps it on the Flask app."""

    settings: Settings
    sessions: sessionmaker[Session]
    registries: Registries = field(default_factory=Registries)
    readings: Readings = field(default_factory=NoReadings)
    clock: Callable[[], datetime] = now
    viewer: Callable[[], Viewer] | None = None


def house() -> House:
    """The house of the running request or app context."""
    return cast(House, current_app.extensions["rackhouse"])


def session() -> Session:
    """The database session of this request; the shell commits or rolls it back."""
    return cast(Session, g.session)


def viewer() -> Viewer:
    """Who looks; an anonymous viewer may nothing."""
    found = house().viewer
    if found is None:
        return Viewer(None, "", frozenset(), lambda _: frozenset())
    return found()
