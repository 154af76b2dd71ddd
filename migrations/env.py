"""Alembic's entry: one engine given by the caller, every area's models known."""

from alembic import context
from sqlalchemy.engine import Connection, Engine

from facilities import models
from facilities.db import Base, UtcDateTime

MODELS = models.ALL  # imported for its tables


def plain_types(kind: str, item: object, autogen: object) -> str | bool:
    """Migrations name plain types: they must read the same when our own types have changed."""
    del autogen
    return (
        "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False
    )


def wanted(item: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
    """Only the tables a new migration is meant for, where `tools.migration` names some."""
    del item, reflected, other
    only = context.config.attributes.get("tables")
    return kind != "table" or only is None or name in only


def run(connection: Connection) -> None:
    """Run the asked migrations in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=plain_types,
        include_object=wanted,
    )
    with context.begin_transaction():
        context.run_migrations()


engine: Engine | None = context.config.attributes.get("engine")
if engine is None:
    raise SystemExit("Use `rackhouse db upgrade`.")
with engine.connect() as opened:
    run(opened)
    opened.commit()
