"""Long work is done once, all or nothing, with progress that can be cancelled."""

import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from facilities.accounts.history import act_as
from facilities.accounts.ledger import history_of
from facilities.accounts.recorded import Actor
from facilities.db import now
from facilities.errors import Refused
from facilities.jobs import leases, service
from facilities.jobs.models import Job, Lease, Timer
from facilities.jobs.service import JobKind, Reporter
from facilities.jobs.worker import TimerKind, Worker
from facilities.sites.models import Site

Sessions = sessionmaker[Session]


def _add_sites(session: Session, arguments: Mapping[str, Any], reporter: Reporter) -> str:
    for n, code in enumerate(arguments["codes"]):
        if code == "BAD":
            raise Refused("BAD is no code", "code")
        session.add(Site(code=code, name=code))
        reporter.progress(n + 1, len(arguments["codes"]))
    return f"{len(arguments['codes'])} sites"


KINDS = {"sites": JobKind("sites", _add_sites)}


def _queue(sessions: Sessions, *codes: str) -> int:
    with sessions() as session:
        act_as(session, Actor("user", 5, "fiona"))
        job = service.queue(session, "sites", "Add sites", {"codes": codes})
        session.commit()
        return job.id


def _turn(sessions: Sessions, *timers: TimerKind) -> bool:
    return Worker(sessions, KINDS, timers).turn()


def _job(sessions: Sessions, job_id: int) -> Job:
    with sessions() as session:
        return session.get_one(Job, job_id)


def test_a_job_is_done_in_the_name_of_whoever_asked(sessions: Sessions) -> None:
    job_id = _queue(sessions, "A")
    assert _turn(sessions)
    job = _job(sessions, job_id)
    assert (job.state, job.message, job.done, job.total) == ("done", "1 sites", 1, 1)
    with sessions() as session:
        site = session.scalars(select(Site)).one()
        assert history_of(session, "site", site.id, 5)[0].actor == "user:fiona"


def test_a_refused_job_says_why_and_leaves_nothing(sessions: Sessions) -> None:
    job_id = _queue(sessions, "A", "BAD")
    _turn(sessions)
    assert (_job(sessions, job_id).state, _job(sessions, job_id).message) == (
        "failed",
        "BAD is no code",
    )
    with sessions() as session:
        assert session.scalars(select(Site)).all() == []


def test_a_cancelled_job_stops_at_its_next_report_and_leaves_nothing(sessions: Sessions) -> None:
    job_id = _queue(sessions, "A", "B")
    with sessions() as session:
        job = service.claim(session, "w")
        session.commit()
    with sessions() as session:
        service.cancel(session, job_id)
        session.commit()
    assert job is not None
    service.run(sessions, job, KINDS)
    assert _job(sessions, job_id).state == "cancelled"
    with sessions() as session:
        assert session.scalars(select(Site)).all() == []


def test_one_job_is_claimed_by_one_worker_only(sessions: Sessions) -> None:
    _queue(sessions, "A")
    claimed: list[Job | None] = []
    barrier = threading.Barrier(4)

    def grab(name: str) -> None:
        barrier.wait()
        with sessions() as session:
            claimed.append(service.claim(session, name))
            session.commit()

    threads = [threading.Thread(target=grab, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(job is not None for job in claimed) == 1


def test_a_job_of_a_dead_worker_is_done_again_but_not_for_ever(sessions: Sessions) -> None:
    job_id = _queue(sessions, "A")
    for _ in range(service.MOST_TRIES):
        with sessions() as session:
            job = service.claim(session, "dies")
            assert job is not None
            job.lease_until = now() - timedelta(seconds=1)
            session.commit()
    _turn(sessions)
    assert _job(sessions, job_id).state == "failed"
    assert _job(sessions, job_id).message == service.TRIED_OFTEN


def test_a_lease_has_one_holder_until_it_runs_out(sessions: Sessions) -> None:
    with sessions() as session:
        assert leases.take(session, "x", "one", 60)
        session.commit()
        assert not leases.take(session, "x", "two", 60)
        assert leases.take(session, "x", "one", 60)
        session.get_one(Lease, "x").until = now() - timedelta(seconds=1)
        session.commit()
        assert leases.take(session, "x", "two", 60)
        leases.give_back(session, "x", "two")
        assert leases.take(session, "x", "three", 60)
        session.commit()


def test_a_timer_runs_when_due_and_keeps_its_error(sessions: Sessions) -> None:
    runs: list[int] = []

    def tick(_: Sessions) -> None:
        runs.append(1)
        raise Refused("clock is broken")

    timer = TimerKind("tick", 3600, tick)
    _turn(sessions, timer)
    _turn(sessions, timer)
    assert runs == [1]
    with sessions() as session:
        assert session.get_one(Timer, "tick").last_error == "clock is broken"


def test_a_worker_stops_and_gives_its_lease_back(sessions: Sessions) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=Worker(sessions, KINDS, ()).run, args=(stop,))
    job_id = _queue(sessions, "A")
    thread.start()
    deadline = now() + timedelta(seconds=10)
    while _job(sessions, job_id).state != "done" and now() < deadline:
        stop.wait(0.05)
    stop.set()
    thread.join(5)
    assert not thread.is_alive() and _job(sessions, job_id).state == "done"
    with sessions() as session:
        assert session.get_one(Lease, "work").until <= now()
