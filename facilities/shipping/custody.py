"""The chain of custody (SR-06): who held an item from when to when, and proof of it. Pure.

h_0 is 32 zero bytes, h_n = SHA-256(h_(n-1) || SHA-256(event as canonical JSON)): the house's own
chain, used here once more per delivery and per pickup.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from facilities.accounts.chain import GENESIS, canonical, digest_of, link_hash


@dataclass(frozen=True, slots=True)
class Hop:
    """One event: from whom to whom, when (the server's clock)."""

    seq: int
    giver: str
    taker: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sealed:
    """One stored event with what proves it. `payload` None: redacted, the digest stays."""

    seq: int
    payload: str | None
    digest: str
    hash: str


@dataclass(frozen=True, slots=True)
class CustodyGap:
    """What is wrong at one event, in plain words."""

    seq: int
    why: str


def gaps(hops: Sequence[Hop]) -> list[CustodyGap]:
    """Every break of the invariants: numbers in order, hand to hand, time never back."""
    found: list[CustodyGap] = []
    for place, hop in enumerate(hops, start=1):
        if hop.seq != place:
            found.append(CustodyGap(hop.seq, f"event {place} is missing or out of order"))
        if place == 1:
            continue
        before = hops[place - 2]
        if before.taker != hop.giver:
            why = f"{before.taker} had it, but {hop.giver} gave it on"
            found.append(CustodyGap(hop.seq, why))
        if hop.at < before.at:
            found.append(CustodyGap(hop.seq, "it lies before the event before it"))
    return found


def custodian(hops: Sequence[Hop]) -> str | None:
    """The one who holds it now; None before the first event."""
    return hops[-1].taker if hops else None


def seal(previous_hash: str | None, event: Mapping[str, Any]) -> Sealed:
    """The event as it is stored after one with `previous_hash` (None for the first)."""
    payload = canonical(event)
    digest = digest_of(payload)
    return Sealed(int(event["seq"]), payload, digest, link_hash(previous_hash or GENESIS, digest))


def broken(chain: Sequence[Sealed]) -> list[CustodyGap]:
    """Events whose content or place in the chain was changed."""
    found: list[CustodyGap] = []
    previous = GENESIS
    for event in chain:
        if event.payload is not None and digest_of(event.payload) != event.digest:
            found.append(CustodyGap(event.seq, "its content was changed"))
        if link_hash(previous, event.digest) != event.hash:
            found.append(CustodyGap(event.seq, "it does not follow the event before it"))
        previous = event.hash
    return found
