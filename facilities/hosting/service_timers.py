"""What the worker does for racks again and again."""

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from facilities.accounts.history import act_as
from facilities.accounts.recorded import Actor
from facilities.db import now, read_only
from facilities.hosting.models import Claim
from facilities.hosting.service_claims import HOLD, release_expired

RULE = Actor("user", None, "expiry rule")


def expire_holds(sessions: sessionmaker[Session]) -> int:
    """Free the units of holds that expired (SP-12); returns how many there were."""
    at = now()
    with sessions() as session:
        read_only(session)  # most times there is nothing to do, and then nobody waits for it
        due = select(Claim.id).where(Claim.kind == HOLD, Claim.expires_at <= at).limit(1)
        if session.scalar(due) is None:
            return 0
    with sessions() as session:
        act_as(session, RULE, "the hold expired")
        freed = release_expired(session, at)
        session.commit()
    return freed
