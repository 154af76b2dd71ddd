"""UN-06: circuit ids, `RPP-A3-13,15,17`: the panel's name and the positions the breaker takes."""

import re
from collections.abc import Sequence

_CIRCUIT = re.compile(r"^(?P<panel>.+)-(?P<positions>\d+(?:\s*,\s*\d+)*)$")


def circuit_id(panel: str, positions: Sequence[int]) -> str:
    """The id of a circuit; the panel's own name where the breaker has no position."""
    return f"{panel}-{','.join(str(n) for n in sorted(positions))}" if positions else panel


def split_circuit_id(text: str) -> tuple[str, tuple[int, ...]] | None:
    """Panel name and positions of a circuit id, or None where the text is none."""
    found = _CIRCUIT.match(text.strip())
    if found is None:
        return None
    return found["panel"], tuple(sorted(int(n) for n in found["positions"].split(",")))
