"""Sign-in, users, tokens, first-run link. Takes a session and values; never commits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from facilities.accounts.models import ApiToken, RoleGrant, SignInTry, User, WelcomeLink
from facilities.accounts.passwords import (
    hash_password,
    new_secret,
    password_fits,
    same_secret,
    secret_hash,
)
from facilities.accounts.permissions import SCOPES, Role
from facilities.db import now
from facilities.errors import Conflict, NotFound, Refused, TooMany

WELCOME_HOURS = 24
PREFIX_LENGTH = 8


@dataclass(frozen=True, slots=True)
class TryLimit:
    """At most `tries` failed sign-ins of one name or one address within `window_s`."""

    tries: int
    window_s: int


def sign_in(
    session: Session, username: str, password: str, address: str, limit: TryLimit
) -> User | None:
    """The person, or None when name and password do not fit; each try is a row.

    Raises TooMany when the name or the address failed too often lately.
    """
    username, at = username.strip().lower()[:64], now()
    _check_tries(session, username, address, limit, at)
    user = session.scalar(select(User).where(User.username == username))
    fits = password_fits(user.password_hash if user else None, password)
    succeeded = fits and user is not None and user.active
    session.add(SignInTry(username=username, address=address, succeeded=succeeded, at=at))
    if user is None or not succeeded:
        return None
    user.last_sign_in_at = at
    return user


def _check_tries(
    session: Session, username: str, address: str, limit: TryLimit, at: datetime
) -> None:
    since = at - timedelta(seconds=limit.window_s)
    failed = (
        select(func.count(), func.min(SignInTry.at))
        .where(SignInTry.at > since, SignInTry.succeeded.is_(False))
        .where(or_(SignInTry.username == username, SignInTry.address == address))
    )
    count, first = session.execute(failed).one()
    if count >= limit.tries:
        wait_s = max(1, int((first - since).total_seconds()) + 1)
        raise TooMany(f"Too many failed sign-ins. Try again in {wait_s} seconds.", wait_s)


def add_user(
    session: Session,
    username: str,
    name: str,
    roles: Collection[tuple[Role, int | None]],
    password: str | None = None,
    email: str | None = None,
) -> User:
    """A new person with roles as (role, site id or None for all). Raises Refused, Conflict."""
    username = username.strip().lower()
    if not username or not username.replace("-", "").replace(".", "").replace("_", "").isalnum():
        raise Refused("A user name has letters, digits, dots, dashes only.", "username")
    if session.scalar(select(User.id).where(User.username == username)):
        raise Conflict(f"There is a user {username!r} already.", "username")
    user = User(
        username=username,
        name=name.strip() or username,
        email=email,
        password_hash=hash_password(password, username) if password is not None else None,
        grants=[RoleGrant(role=role.value, site_id=site_id) for role, site_id in roles],
    )
    session.add(user)
    session.flush()
    return user


def find_user(session: Session, username: str) -> User:
    """The person of that user name who may sign in. Raises NotFound."""
    user = session.scalar(select(User).where(User.username == username.strip().lower()))
    if user is None or not user.active:
        raise NotFound(f"There is no user {username!r} who may sign in.")
    return user


def set_password(session: Session, user: User, password: str) -> None:
    """A new password; every other session of the person ends. Raises Refused."""
    del session
    user.password_hash = hash_password(password, user.username)
    user.session_epoch += 1


def welcome_link(session: Session, user: User) -> str:
    """A one-time secret with which this person sets a first password."""
    secret = new_secret()
    expires = now() + timedelta(hours=WELCOME_HOURS)
    session.add(WelcomeLink(secret_hash=secret_hash(secret), user_id=user.id, expires_at=expires))
    return secret


def first_admin_link(session: Session) -> str | None:
    """On a house without people: an admin without a password and the link to set it; else None.

    While nobody has used a link yet, a new start gives a new link and ends the older ones.
    """
    with_password = select(User.id).where(User.password_hash.is_not(None)).limit(1)
    if session.scalar(with_password) is not None:
        return None
    admin = session.scalar(select(User).where(User.username == "admin"))
    if admin is None:
        admin = add_user(session, "admin", "Administrator", [(Role.ADMIN, None)])
    for link in session.scalars(select(WelcomeLink).where(WelcomeLink.used_at.is_(None))):
        link.used_at = now()
    return welcome_link(session, admin)


def use_welcome_link(session: Session, secret: str, password: str | None) -> User:
    """The person behind an unused link; with a password, sets it and uses the link up.

    Raises NotFound for a wrong, used or expired link, Refused for a bad password.
    """
    found = select(WelcomeLink).where(WelcomeLink.secret_hash == secret_hash(secret))
    link = session.scalar(found.with_for_update())
    if link is None or link.used_at is not None or link.expires_at <= now():
        raise NotFound("This link was used or has expired. Ask an administrator for a new one.")
    if password is not None:
        set_password(session, link.user, password)
        link.used_at = now()
    return link.user


def add_token(
    session: Session, name: str, scopes: Collection[str], site_id: int | None = None
) -> str:
    """A new API token; the returned text is shown once and only its hash is kept."""
    unknown = sorted(set(scopes) - SCOPES.keys())
    if unknown or not scopes:
        known = ", ".join(sorted(SCOPES))
        raise Refused(f"No such scope: {', '.join(unknown) or '(none)'}. Known: {known}.", "scope")
    if session.scalar(select(ApiToken.id).where(ApiToken.name == name)):
        raise Conflict(f"There is a token {name!r} already.", "name")
    prefix, secret = new_secret()[:PREFIX_LENGTH], new_secret()
    session.add(
        ApiToken(
            name=name,
            prefix=prefix,
            secret_hash=secret_hash(secret),
            scopes=sorted(scopes),
            site_id=site_id,
        )
    )
    session.flush()
    return f"rh_{prefix}.{secret}"


def token_of(session: Session, bearer: str) -> ApiToken | None:
    """The live token of a bearer text, or None."""
    prefix, _, secret = bearer.removeprefix("rh_").partition(".")
    token = session.scalar(select(ApiToken).where(ApiToken.prefix == prefix))
    if token is None or not same_secret(token.secret_hash, secret):
        return None
    over = token.expires_at is not None and token.expires_at <= now()
    return None if over or token.revoked_at is not None else token


def revoke_token(session: Session, token_id: int) -> ApiToken:
    """End a token for good. Raises NotFound."""
    token = session.get(ApiToken, token_id)
    if token is None:
        raise NotFound("There is no such token.")
    token.revoked_at = token.revoked_at or now()
    return token
