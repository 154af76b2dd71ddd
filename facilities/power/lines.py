"""Conductors as rows write them: "L1,L2,L3", "L1,L2", "L2", with ",N" where a neutral is run."""

from collections.abc import Iterable, Sequence

LINES = ("L1", "L2", "L3")
NEUTRAL = "N"
PAIRS = (("L1", "L2"), ("L2", "L3"), ("L3", "L1"))


def split(phases: str | None) -> tuple[str, ...]:
    """The line conductors named, in the order L1 L2 L3; () where nothing is recorded."""
    named = {part.strip().upper() for part in (phases or "").split(",")}
    return tuple(line for line in LINES if line in named)


def join(lines: Iterable[str]) -> str:
    """The text of a row for these conductors."""
    found = set(lines)
    return ",".join(name for name in (*LINES, NEUTRAL) if name in found)


def unknown(phases: str) -> list[str]:
    """The parts of a text that are no conductor."""
    parts = [part.strip() for part in phases.split(",") if part.strip()]
    return [part for part in parts if part.upper() not in (*LINES, NEUTRAL)]


def shown(lines: Sequence[str], names: str = "L1 L2 L3") -> str:
    """Conductors in the words of a site: `shown(("L1", "L3"), "A B C")` is "A C" (UN-03)."""
    words = dict(zip(LINES, names.split(), strict=False))
    return " ".join(words.get(line, line) for line in lines)
