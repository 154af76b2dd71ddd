"""Reading the history: entries about an object, and the check of all chains."""

import json
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilities.accounts.chain import Finding, Link, verify
from facilities.accounts.models import HistoryAbout, HistoryChain, HistoryEntry


def history_of(session: Session, kind: str, object_id: int, limit: int) -> list[HistoryEntry]:
    """The newest entries about an object, its children's included."""
    about = select(HistoryAbout.entry_id).where(
        HistoryAbout.object_kind == kind, HistoryAbout.object_id == object_id
    )
    entries = select(HistoryEntry).where(HistoryEntry.id.in_(about))
    return list(session.scalars(entries.order_by(HistoryEntry.id.desc()).limit(limit)))


def verify_history(session: Session) -> tuple[int, list[Finding]]:
    """How many rows were checked over all chains, and everything that does not fit."""
    findings: list[Finding] = []
    count = 0

    def links() -> Iterator[Link]:
        nonlocal count
        ordered = select(HistoryEntry).order_by(HistoryEntry.chain, HistoryEntry.seq)
        for row in session.scalars(ordered.execution_options(yield_per=1000)):
            count += 1
            if not row.redacted and not _columns_fit(row):
                why = "the row's columns do not say what its content says"
                findings.append(Finding(row.chain, row.seq, why))
            yield Link(row.chain, row.seq, row.payload, row.digest, row.hash, row.redacted)

    heads = {head.chain: (head.seq, head.head) for head in session.scalars(select(HistoryChain))}
    findings += verify(links(), heads)
    return count, findings


def _columns_fit(row: HistoryEntry) -> bool:
    try:
        said = json.loads(row.payload)
        object_said, actor = said["object"], said["actor"]
        content = (
            said["at"],
            f"{actor['kind']}:{actor['name']}"[:160],
            said["action"],
            object_said["kind"],
            object_said["id"],
            said["request_id"],
        )
    except (ValueError, KeyError, TypeError):
        return False
    columns = (row.at.isoformat(), row.actor, row.action, row.object_kind, row.object_id)
    return content == (*columns, row.request_id)
