"""The migrations build exactly the schema of the models, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import Engine

from facilities import schema
from facilities.db import Base, make_engine
from facilities.errors import Unavailable


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without any table."""
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    else:
        engine = make_engine(request.getfixturevalue("postgres").create())
    yield engine
    engine.dispose()


def test_migrations_and_models_agree(empty: Engine) -> None:
    schema.upgrade(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_an_upgrade_may_be_repeated(empty: Engine) -> None:
    assert schema.upgrade(empty) == schema.upgrade(empty) == schema.newest()
    schema.check(empty)


def test_a_database_that_was_not_upgraded_is_refused_with_the_way_out(empty: Engine) -> None:
    with pytest.raises(Unavailable, match="run `rackhouse db upgrade`"):
        schema.check(empty)


def test_every_constraint_of_the_models_is_in_the_database(empty: Engine) -> None:
    schema.upgrade(empty)
    found = sa.inspect(empty)
    for table in Base.metadata.sorted_tables:
        named = {c.name for c in table.constraints if isinstance(c, sa.UniqueConstraint)}
        there = {c["name"] for c in found.get_unique_constraints(table.name)}
        assert named <= there, table.name
        keys = {
            tuple(sorted(fk["constrained_columns"])) for fk in found.get_foreign_keys(table.name)
        }
        wanted = {tuple(sorted(c.column_keys)) for c in table.foreign_key_constraints}
        assert wanted == keys, table.name
