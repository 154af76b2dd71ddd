"""Rows: users, their roles, tokens, sign-in tries; the history and its chains."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilities.accounts.recorded import Recorded
from facilities.db import Base, Versioned, now


class User(Recorded, Versioned, Base):
    """A person who signs in. Never deleted, only made inactive."""

    __tablename__ = "user_account"
    history_kind = "user"
    history_hidden = frozenset({"password_hash", "session_epoch", "last_sign_in_at"})

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_sign_in_at: Mapped[datetime | None]
    # Raised to end every session that this person has open anywhere.
    session_epoch: Mapped[int] = mapped_column(default=0)

    grants: Mapped[list["RoleGrant"]] = relationship(
        back_populates="user", cascade="all, delete-orphan", lazy="selectin"
    )

    @property
    def history_label(self) -> str:
        """The name in the history."""
        return self.username


class RoleGrant(Recorded, Base):
    """A role of a person, at one site or (site_id None) at all."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("user_id", "role", "site_id"),)
    history_kind = "role_grant"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(20))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))

    user: Mapped[User] = relationship(back_populates="grants")

    @property
    def history_label(self) -> str:
        """The name in the history."""
        return f"{self.role} for user {self.user_id}"


class ApiToken(Recorded, Base):
    """A token for programs. Only a hash is kept; `prefix` lets people tell tokens apart."""

    __tablename__ = "api_token"
    history_kind = "api_token"
    history_hidden = frozenset({"secret_hash", "last_used_at"})

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    prefix: Mapped[str] = mapped_column(String(16), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[list[str]]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]

    @property
    def history_label(self) -> str:
        """The name in the history."""
        return self.name


class WelcomeLink(Base):
    """A one-time link to set a password: for the first admin, for an invited user."""

    __tablename__ = "welcome_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class SignInTry(Base):
    """One try to sign in; the limit counts the failed ones of a name and of an address."""

    __tablename__ = "sign_in_try"
    __table_args__ = (Index("ix_sign_in_try_recent", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    username: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))
    succeeded: Mapped[bool]


class HistoryChain(Base):
    """The end of one chain: one per site, and "house" for what belongs to none."""

    __tablename__ = "history_chain"

    chain: Mapped[str] = mapped_column(String(32), primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
    head: Mapped[str] = mapped_column(String(64))


class HistoryEntry(Base):
    """One change of one object. `payload` is the text that was hashed; the columns repeat it."""

    __tablename__ = "history_entry"
    __table_args__ = (
        UniqueConstraint("chain", "seq"),
        Index("ix_history_entry_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[str] = mapped_column(String(32))
    seq: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(160))
    action: Mapped[str] = mapped_column(String(12))
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int]
    request_id: Mapped[str] = mapped_column(String(64))
    payload: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    redacted: Mapped[bool] = mapped_column(default=False)

    about: Mapped[list["HistoryAbout"]] = relationship()


class HistoryAbout(Base):
    """On which objects' History tabs an entry is shown: its own and its parents'."""

    __tablename__ = "history_about"

    object_kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    object_id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("history_entry.id"), primary_key=True)
