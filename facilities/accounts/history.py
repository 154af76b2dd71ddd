"""Turns changes of recorded rows into hash-chained history entries, inside their transaction.

`install` listens on a session factory. Changes are gathered at each flush and appended once at
commit, under a lock on the chain's head. A savepoint that is undone takes its changes with it.
Bulk UPDATE and DELETE of recorded rows would slip past; they are refused unless the statement
carries `execution_options(unrecorded="why")`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import (
    Mapper,
    ORMExecuteState,
    Session,
    SessionTransaction,
    object_session,
    sessionmaker,
)

from facilities.accounts.chain import GENESIS, canonical, digest_of, link_hash
from facilities.accounts.models import HistoryAbout, HistoryChain, HistoryEntry
from facilities.accounts.recorded import Actor, Recorded
from facilities.db import now

PENDING, MARKS = "history_pending", "history_marks"
HOUSE_CHAIN = "house"


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one object so far in this transaction."""

    action: str
    kind: str
    id: int
    label: str
    chain: str
    parents: tuple[tuple[str, int], ...]
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


Pending = dict[tuple[str, int], Change]


def act_as(session: Session, actor: Actor | None, reason: str = "") -> None:
    """Say who makes the coming changes of this session, and why where a reason is asked."""
    session.info["actor"] = actor
    session.info["reason"] = reason


def install(factory: sessionmaker[Session]) -> None:
    """Record the changes of every session of this factory."""
    event.listen(factory, "before_flush", _before_flush)
    event.listen(factory, "after_flush", _after_flush)
    event.listen(factory, "before_commit", _before_commit)
    event.listen(factory, "after_transaction_create", _mark)
    event.listen(factory, "after_soft_rollback", _undo)
    event.listen(factory, "after_transaction_end", _unmark)
    event.listen(factory, "do_orm_execute", _refuse_bulk)


@event.listens_for(Recorded, "before_delete", propagate=True)
def _before_delete(mapper: Mapper[Any], connection: Connection, row: Recorded) -> None:
    # A mapper event, because rows deleted as orphans never show in `session.deleted`.
    del mapper, connection
    session = object_session(row)
    if session is not None and session.info.get("actor") is not None:
        _gather(session, "removed", row, {k: _plain(getattr(row, k)) for k in _columns(row)}, {})


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    return value


def _columns(row: Recorded) -> list[str]:
    keys = inspect(row.__class__).column_attrs.keys()
    return [key for key in keys if key not in row.history_hidden and key != "version"]


def _gather(session: Session, action: str, row: Recorded, before: Any, after: Any) -> None:
    pending: Pending = session.info.setdefault(PENDING, {})
    key = (row.history_kind, row.id)  # type: ignore[attr-defined]
    site = row.history_site_id
    chain = HOUSE_CHAIN if site is None else f"site:{site}"
    change = Change(action, *key, row.history_label, chain, row.history_parents, before, after)
    earlier = pending.get(key)
    if earlier is None:
        pending[key] = change
    elif earlier.action == "added" and action == "removed":
        del pending[key]
    else:
        pending[key] = replace(
            change,
            action="added" if earlier.action == "added" else action,
            before={**before, **earlier.before},
            after={**earlier.after, **after},
        )


def _recorded(rows: Iterable[object]) -> list[Recorded]:
    return [row for row in rows if isinstance(row, Recorded)]


def _before_flush(session: Session, context: object, instances: object) -> None:
    del context, instances
    if session.info.get("actor") is None:
        return
    for row in _recorded(session.dirty):
        state, before, after = inspect(row), {}, {}
        for key in _columns(row):
            seen = state.attrs[key].history
            if seen.has_changes():
                before[key] = _plain(seen.deleted[0]) if seen.deleted else None
                after[key] = _plain(getattr(row, key))
        if before:
            _gather(session, "changed", row, before, after)


def _after_flush(session: Session, context: object) -> None:
    del context
    if session.info.get("actor") is None:
        return
    for row in _recorded(session.new):
        made = {key: _plain(getattr(row, key)) for key in _columns(row)}
        _gather(session, "added", row, {}, made)


def _before_commit(session: Session) -> None:
    if session.in_nested_transaction() or session.info.get("actor") is None:
        return
    session.flush()
    pending: Pending = session.info.pop(PENDING, {})
    by_chain: dict[str, list[Change]] = {}
    for change in pending.values():
        by_chain.setdefault(change.chain, []).append(change)
    for chain in sorted(by_chain):  # one order for all, so that two commits never deadlock
        _append(session, chain, by_chain[chain])


def _append(session: Session, chain: str, changes: list[Change]) -> None:
    head = _locked_head(session, chain)
    moment = now()
    for change in changes:
        payload = canonical(_payload(session, change, moment))
        digest = digest_of(payload)
        head.seq, head.head = head.seq + 1, link_hash(head.head, digest)
        entry = HistoryEntry(
            chain=chain,
            seq=head.seq,
            at=moment,
            actor=str(session.info["actor"])[:160],
            action=change.action,
            object_kind=change.kind,
            object_id=change.id,
            request_id=session.info.get("request_id", ""),
            payload=payload,
            digest=digest,
            hash=head.head,
        )
        entry.about = [
            HistoryAbout(object_kind=kind, object_id=id_)
            for kind, id_ in {(change.kind, change.id), *change.parents}
        ]
        session.add(entry)
    session.flush()


def _locked_head(session: Session, chain: str) -> HistoryChain:
    locked = select(HistoryChain).where(HistoryChain.chain == chain).with_for_update()
    found = session.scalar(locked.execution_options(populate_existing=True))
    if found is None:
        found = HistoryChain(chain=chain, seq=0, head=GENESIS)
        session.add(found)
        session.flush()
    return found


def _payload(session: Session, change: Change, at: datetime) -> dict[str, Any]:
    actor: Actor = session.info["actor"]
    return {
        "at": at.isoformat(),
        "actor": {"kind": actor.kind, "id": actor.id, "name": actor.name},
        "action": change.action,
        "object": {"kind": change.kind, "id": change.id, "label": change.label},
        "parents": [list(parent) for parent in change.parents],
        "before": change.before,
        "after": change.after,
        "reason": session.info.get("reason", ""),
        "request_id": session.info.get("request_id", ""),
    }


def _mark(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        marks: dict[SessionTransaction, Pending] = session.info.setdefault(MARKS, {})
        marks[transaction] = dict(session.info.get(PENDING, {}))


def _undo(session: Session, transaction: SessionTransaction) -> None:
    marks: dict[SessionTransaction, Pending] = session.info.get(MARKS, {})
    session.info[PENDING] = marks.pop(transaction, {}) if transaction.nested else {}


def _unmark(session: Session, transaction: SessionTransaction) -> None:
    session.info.get(MARKS, {}).pop(transaction, None)


def _refuse_bulk(state: ORMExecuteState) -> None:
    mapper = state.bind_mapper
    if not (state.is_update or state.is_delete) or mapper is None:
        return
    if issubclass(mapper.class_, Recorded) and not state.execution_options.get("unrecorded"):
        raise AssertionError(
            f"a bulk change of {mapper.class_.__name__} would leave no history; "
            "change the rows one by one or say execution_options(unrecorded='why')"
        )
