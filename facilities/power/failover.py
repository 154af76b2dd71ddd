"""PW-15: what each feed carries normally and when another feed is lost, by phasors; the shortcut.

Each live cord of a load carries its share; on the loss of a feed the others carry all of it, on the
phases of their own cords. Never "each feed below 80 %".
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from facilities.power.limits import TOLERANCE, Limit, judge_amps
from facilities.power.phasors import Amps, Draw, line_amps, magnitudes


@dataclass(frozen=True, slots=True)
class CordEnd:
    """Where a cord is plugged in: PDU, its feed, the conductors of the outlet, V_LL of the PDU."""

    pdu: int
    feed: str
    lines: tuple[str, ...]
    v_ll: float | None


@dataclass(frozen=True, slots=True)
class Load:
    """A load with its modelled cords. va is None where its power is not known.

    needs: how many supplies must live (m of n); missing: inlets without a cord in the model.
    """

    name: str
    va: complex | None
    cords: tuple[CordEnd, ...]
    needs: int = 1
    missing: int = 0

    @property
    def known(self) -> bool:
        """True where its power and every cord's place and phases are known."""
        whole = all(cord.lines and cord.v_ll for cord in self.cords)
        return self.va is not None and bool(self.cords) and whole and not self.missing


@dataclass(frozen=True, slots=True, eq=False)
class Scenario:
    """currents: PDU -> complex amps (L1 L2 L3 N); dark: loads that die; then those with less."""

    lost: frozenset[str]
    currents: Mapping[int, Amps]
    dark: tuple[str, ...]
    lost_redundancy: tuple[str, ...]

    def at(self, pdus: Collection[int]) -> tuple[float, float, float, float]:
        """|I| of L1 L2 L3 N where these PDUs meet: added as phasors."""
        found = [self.currents[pdu] for pdu in pdus if pdu in self.currents]
        return magnitudes(sum(found, line_amps((), 1.0)))

    @property
    def amps(self) -> dict[int, tuple[float, float, float, float]]:
        """|I| of L1 L2 L3 N at each PDU that carries something."""
        return {pdu: self.at([pdu]) for pdu in self.currents}


@dataclass(frozen=True, slots=True)
class NodeFigure:
    """One node under one scenario: its worst line, the limit, and the verdict's words."""

    node: int
    name: str
    line: str
    amps: float
    limit: Limit
    utilisation: float | None
    ok: bool | None
    why: str


@dataclass(frozen=True, slots=True)
class Shortcut:
    """PW-15's shortcut on metered amps: per line, A + B against each feed's limit."""

    sums: tuple[float, ...]
    ok: bool
    why: str


def coverage(loads: Sequence[Load]) -> tuple[int, int]:
    """(loads fully known, all loads)."""
    return sum(load.known for load in loads), len(loads)


def simulate(loads: Sequence[Load], lost: Collection[str] = ()) -> Scenario:
    """Line currents at each PDU with the named feeds lost. Loads that are not known add nothing.

    The caller shows `coverage` beside it: the figure is a floor where that is not complete.
    """
    draws: dict[int, list[Draw]] = {}
    volts: dict[int, float] = {}
    dark, less = [], []
    for load in loads:
        live = [cord for cord in load.cords if cord.feed not in lost]
        if load.cords and len(live) < load.needs:
            if not load.missing:  # an inlet nobody modelled may keep it alive
                dark.append(load.name)
            continue
        if len(live) < len(load.cords):
            less.append(load.name)
        for cord in live if load.known else ():
            share = (load.va or 0j) / len(live)
            draws.setdefault(cord.pdu, []).append(Draw(share, cord.lines))
            volts[cord.pdu] = cord.v_ll or 0.0
    currents = {pdu: line_amps(found, volts[pdu]) for pdu, found in draws.items()}
    return Scenario(frozenset(lost), currents, tuple(dark), tuple(less))


def judge_node(
    node: int, name: str, limit: Limit, amps: Sequence[float], names: Sequence[str]
) -> NodeFigure:
    """The worst line of a node against its limit; `L2 24.60 A > 24.00 A`."""
    worst = max(range(len(names)), key=lambda at: amps[at])
    verdict = judge_amps(limit, amps[worst])
    why = f"{name} {names[worst]} {verdict.why}"
    return NodeFigure(
        node, name, names[worst], amps[worst], limit, verdict.utilisation, verdict.ok, why
    )


def first_to_fail(figures: Sequence[NodeFigure]) -> NodeFigure | None:
    """The node that is over, or nearest to, its limit; None where no limit is known."""
    known = [figure for figure in figures if figure.utilisation is not None]
    return max(known, key=lambda figure: figure.utilisation or 0.0, default=None)


def shortcut(
    a: Sequence[float], b: Sequence[float], limit_a: float, limit_b: float | None = None
) -> Shortcut:
    """Per line, what the surviving feed would carry if it took over all of the other.

    Right only where both cords of every load sit on the same phases; an upper bound elsewhere for
    loads that hang on one feed alone.
    """
    least = limit_a if limit_b is None else min(limit_a, limit_b)
    sums = tuple(one + other for one, other in zip(a, b, strict=True))
    ok = max(sums) <= least + TOLERANCE
    return Shortcut(sums, ok, f"{max(sums):.2f} A {'<=' if ok else '>'} {least:.2f} A")
