"""Write a new migration from the difference between the models and the newest revision.

usage: python -m tools.migration "what changes"      (read it before you commit it)
"""

import sys
import tempfile
from pathlib import Path

from alembic import command

from facilities.db import make_engine
from facilities.schema import alembic_config, upgrade


def main(message: str) -> None:
    """Upgrade an empty scratch database, compare it with the models, write the file."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'scratch.db'}")
        upgrade(engine)
        command.revision(alembic_config(engine), message=message, autogenerate=True)
        engine.dispose()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(sys.argv[1])
