"""A writer in a process of its own, to be killed or starved: `python child.py FILE [LIMIT_BYTES]`.

It writes and compacts as fast as it can and says `ack N` when batch N is kept. With a limit it says
`away N: why` when the disk is full, lifts the limit, writes batch N again, says `ack N`, and ends.
"""

import resource
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(CHECKOUT))

from dataclasses import replace  # noqa: E402

from telemetry.errors import StoreAway  # noqa: E402
from telemetry.sample import Block  # noqa: E402
from telemetry.stores.embedded import EmbeddedStore  # noqa: E402
from tests.telemetry.stores.world import MINUTE, PDU, T0, block  # noqa: E402

DEVICES = 40


def batch(number: int) -> list[Block]:
    """One minute of every device; the numbers tell which."""
    at_ms = T0 + number * MINUTE
    layouts = (replace(PDU, device=f"pdu-{n:02}") for n in range(DEVICES))
    return [block(layout, at_ms, number, n, number * n) for n, layout in enumerate(layouts)]


def say(line: str) -> None:
    """One line to the parent, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    path, limit = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    store = EmbeddedStore(path)
    latest = store.latest()
    number = (latest[0].block.at_ms - T0) // MINUTE + 1 if latest else 0
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    say(f"from {number}")
    while True:
        try:
            store.write(batch(number))
            if not limit:
                store.compact(T0 + number * MINUTE, devices=7)
        except StoreAway as away:
            say(f"away {number}: {away}")
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
            store.write(batch(number))
            say(f"ack {number}")
            return
        say(f"ack {number}")
        number += 1


if __name__ == "__main__":
    main()
