"""Idempotency keys: the same unsafe API call sent twice does its work once.

The answer's row is written in the same transaction as the work, under a unique constraint, so two
calls racing with one key cannot both commit.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime

from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy import String, Text, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from facilities.db import Base, now
from facilities.errors import Conflict, Refused
from facilities.web.house import session, viewer
from facilities.web.work import SAFE_METHODS

LONGEST_KEY = 128


class IdempotentCall(Base):
    """One unsafe call that was answered, by who made it and their key."""

    __tablename__ = "idempotent_call"
    __table_args__ = (UniqueConstraint("caller", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    caller: Mapped[str] = mapped_column(String(160))
    key: Mapped[str] = mapped_column(String(LONGEST_KEY))
    digest: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    content_type: Mapped[str] = mapped_column(String(120))
    etag: Mapped[str | None] = mapped_column(String(160))
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(default=now)


def answered_once(run: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """Run the view of this request, or give the earlier answer to the same key."""
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method in SAFE_METHODS or viewer().name == "":
        return run()
    if not 0 < len(key) <= LONGEST_KEY:
        raise Refused(f"An Idempotency-Key has 1 to {LONGEST_KEY} characters.", "Idempotency-Key")
    caller = f"{viewer().user_id or 'token'}:{viewer().name}"[:160]
    said = f"{request.method} {request.full_path}\n".encode() + request.get_data(cache=True)
    digest = hashlib.sha256(said).hexdigest()
    earlier = _earlier(caller, key)
    if earlier is not None:
        return _again(earlier, digest)
    response = current_app.make_response(run())
    if response.status_code < 400:
        _keep(caller, key, digest, response)
    return response


def install(app: Flask) -> None:
    """Say which answers were given again."""
    app.after_request(_say)


def _earlier(caller: str, key: str) -> IdempotentCall | None:
    wanted = select(IdempotentCall).where(
        IdempotentCall.caller == caller, IdempotentCall.key == key
    )
    return session().scalar(wanted)


def _again(earlier: IdempotentCall, digest: str) -> Response:
    if earlier.digest != digest:
        raise Refused(
            "This Idempotency-Key was used for another request; use a new one.", "Idempotency-Key"
        )
    g.given_again = True
    response = Response(earlier.body, earlier.status, content_type=earlier.content_type)
    if earlier.etag:
        response.headers["ETag"] = earlier.etag
    return response


def _keep(caller: str, key: str, digest: str, response: Response) -> None:
    kept = IdempotentCall(
        caller=caller,
        key=key,
        digest=digest,
        status=response.status_code,
        content_type=response.content_type or "application/json",
        etag=response.headers.get("ETag"),
        body=response.get_data(as_text=True),
    )
    session().add(kept)
    try:
        session().flush()
    except IntegrityError as error:
        raise Conflict(
            "The same call is being answered right now; ask again.", "Idempotency-Key"
        ) from error


def _say(response: Response) -> Response:
    if g.get("given_again"):
        response.headers["Idempotent-Replayed"] = "true"
    return response
