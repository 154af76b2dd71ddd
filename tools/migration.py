"""Write a new migration from the difference between the models and the newest revision.

usage: python -m tools.migration ID "what changes" [TABLE ...]     (read it before you commit it)

ID numbers the file (`0007`); with TABLEs only those are looked at.
"""

import sys
import tempfile
from pathlib import Path

from alembic import command

from facilities.db import make_engine
from facilities.schema import alembic_config, upgrade


def main(revision: str, message: str, tables: list[str]) -> None:
    """Upgrade an empty scratch database, compare it with the models, write the file."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'scratch.db'}")
        upgrade(engine)
        config = alembic_config(engine)
        config.attributes["tables"] = frozenset(tables) or None
        command.revision(config, message=message, rev_id=revision, autogenerate=True)
        engine.dispose()


if __name__ == "__main__":
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
