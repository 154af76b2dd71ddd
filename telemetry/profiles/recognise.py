"""Which profile fits an SNMP device that nobody has described yet. Pure."""

from collections.abc import Iterable, Set
from dataclasses import dataclass

from telemetry.profiles.model import Profile, Protocol


@dataclass(frozen=True, slots=True)
class Facts:
    """What a device says of itself: sysObjectID (no leading dot), sysDescr, and which of
    `probe_oids` it answered."""

    object_id: str
    descr: str
    present: Set[str] = frozenset()


def probe_oids(profiles: Iterable[Profile]) -> tuple[str, ...]:
    """The objects whose presence tells profiles apart, each once, in a stable order."""
    asked = (
        oid
        for profile in profiles
        for oid in (profile.recognition.probe_oid, profile.recognition.absent_oid)
        if oid is not None
    )
    return tuple(dict.fromkeys(asked))


def fitting(profiles: Iterable[Profile], facts: Facts) -> list[Profile]:
    """The profiles that fit, the best first: the longest match of sysObjectID, then one whose
    sysDescr pattern fits, then one whose probed object answered; ties by name."""
    scored = [
        (score, profile)
        for profile in profiles
        if profile.protocol is Protocol.SNMP and any(score := _score(profile, facts))
    ]
    return [profile for _, profile in sorted(scored, key=lambda s: ([-n for n in s[0]], s[1].name))]


def _score(profile: Profile, facts: Facts) -> tuple[int, int, int]:
    known = profile.recognition
    if known.absent_oid in facts.present:
        return 0, 0, 0
    if known.probe_oid is not None and known.probe_oid not in facts.present:
        return 0, 0, 0
    prefix = max((len(p) for p in known.object_ids if _under(facts.object_id, p)), default=0)
    descr = known.descr is not None and known.descr.search(facts.descr) is not None
    return prefix, int(descr), int(known.probe_oid is not None)


def _under(oid: str, prefix: str) -> bool:
    return oid == prefix or oid.startswith(f"{prefix}.")
