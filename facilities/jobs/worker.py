"""The `work` process: one is active by lease; it runs jobs and timers until it is told to stop."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from facilities.db import now
from facilities.errors import RackhouseError
from facilities.jobs import leases, service
from facilities.jobs.models import Timer

log = structlog.get_logger()
LEASE, LEASE_S, TURN_S = "work", 30.0, 1.0


@dataclass(frozen=True, slots=True)
class TimerKind:
    """Work that is due every `every_s` seconds. `run` commits by itself."""

    name: str
    every_s: float
    run: Callable[[sessionmaker[Session]], object]


class Worker:
    """Takes turns: renew the lease, run due timers, run one job."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        kinds: Mapping[str, service.JobKind],
        timers: Sequence[TimerKind],
    ) -> None:
        self.sessions, self.kinds, self.timers = sessions, kinds, timers
        self.name = leases.holder_name()

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; the lease is given back so that another takes over at once."""
        log.info("worker started", worker=self.name)
        while not stop.is_set():
            try:
                busy = self.turn()
            except OperationalError as error:
                log.warning("database away", error=str(error.orig))
                busy = False
            if not busy:
                stop.wait(TURN_S)
        with self.sessions() as session:
            leases.give_back(session, LEASE, self.name)
            session.commit()
        log.info("worker stopped", worker=self.name)

    def turn(self) -> bool:
        """One round; True when there was a job to do. Does nothing while another is active."""
        with self.sessions() as session:
            active = leases.take(session, LEASE, self.name, LEASE_S)
            session.commit()
        if not active:
            return False
        for timer in self.timers:
            self._run_timer(timer)
        with self.sessions() as session:
            job = service.claim(session, self.name)
            session.commit()
        if job is None:
            return False
        log.info("job", id=job.id, kind=job.kind)
        service.run(self.sessions, job, self.kinds)
        return True

    def _run_timer(self, timer: TimerKind) -> None:
        at = now()
        with self.sessions() as session:
            row = session.get(Timer, timer.name)
            if row is None:
                row = Timer(name=timer.name, next_at=at)
                session.add(row)
            due = row.next_at <= at
            if due:
                row.next_at, row.last_at = at + timedelta(seconds=timer.every_s), at
            session.commit()
        if due:
            self._note(timer.name, self._outcome(timer))

    def _outcome(self, timer: TimerKind) -> str | None:
        try:
            timer.run(self.sessions)
        except RackhouseError as error:
            log.warning("timer failed", timer=timer.name, error=str(error))
            return str(error)
        return None

    def _note(self, name: str, error: str | None) -> None:
        with self.sessions() as session:
            row = session.get_one(Timer, name)
            if row.last_error != error:
                row.last_error = error
                session.commit()
