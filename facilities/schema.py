"""The schema of the records: upgrade it, and tell whether it is up to date."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine

from facilities.errors import Unavailable
from facilities.paths import bundle


def alembic_config(engine: Engine | None = None) -> Config:
    """Alembic, told where our migrations are and which engine to use."""
    config = Config()
    config.set_main_option("script_location", str(bundle("migrations")).replace("%", "%%"))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine) -> str:
    """Bring the schema to the newest revision; returns it. Safe to call again."""
    command.upgrade(alembic_config(engine), "head")
    return newest()


def newest() -> str:
    """The newest revision that this release knows."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head() or ""


def check(engine: Engine) -> None:
    """Raises Unavailable when the schema is not the one that this release wants."""
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found != newest():
        raise Unavailable(
            f"The database is at revision {found or 'none'}, this release wants {newest()}: "
            "run `rackhouse db upgrade` (make a backup first)."
        )
