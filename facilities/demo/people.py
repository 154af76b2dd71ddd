"""The demo's three people and their passwords: random, made once, kept in the data folder."""

import json
import os
import secrets
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilities.accounts.models import User
from facilities.accounts.permissions import Role
from facilities.accounts.service import add_user, set_password

#: (user name, name, roles)
PEOPLE = (
    ("fiona", "Fiona Ferrer, facilities", (Role.FACILITIES,)),
    ("elias", "Elias Ekberg, electrician", (Role.ELECTRICIAN,)),
    ("rosa", "Rosa Reyes, receiving", (Role.RECEIVING,)),
)
ADMIN = ("admin", "Demo administrator", (Role.ADMIN,))


def sign_ins(folder: Path) -> dict[str, str]:
    """User name -> password, from the demo's folder; made on the first start."""
    path = folder / "sign-ins.json"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = {name: f"demo-{secrets.token_hex(5)}" for name, *_ in (*PEOPLE, ADMIN)}
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(made, file)
    kept: dict[str, str] = json.loads(path.read_text("utf-8"))
    return kept


def add_people(session: Session, passwords: dict[str, str]) -> None:
    """The people, with these passwords; those who are there keep what they have."""
    for username, name, roles in (*PEOPLE, ADMIN):
        found = session.scalar(select(User).where(User.username == username))
        if found is None:
            grants = [(role, None) for role in roles]
            add_user(session, username, name, grants, passwords[username])
        elif found.password_hash is None:
            set_password(session, found, passwords[username])
