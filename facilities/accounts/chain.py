"""The hash chain of the history (SR-06). Pure.

h_0 is 32 zero bytes and h_n = SHA-256(h_(n-1) || SHA-256(payload)), so that a payload can be
redacted later while the chain still verifies.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """One stored row of a chain, as verification needs it."""

    chain: str
    seq: int
    payload: str
    digest: str
    hash: str
    redacted: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with one row: `chain`, `seq` and plain words."""

    chain: str
    seq: int
    why: str


def canonical(payload: Mapping[str, Any]) -> str:
    """The one text of a payload: sorted keys, no blanks, UTF-8. It is stored as it was hashed."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(payload: str) -> str:
    """SHA-256 of the canonical text, in hex."""
    return hashlib.sha256(payload.encode()).hexdigest()


def link_hash(previous: str, digest: str) -> str:
    """The hash of a row from the hash before it and the digest of its payload, in hex."""
    return hashlib.sha256(bytes.fromhex(previous) + bytes.fromhex(digest)).hexdigest()


def verify(links: Iterable[Link], heads: Mapping[str, tuple[int, str]]) -> list[Finding]:
    """Everything that does not fit in chains given in order of (chain, seq).

    heads: chain -> (last seq, last hash) as stored beside the rows, so that a cut tail is found.
    """
    findings: list[Finding] = []
    reached: dict[str, tuple[int, str]] = {}
    for link in links:
        seq, previous = reached.get(link.chain, (0, GENESIS))
        if link.seq != seq + 1:
            why = f"rows {seq + 1} to {link.seq - 1} are missing"
            findings.append(Finding(link.chain, link.seq, why))
        if not link.redacted and digest_of(link.payload) != link.digest:
            findings.append(Finding(link.chain, link.seq, "the row's content was changed"))
        if link_hash(previous, link.digest) != link.hash:
            findings.append(Finding(link.chain, link.seq, "the row does not follow the one before"))
        reached[link.chain] = (link.seq, link.hash)
    for chain, head in heads.items():
        if reached.get(chain, (0, GENESIS)) != head:
            why = f"the chain should end at row {head[0]}; its end is missing or was changed"
            findings.append(Finding(chain, head[0], why))
    return findings
