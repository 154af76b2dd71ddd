"""PW-29: redundancy that is only on paper, found by the ancestors that two cords share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from facilities.power.graph import Chain

#: Kinds that both feeds may share above the UPSs: one utility, one switchboard is another question.
MAY_BE_SHARED = frozenset(("utility", "generator", "transformer", "ats", "switchgear", "breaker"))


@dataclass(frozen=True, slots=True)
class Path:
    """One cord of a load: its name, the rack PDU it is plugged into, the feed it is meant to be."""

    name: str
    pdu: int
    feed: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """kind: shared (a common node), labels (a feed that the chain above contradicts)."""

    kind: str
    node: int
    name: str
    paths: tuple[str, ...]
    why: str


def shared_nodes(chain: Chain, one: int, other: int) -> list[int]:
    """Nodes both sides hang on, nearest to the load first, the two PDUs included."""
    up_one, up_other = ({pdu: 0, **chain.ancestors(pdu)} for pdu in (one, other))
    common = [id_ for id_ in up_one if id_ in up_other]
    return sorted(common, key=lambda id_: (max(up_one[id_], up_other[id_]), id_))


def below_a_ups(chain: Chain, node: int) -> bool:
    """True where a UPS stands upstream of the node."""
    return any(chain.nodes[id_].kind == "ups" for id_ in chain.ancestors(node))


def false_redundancy(chain: Chain, paths: Sequence[Path]) -> list[Finding]:
    """PW-29 for the cords of one load: the first shared node of each pair, and swapped labels.

    A shared node counts when its kind is never meant to be shared, or when it stands below a UPS.
    """
    findings: list[Finding] = []
    for one, other in combinations(paths, 2):
        for id_ in shared_nodes(chain, one.pdu, other.pdu):
            node = chain.nodes[id_]
            if node.kind not in MAY_BE_SHARED or below_a_ups(chain, id_):
                why = f"{one.name} and {other.name} both hang on {node.name}"
                finding = Finding("shared", id_, node.name, (one.name, other.name), why)
                findings.append(finding)
                break
    return _unique(findings) + [found for path in paths for found in _labels(chain, path)]


def feeds_of(paths: Sequence[Path]) -> dict[str, list[Path]]:
    """The cords of a load by the feed their PDU is on; "" for those without one."""
    feeds: dict[str, list[Path]] = {}
    for path in paths:
        feeds.setdefault(path.feed, []).append(path)
    return feeds


def of_many(chain: Chain, loads: Mapping[str, Sequence[Path]]) -> dict[str, list[Finding]]:
    """Findings by load, loads without any left out; single-corded loads have nothing to share."""
    found = {name: false_redundancy(chain, paths) for name, paths in loads.items()}
    return {name: findings for name, findings in found.items() if findings}


def _labels(chain: Chain, path: Path) -> list[Finding]:
    if not path.feed:
        return []
    for id_ in chain.path_up(path.pdu)[1:]:
        node = chain.nodes[id_]
        if node.feed and node.feed != path.feed:
            why = f"{path.name} is labelled {path.feed}, but {node.name} above it is on {node.feed}"
            return [Finding("labels", id_, node.name, (path.name,), why)]
    return []


def _unique(findings: Sequence[Finding]) -> list[Finding]:
    seen: dict[int, Finding] = {}
    for finding in findings:
        seen.setdefault(finding.node, finding)
    return list(seen.values())
