"""Forgets what is only of use for a while: sign-in tries, used links, idempotency keys."""

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session, sessionmaker

from facilities.accounts.models import SignInTry, WelcomeLink
from facilities.db import now
from facilities.web.once import IdempotentCall

KEEP_TRIES = timedelta(days=90)
KEEP_CALLS = timedelta(days=7)


def tidy(sessions: sessionmaker[Session]) -> None:
    """One round; commits by itself."""
    at = now()
    with sessions() as session:
        session.execute(delete(SignInTry).where(SignInTry.at < at - KEEP_TRIES))
        session.execute(delete(IdempotentCall).where(IdempotentCall.at < at - KEEP_CALLS))
        session.execute(delete(WelcomeLink).where(WelcomeLink.expires_at < at - KEEP_CALLS))
        session.commit()
