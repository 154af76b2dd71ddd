"""A message is told once, survives an outage of the mail server, and a failure is visible."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from facilities.db import now
from facilities.errors import Refused
from facilities.notify import service, wording
from facilities.notify.mail import mail_channel
from facilities.notify.models import OutboxMessage, Template
from tests.servers.network import Mailbox
from tests.servers.processes import free_port

Sessions = sessionmaker[Session]
WORDS = ("parcel", "Parcel {number} is here", "It waits in {bin}.")


def _tell(sessions: Sessions, once: str = "parcel-1") -> OutboxMessage | None:
    with sessions() as session:
        facts = {"number": "D-1", "bin": "shelf 3"}
        told = service.tell(session, "fay@example.org", WORDS, facts, once)
        session.commit()
        return told


def test_a_message_reaches_the_mail_server(sessions: Sessions, mailbox: Mailbox) -> None:
    _tell(sessions)
    sent = service.deliver_due(sessions, {"mail": mail_channel(mailbox.url, "dc@example.org")})
    (mail,) = mailbox.messages
    assert sent == 1
    assert (mail["To"], mail["Subject"]) == ("fay@example.org", "Parcel D-1 is here")
    assert str(mail.get_payload()).strip() == "It waits in shelf 3."
    with sessions() as session:
        assert session.scalars(select(OutboxMessage.state)).all() == ["sent"]


def test_the_same_fact_is_told_once(sessions: Sessions) -> None:
    assert _tell(sessions) is not None
    assert _tell(sessions) is None


def test_a_refusing_server_delays_and_shows_the_reason(
    sessions: Sessions, mailbox: Mailbox
) -> None:
    channels = {"mail": mail_channel(mailbox.url, "dc@example.org")}
    mailbox.refusal = "451 try later"
    _tell(sessions)
    assert service.deliver_due(sessions, channels) == 0
    with sessions() as session:
        message = session.scalars(select(OutboxMessage)).one()
        assert message.state == "waiting" and "try later" in (message.error or "")
        assert message.next_try_at > now() + timedelta(seconds=20)
        assert service.undelivered(session) == 1
        message.next_try_at = now()
        session.commit()
    mailbox.refusal = ""
    assert service.deliver_due(sessions, channels) == 1


def test_a_server_that_is_not_there_delays(sessions: Sessions) -> None:
    _tell(sessions)
    channel = mail_channel(f"smtp://127.0.0.1:{free_port()}", "dc@example.org")
    assert service.deliver_due(sessions, {"mail": channel}) == 0
    with sessions() as session:
        assert "refused" in (session.scalars(select(OutboxMessage.error)).one() or "").lower()


def test_after_three_days_it_has_failed_for_good(sessions: Sessions) -> None:
    _tell(sessions)
    with sessions() as session:
        session.scalars(select(OutboxMessage)).one().created_at = now() - timedelta(days=4)
        session.commit()
    service.deliver_due(sessions, {})
    with sessions() as session:
        assert session.scalars(select(OutboxMessage.state)).all() == ["failed"]


def test_an_edited_template_wins(sessions: Sessions) -> None:
    with sessions() as session:
        session.add(Template(key="parcel", subject="Hello", body="Number {number}, {owner}"))
        session.commit()
    told = _tell(sessions)
    assert told is not None and told.body == "Number D-1, (unknown)"


def test_a_template_with_an_unknown_name_is_refused_by_name() -> None:
    with pytest.raises(Refused, match=r"no \{owner\} in this message"):
        wording.check("Dear {owner}", frozenset({"number"}))


@given(st.text(), st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), st.text()))
def test_filling_never_fails_and_a_subject_is_one_line(text: str, facts: dict[str, str]) -> None:
    subject = wording.subject_line(wording.fill(text, facts))
    assert "\n" not in subject and "\r" not in subject and len(subject) <= 200
