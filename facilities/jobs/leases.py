"""Leases: one holder at a time, by a conditional UPDATE that works alike on both databases."""

import os
import socket
import uuid
from datetime import timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from facilities.db import now
from facilities.jobs.models import Lease


def holder_name() -> str:
    """A name for this process that no other has: host, pid and a random tail."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def take(session: Session, name: str, holder: str, for_s: float) -> bool:
    """Take or renew the lease; True when `holder` has it now. Commit at once to make it count."""
    at = now()
    until = at + timedelta(seconds=for_s)
    free = or_(Lease.holder == holder, Lease.until <= at)
    taken = update(Lease).where(Lease.name == name, free).values(holder=holder, until=until)
    if session.execute(taken).rowcount:  # type: ignore[attr-defined]
        return True
    if session.scalar(select(Lease.name).where(Lease.name == name)) is not None:
        return False
    try:
        with session.begin_nested():
            session.add(Lease(name=name, holder=holder, until=until))
    except IntegrityError:
        return False
    return True


def give_back(session: Session, name: str, holder: str) -> None:
    """End the lease early so that another can take over at once."""
    mine = update(Lease).where(Lease.name == name, Lease.holder == holder)
    session.execute(mine.values(until=now()))
