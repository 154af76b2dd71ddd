"""What every command can reach: settings and sessions, opened when first asked for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import click
from sqlalchemy.orm import Session, sessionmaker

from facilities.settings import Settings


@dataclass
class Shop:
    """The context object of the `rackhouse` command. `open_sessions` comes from app.py."""

    settings: Settings
    open_sessions: Callable[[Settings], sessionmaker[Session]] = field(repr=False)

    @cached_property
    def sessions(self) -> sessionmaker[Session]:
        """Sessions on the records, with the history listening."""
        return self.open_sessions(self.settings)

    @property
    def base_url(self) -> str:
        """Where people reach the web application."""
        scheme = "https" if self.settings.https else "http"
        return self.settings.base_url or f"{scheme}://{self.settings.bind}"


pass_shop = click.make_pass_decorator(Shop)
