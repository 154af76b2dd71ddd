"""The session cookie, by Flask-Login. A cookie holds a user's id and session epoch, no more."""

from datetime import timedelta
from typing import Any

from flask import Flask
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy.orm import Session

from facilities.accounts.models import User
from facilities.settings import Settings
from facilities.web.house import session

manager = LoginManager()


class SignedIn(UserMixin):
    """A user as Flask-Login wants one."""

    def __init__(self, user: User) -> None:
        self.user = user

    def get_id(self) -> str:
        """What the cookie holds: raising the epoch ends every session of the person."""
        return f"{self.user.id}.{self.user.session_epoch}"


def install(app: Flask, settings: Settings) -> None:
    """Cookies HttpOnly and SameSite, Secure under HTTPS, with an end."""
    app.config.update(
        SESSION_COOKIE_NAME="rackhouse",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_SSL_STRICT=settings.https,
    )
    manager.session_protection = (
        ""  # off: an address changes under a phone; the epoch ends sessions
    )
    manager.init_app(app, add_context_processor=False)


@manager.user_loader  # type: ignore[untyped-decorator, unused-ignore]
def _load(cookie: str) -> SignedIn | None:
    user_id, _, epoch = cookie.partition(".")
    user = _find(session(), user_id)
    fits = user is not None and user.active and str(user.session_epoch) == epoch
    return SignedIn(user) if user is not None and fits else None


def _find(records: Session, user_id: str) -> User | None:
    return records.get(User, int(user_id)) if user_id.isdigit() else None


def current_person() -> User | None:
    """The signed-in user of this request, or None."""
    person: Any = current_user
    return person.user if person and person.is_authenticated else None


def start_session(user: User) -> None:
    """Put the person into the cookie."""
    login_user(SignedIn(user))


def end_session() -> None:
    """Take the person out of the cookie."""
    logout_user()
