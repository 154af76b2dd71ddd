"""Writes how polling goes: few rows at a time, what changed first, in short transactions."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from facilities.monitoring.cells import moment_of
from facilities.monitoring.machine import DeviceHealth
from facilities.monitoring.staleness import stale_after_s
from telemetry.assignment import DeviceHealth as Look

#: Rows written in one transaction; a large site is told in turns, so that nobody waits long.
MOST_ROWS = 1000
REFUSED = "refused"


class HealthRows:
    """What the table says, and what of it is to be written next."""

    def __init__(self, collector: str) -> None:
        self._collector = collector
        self._told: dict[int, tuple[str, str]] = {}
        self._queue: list[int] = []

    def write(self, session: Session, rows: Mapping[int, dict[str, Any]], now: datetime) -> int:
        """Write the rows of devices (by id) that changed state or words, then the oldest written.

        Returns how many were written. Devices that are gone meanwhile are left out by the caller.
        """
        due = self._due(rows)
        if not due:
            return 0
        known = session.execute(
            select(DeviceHealth.device_id, DeviceHealth.state, DeviceHealth.since).where(
                DeviceHealth.device_id.in_(due)
            )
        )
        before = {id_: (state, since) for id_, state, since in known}
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        for id_ in due:
            row = {"device_id": id_, "collector": self._collector, "updated_at": now, **rows[id_]}
            state, since = before.get(id_, ("", now))
            row["since"] = since if state == row["state"] else now
            (changed if id_ in before else new).append(row)
        if new:
            session.execute(insert(DeviceHealth), new)
        if changed:
            session.execute(update(DeviceHealth), changed)
        self._told |= {id_: (rows[id_]["state"], rows[id_]["error"]) for id_ in due}
        return len(due)

    def _due(self, rows: Mapping[int, dict[str, Any]]) -> list[int]:
        news = [
            id_ for id_, row in rows.items() if self._told.get(id_) != (row["state"], row["error"])
        ]
        self._queue = [id_ for id_ in self._queue if id_ in rows]
        self._queue += [id_ for id_ in rows if id_ not in set(self._queue)]
        due = list(dict.fromkeys([*news, *self._queue]))[:MOST_ROWS]
        self._queue = [id_ for id_ in self._queue if id_ not in set(due)] + due
        return due


def row_of(look: Look, fastest_s: float) -> dict[str, Any]:
    """The columns of a device that is polled. fastest_s: of its poll classes (AL-08)."""
    last = None if look.last_good_at_ms is None else moment_of(look.last_good_at_ms)
    fresh = None if last is None else last + timedelta(seconds=stale_after_s(fastest_s))
    return {
        "state": look.state.value,
        "last_good_at": last,
        "fresh_until": fresh,
        "latency_ms": look.p50_ms,
        "polls_ok": look.good,
        "polls_failed": look.polls - look.good,
        "counts": counts_of(look),
        "error": look.why,
    }


def refused_row(why: str) -> dict[str, Any]:
    """The columns of a device that cannot be polled at all; what it last said is kept."""
    return {"state": REFUSED, "error": why}


def counts_of(look: Look) -> dict[str, Any]:
    """What people and scripts may want to know beyond the columns (rule 29)."""
    seen = look.line
    line = {f.name: getattr(seen, f.name) for f in fields(seen)} if seen else {}
    exceptions = line.pop("exceptions", {})
    return {
        "phase": look.phase.value,
        "points": look.points,
        "requests": look.requests,
        "p95_ms": look.p95_ms,
        "missed": look.missed,
        "splits": look.splits,
        "learned": look.learned,
        "identity": dict(look.identity),
        "failures": dict(look.failures),
        "refusals": {str(code): count for code, count in look.refusals.items()},
        "line": line,
        "exceptions": {str(code): count for code, count in exceptions.items()},
    }


def by_id(
    looks: Iterable[Look], ids: Mapping[str, int], fastest_s: Mapping[str, float]
) -> dict[int, dict[str, Any]]:
    """Rows by device id of the looks at devices that are still wanted."""
    return {
        ids[look.device]: row_of(look, fastest_s[look.device])
        for look in looks
        if look.device in ids and look.device in fastest_s
    }
