"""The commands by which an operator lets people in."""

import re
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from facilities.accounts import service
from facilities.accounts.commands import user
from facilities.accounts.models import RoleGrant, User
from facilities.settings import Settings
from facilities.web.shop import Shop
from tests.facilities.conftest import PASSWORD, Person

Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings, sessions: sessionmaker[Session]) -> Run:
    shop = Shop(settings, lambda _: sessions)
    return lambda *words: CliRunner().invoke(user, words, obj=shop)


@pytest.mark.parametrize("typed", ["facilities", "FACILITIES"])
def test_a_role_is_typed_as_the_documents_write_it(run: Run, records: Session, typed: str) -> None:
    told = run("add", "fay", "--role", typed, "--role", "viewer")
    assert told.exit_code == 0 and "/welcome/" in told.output
    roles = select(RoleGrant.role).join(User).where(User.username == "fay")
    assert set(records.scalars(roles)) == {"facilities", "viewer"}


def test_who_forgot_a_password_sets_a_new_one_by_a_link(
    run: Run, records: Session, app: Flask
) -> None:
    service.add_user(records, "fay", "Fay", [], PASSWORD)
    records.commit()
    link = re.search(r"(/welcome/\S+)", run("link", " Fay ").output)
    assert link is not None
    fay = Person(app.test_client())
    fay.get(link[1])
    new = "a new and long password"
    assert fay.post(link[1], {"password": new, "again": new}).status_code == 302
    assert fay.get("/account").status_code == 200
    assert fay.get(link[1]).status_code == 404
    records.expire_all()
    limit = service.TryLimit(10, 300)
    assert service.sign_in(records, "fay", PASSWORD, "::1", limit) is None
    assert service.sign_in(records, "fay", new, "::1", limit) is not None


def test_there_is_no_link_for_who_may_not_sign_in(run: Run, records: Session) -> None:
    service.add_user(records, "fay", "Fay", [], PASSWORD).active = False
    records.commit()
    for name in ("fay", "nobody"):
        assert "who may sign in" in str(run("link", name).exception)
