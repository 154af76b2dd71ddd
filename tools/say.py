"""What the helper scripts say: one line a step, one line when something is in the way."""

import sys
from typing import NoReturn


def step(text: str) -> None:
    """Print what begins now; flushed, so that it stands before the output of a child process."""
    print(text, flush=True)


def stop(text: str) -> NoReturn:
    """End with exit code 1 and one line on stderr that names the obstacle and the way out."""
    sys.stdout.flush()
    raise SystemExit(f"rackhouse: {text}")
