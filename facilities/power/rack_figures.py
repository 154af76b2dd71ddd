"""What a rack's power tab says, reckoned from plain values: figures per scenario, first to fail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from facilities.power.failover import (
    Load,
    NodeFigure,
    Scenario,
    coverage,
    first_to_fail,
    judge_node,
    simulate,
)
from facilities.power.limits import Limit
from facilities.power.lines import LINES

#: PDU -> the nodes whose current is this PDU's, nearest first: (id, name, limit).
Stations = Mapping[int, Sequence[tuple[int, str, Limit]]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One scenario judged: title, figures by node, the first to fail, what goes dark."""

    key: str
    title: str
    scenario: Scenario
    figures: Mapping[int, NodeFigure]
    first: NodeFigure | None

    @property
    def tone(self) -> str:
        """critical where a limit is passed or something goes dark that had two feeds."""
        if self.first is None:
            return "unknown"
        if self.first.ok is False:
            return "critical"
        return "warning" if (self.first.utilisation or 0.0) >= 0.8 else "ok"


@dataclass(frozen=True, slots=True)
class RackFigures:
    """All scenarios, and how many of the loads are fully known."""

    outcomes: tuple[Outcome, ...]
    known: int
    loads: int

    @property
    def complete(self) -> bool:
        """True where no load had to be left out."""
        return self.known == self.loads


def figures(loads: Sequence[Load], stations: Stations, feeds: Sequence[str]) -> RackFigures:
    """Normal, and each feed lost in turn (PW-15), judged at every station.

    A station that several PDUs share, as a breaker with two of them, carries their phasor sum.
    """
    outcomes = [_outcome("normal", "Normal", loads, stations, ())]
    if len(feeds) > 1:
        outcomes += [
            _outcome(f"lost-{feed}", f"{feed} lost", loads, stations, (feed,)) for feed in feeds
        ]
    known, every = coverage(loads)
    return RackFigures(tuple(outcomes), known, every)


def _outcome(
    key: str, title: str, loads: Sequence[Load], stations: Stations, lost: Sequence[str]
) -> Outcome:
    scenario = simulate(loads, lost)
    meeting: dict[int, list[int]] = {}
    named: dict[int, tuple[str, Limit]] = {}
    for pdu, above in stations.items():
        for id_, name, limit in above:
            named[id_] = (name, limit)
            meeting.setdefault(id_, []).append(pdu)
    found = {
        id_: judge_node(id_, name, limit, scenario.at(meeting[id_]), LINES)
        for id_, (name, limit) in named.items()
    }
    return Outcome(key, title, scenario, found, first_to_fail(list(found.values())))
