"""Over, short and damaged per line (SR-02). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from facilities.errors import Refused


@dataclass(frozen=True, slots=True)
class CountVerdict:
    """A counted line. Everything is None while the line is not counted: unknown is not zero."""

    expected: int | None
    received: int | None
    damaged: int
    over: int | None
    short: int | None
    good: int | None
    serials_differ: bool = False

    @property
    def counted(self) -> bool:
        """True once somebody has counted."""
        return self.received is not None

    @property
    def clean(self) -> bool | None:
        """True when nothing is over, short, damaged or differs; None while not counted."""
        if self.received is None:
            return None
        return not (self.over or self.short or self.damaged or self.serials_differ)

    def __str__(self) -> str:
        """In words that fit a table cell."""
        if self.received is None:
            return "not counted"
        parts = [f"{n} {w}" for w, n in (("over", self.over), ("short", self.short)) if n]
        parts += [f"{self.damaged} damaged"] if self.damaged else []
        parts += ["serials differ"] if self.serials_differ else []
        return ", ".join(parts) or "clean"


def judge_line(
    expected: int | None,
    received: int | None,
    damaged: int = 0,
    serials_expected: Iterable[str] = (),
    serials_seen: Iterable[str] = (),
) -> CountVerdict:
    """SR-02: over, short and good of one line, in pieces.

    expected None: nobody announced a number, so nothing is over or short.
    Raises Refused when a number is below zero or more are damaged than received.
    """
    if received is None:
        return CountVerdict(expected, None, 0, None, None, None)
    for field, number in (
        ("expected", expected or 0),
        ("received", received),
        ("damaged", damaged),
    ):
        if number < 0:
            raise Refused(f"{field.capitalize()} pieces cannot be below 0.", field, "SR-02")
    if damaged > received:
        words = f"{damaged} damaged of {received} received: damaged pieces are among the received."
        raise Refused(words, "damaged", "SR-02")
    wanted, seen = set(serials_expected), set(serials_seen)
    aim = received if expected is None else expected
    return CountVerdict(
        expected=expected,
        received=received,
        damaged=damaged,
        over=max(0, received - aim),
        short=max(0, aim - received),
        good=received - damaged,
        serials_differ=bool(wanted) and wanted != seen,
    )
