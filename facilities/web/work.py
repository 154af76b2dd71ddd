"""One unit of work per request: one session, one commit."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from flask import g, request
from sqlalchemy.orm import Session

from facilities.db import read_only
from facilities.errors import Conflict, Refused
from facilities.web.house import House, session

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@contextmanager
def unit_of_work(of: House) -> Iterator[Session]:
    """A session in `g` for the length of one view. Safe methods read only and never commit."""
    g.session = of.sessions()
    g.session.info["request_id"] = request_id()
    safe = request.method in SAFE_METHODS
    try:
        if safe:
            read_only(g.session)
        yield g.session
        if not safe:
            g.session.commit()
    finally:
        g.pop("session").close()  # an error page must not begin a transaction of its own


def request_id() -> str:
    """The id of this request, from the proxy's X-Request-ID where it is sane, else made here."""
    if "request_id" not in g:
        given = request.headers.get("X-Request-ID", "")
        sane = 0 < len(given) <= 64 and given.replace("-", "").isalnum()
        g.request_id = given if sane else uuid.uuid4().hex
    return str(g.request_id)


@contextmanager
def attempt() -> Iterator[list[Refused]]:
    """Try a service call inside a savepoint; a refusal is caught and left in the yielded list.

    What the call had begun to write is undone, so that a view can show the form again.
    """
    refusals: list[Refused] = []
    try:
        with session().begin_nested():
            yield refusals
    except Refused as refusal:
        refusals.append(refusal)


def check_version(seen: int | None, now_is: int) -> None:
    """Refuse when the person edited an older version than the one that is stored."""
    if seen is not None and seen != now_is:
        raise Conflict(
            "Someone saved this while you were editing. What you typed is kept below; "
            "compare it with the saved values and save again.",
            field="version",
        )
