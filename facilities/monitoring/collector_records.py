"""What a collector reads from and writes to the records. Called in threads, never on the loop."""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from facilities.db import now, read_only
from facilities.jobs import leases
from facilities.jobs.models import Lease
from facilities.monitoring.assignments import Verdict, Wanted, load_wanted
from facilities.monitoring.health_rows import HealthRows, by_id, refused_row
from facilities.monitoring.machine import CollectorHeartbeat
from facilities.monitoring.models import Device
from telemetry.assignment import DeviceHealth as Look

LEASE = "collect"
#: Heartbeats of collectors that ended without a word are forgotten after this long.
FORGET_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Beat:
    """What a heartbeat tells; blocks are counted since the start."""

    polling: bool
    devices: int = 0
    written: int = 0
    waiting: int = 0
    lost: int = 0
    trouble: str = ""


class CollectorRecords:
    """The records as one collector uses them."""

    def __init__(self, sessions: sessionmaker[Session], name: str, lease_s: float) -> None:
        self._sessions, self._name, self._lease_s = sessions, name, lease_s
        self._health = HealthRows(name)
        self._started_at: datetime = now()

    def hold(self) -> bool:
        """Take or renew the lease. A holder that died on this machine is not waited for."""
        with self._sessions.begin() as session:
            if leases.take(session, LEASE, self._name, self._lease_s):
                return True
            holder = session.scalar(select(Lease.holder).where(Lease.name == LEASE))
            if holder is None or not died_here(holder, self._name):
                return False
            leases.give_back(session, LEASE, holder)
            return leases.take(session, LEASE, self._name, self._lease_s)

    def wanted(self) -> list[Wanted]:
        """The devices to poll."""
        with self._sessions() as session:
            read_only(session)
            return load_wanted(session)

    def tell(self, verdicts: Mapping[Wanted, Verdict], looks: Collection[Look]) -> None:
        """Write poll health of devices that still exist."""
        ids = {device.key: device.id for device in verdicts}
        fastest = {
            device.key: min(map(verdict.assignment.seconds, verdict.assignment.profile.poll_s))
            for device, verdict in verdicts.items()
            if verdict.assignment is not None and verdict.assignment.profile.poll_s
        }
        rows = by_id(looks, ids, fastest)
        for device, verdict in verdicts.items():
            if verdict.assignment is None:
                rows[device.id] = refused_row(verdict.why)
        if not rows:
            return
        with self._sessions.begin() as session:
            there = set(session.scalars(select(Device.id).where(Device.enabled)))
            self._health.write(session, {i: r for i, r in rows.items() if i in there}, now())

    def beat(self, beat: Beat) -> None:
        """Say that this collector lives, and what it did."""
        with self._sessions.begin() as session:
            session.merge(
                CollectorHeartbeat(
                    name=self._name,
                    started_at=self._started_at,
                    at=now(),
                    polling=beat.polling,
                    devices=beat.devices,
                    blocks_written=beat.written,
                    blocks_waiting=beat.waiting,
                    blocks_lost=beat.lost,
                    trouble=beat.trouble,
                )
            )
            old = CollectorHeartbeat.at < now() - FORGET_AFTER
            session.execute(delete(CollectorHeartbeat).where(old))

    def end(self) -> None:
        """Give back the lease, so that another takes over at once, and say good-bye."""
        with self._sessions.begin() as session:
            leases.give_back(session, LEASE, self._name)
            session.execute(delete(CollectorHeartbeat).where(CollectorHeartbeat.name == self._name))


def died_here(holder: str, mine: str) -> bool:
    """True when a holder (`host:pid:random`) was a process of this machine that is no more."""
    host, _, pid = holder.rpartition(":")[0].rpartition(":")
    if not host or host != mine.rpartition(":")[0].rpartition(":")[0] or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False
