"""Queue, claim, report and cancel jobs. A running job commits its progress as it goes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from facilities.accounts.history import act_as
from facilities.accounts.recorded import Actor
from facilities.db import now
from facilities.errors import NotFound, RackhouseError
from facilities.jobs.models import Job

LEASE_S = 60.0
MOST_TRIES = 3
TRIED_OFTEN = f"The worker died {MOST_TRIES} times in the middle of this; it is not tried again."


class Cancelled(RackhouseError):
    """The person who waits for the job asked to stop it."""


class Reporter:
    """How a job tells its progress and learns that it shall stop. Also renews its lease."""

    def __init__(self, sessions: sessionmaker[Session], job_id: int) -> None:
        self.sessions, self.job_id = sessions, job_id

    def progress(self, done: int, total: int | None = None, message: str = "") -> None:
        """Keep the progress; raises Cancelled when somebody asked to stop."""
        with self.sessions() as session:
            job = session.get_one(Job, self.job_id)
            job.done, job.total, job.message = done, total, message or job.message
            job.lease_until = now() + timedelta(seconds=LEASE_S)
            stop = job.cancel_asked
            session.commit()
        if stop:
            raise Cancelled("Cancelled by request; nothing of it was kept.")


@dataclass(frozen=True, slots=True)
class JobKind:
    """Work of one kind. `run` does it in its own session, which is committed when it returns."""

    kind: str
    run: Callable[[Session, Mapping[str, Any], Reporter], str]


def queue(session: Session, kind: str, title: str, arguments: Mapping[str, Any]) -> Job:
    """A new job in the name of whoever acts in this session."""
    actor: Actor | None = session.info.get("actor")
    job = Job(kind=kind, title=title, arguments=dict(arguments))
    if actor is not None:
        job.actor_kind, job.actor_id, job.actor_name = actor.kind, actor.id, actor.name
    session.add(job)
    session.flush()
    return job


def cancel(session: Session, job_id: int) -> Job:
    """Stop a queued job now, a running one at its next report. Raises NotFound."""
    job = session.get(Job, job_id)
    if job is None:
        raise NotFound("There is no such job.")
    if job.state == "queued":
        job.state, job.ended_at, job.message = "cancelled", now(), "Cancelled before it began."
    job.cancel_asked = True
    return job


def claim(session: Session, worker: str) -> Job | None:
    """The oldest due job, marked as running by `worker`; None when there is none.

    A job whose worker died is claimed again after its lease, MOST_TRIES times at most.
    """
    at = now()
    due = or_(
        (Job.state == "queued") & (Job.run_at <= at),
        (Job.state == "running") & (Job.lease_until <= at),
    )
    candidates = session.scalars(select(Job.id).where(due).order_by(Job.id).limit(5)).all()
    for job_id in candidates:
        taken = (
            update(Job)
            .where(Job.id == job_id, due)
            .values(
                state="running",
                worker=worker,
                tries=Job.tries + 1,
                started_at=at,
                lease_until=at + timedelta(seconds=LEASE_S),
            )
        )
        if session.execute(taken).rowcount:  # type: ignore[attr-defined]
            return session.get_one(Job, job_id, populate_existing=True)
    return None


def run(sessions: sessionmaker[Session], job: Job, kinds: Mapping[str, JobKind]) -> None:
    """Do a claimed job: its work is all there or not at all, and its end is a row."""
    state, message = "failed", f"No such kind of job: {job.kind}"
    if job.tries > MOST_TRIES:
        message = TRIED_OFTEN
    elif job.kind in kinds:
        state, message = _work(sessions, job, kinds[job.kind])
    with sessions() as session:
        ended = session.get_one(Job, job.id)
        ended.state, ended.message, ended.ended_at = state, message, now()
        session.commit()


def _work(sessions: sessionmaker[Session], job: Job, kind: JobKind) -> tuple[str, str]:
    with sessions() as session:
        act_as(session, Actor(job.actor_kind, job.actor_id, job.actor_name))
        try:
            message = kind.run(session, job.arguments, Reporter(sessions, job.id))
            session.commit()
        except Cancelled as stopped:
            return "cancelled", str(stopped)
        except RackhouseError as refusal:
            return "failed", str(refusal)
    return "done", message


def waiting(session: Session) -> int:
    """How many jobs are queued or running."""
    open_jobs = select(func.count()).where(Job.state.in_(("queued", "running")))
    return session.scalar(open_jobs) or 0
