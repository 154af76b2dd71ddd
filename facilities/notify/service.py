"""The outbox: put messages in with the change they tell of, deliver them later, retry, give up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from facilities.db import now
from facilities.errors import Unavailable
from facilities.notify.models import OutboxMessage, Template
from facilities.notify.wording import fill, subject_line

FIRST_WAIT_S, LONGEST_WAIT_S = 30, 3600
GIVE_UP_AFTER = timedelta(days=3)
BATCH = 50


@dataclass(frozen=True, slots=True)
class Letter:
    """What a channel is given: who, what. Channels raise Unavailable to be asked again later."""

    to: str
    subject: str
    body: str
    once: str


Channel = Callable[[Letter], None]


def tell(
    session: Session,
    to: str,
    template: tuple[str, str, str],
    facts: Mapping[str, object],
    once: str,
    channel: str = "mail",
) -> OutboxMessage | None:
    """Queue one message in this transaction; None when the same fact was told before.

    template: (key, subject, body) of the shipped words; an edited row of that key wins.
    """
    if session.scalar(select(OutboxMessage.id).where(OutboxMessage.once == once)) is not None:
        return None
    key, subject, body = template
    edited = session.scalar(select(Template).where(Template.key == key))
    if edited is not None:
        subject, body = edited.subject, edited.body
    message = OutboxMessage(
        channel=channel,
        to=to,
        subject=subject_line(fill(subject, facts)),
        body=fill(body, facts),
        once=once,
    )
    session.add(message)
    session.flush()
    return message


def deliver_due(sessions: sessionmaker[Session], channels: Mapping[str, Channel]) -> int:
    """Try every due message once; returns how many were sent. Each outcome is committed by itself.

    A message is marked sent after its channel took it: after a crash between the two it is sent
    again with the same Message-ID, which mail servers drop.
    """
    with sessions() as session:
        due = select(OutboxMessage.id).where(
            OutboxMessage.state == "waiting", OutboxMessage.next_try_at <= now()
        )
        ids = session.scalars(due.order_by(OutboxMessage.id).limit(BATCH)).all()
    return sum(_deliver(sessions, message_id, channels) for message_id in ids)


def _deliver(
    sessions: sessionmaker[Session], message_id: int, channels: Mapping[str, Channel]
) -> bool:
    with sessions() as session:
        found = session.get_one(OutboxMessage, message_id)
        letter = Letter(found.to, found.subject, found.body, found.once)
        channel = channels.get(found.channel)
    error = f"the channel {found.channel} is not set up"
    if channel is not None:
        try:
            channel(letter)
            error = ""
        except Unavailable as away:
            error = str(away)
    with sessions() as session:
        _note(session.get_one(OutboxMessage, message_id), error)
        session.commit()
    return not error


def _note(message: OutboxMessage, error: str) -> None:
    at = now()
    message.tries += 1
    message.error = error or None
    if not error:
        message.state, message.sent_at = "sent", at
    elif at - message.created_at > GIVE_UP_AFTER:
        message.state = "failed"
    else:
        wait = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (message.tries - 1))
        message.next_try_at = at + timedelta(seconds=wait)


def undelivered(session: Session) -> int:
    """How many messages failed for good or wait after a failure: shown, never hidden."""
    troubled = OutboxMessage.error.is_not(None) & (OutboxMessage.state != "sent")
    return session.scalar(select(func.count()).where(troubled)) or 0
