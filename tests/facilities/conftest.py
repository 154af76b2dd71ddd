"""The small world of application tests: both databases, an app, people who are signed in."""

import itertools
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from facilities.accounts.history import act_as
from facilities.accounts.permissions import Role
from facilities.accounts.recorded import Actor
from facilities.accounts.service import add_user
from facilities.app import create_app, open_records
from facilities.db import Base, make_engine
from facilities.models import ALL
from facilities.settings import Settings
from tests.servers.databases import Postgres

PASSWORD = "correct horse battery"
assert ALL, "every area's tables are known from here on"
_numbers = itertools.count(1)


class Person:
    """A browser without a screen: signs in, carries the CSRF token."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.csrf = ""

    def get(self, url: str, **kwargs: Any) -> TestResponse:
        """GET as this person."""
        response = self.client.get(url, **kwargs)
        found = re.search(r'csrf-token" content="([^"]+)', response.text)
        self.csrf = found.group(1) if found else self.csrf
        return response

    def post(self, url: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """POST a form with the CSRF token of the last page."""
        return self.client.post(url, data={"csrf_token": self.csrf, **(data or {})}, **kwargs)

    def api(self, method: str, url: str, json: Any = None, **headers: str) -> TestResponse:
        """An API call riding on the cookie."""
        sent = {"X-CSRFToken": self.csrf, **{k.replace("_", "-"): v for k, v in headers.items()}}
        return self.client.open(url, method=method, json=json, headers=sent)

    def sign_in(self, username: str, password: str = PASSWORD) -> "Person":
        """Sign in and expect to be let in."""
        self.get("/sign-in")
        assert (
            self.post("/sign-in", {"username": username, "password": password}).status_code == 302
        )
        self.get("/account")
        return self


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with the whole schema, copied for each test."""
    path = tmp_path_factory.mktemp("schema") / "empty.db"
    engine = make_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """The name of an empty PostgreSQL database with the whole schema."""
    url = postgres.create()
    engine = make_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()
    return sa.make_url(url).database or ""


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh empty database of each kind: every test that takes records runs on both."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "records.db")
        yield f"sqlite:///{tmp_path / 'records.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    template = request.getfixturevalue("postgres_template")
    name = f"of_{template}_{next(_numbers)}"
    admin = sa.create_engine(server.url(), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield server.url(name)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    admin.dispose()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a house under the test's own folder."""
    return Settings(data_dir=tmp_path / "var", database_url=database_url)


@pytest.fixture
def sessions(settings: Settings) -> Iterator[sessionmaker[Session]]:
    """Sessions with the history listening."""
    factory = open_records(settings)
    yield factory
    factory.kw["bind"].dispose()


@pytest.fixture
def records(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """A session in which "tester" changes things; commit it before the app shall see them."""
    with sessions() as session:
        act_as(session, Actor("user", None, "tester"))
        yield session


@pytest.fixture
def app(settings: Settings, sessions: sessionmaker[Session]) -> Flask:
    """The wired application."""
    made = create_app(settings, sessions)
    made.config["TESTING"] = False  # errors must become pages, as for users
    return made


@pytest.fixture
def person(app: Flask, sessions: sessionmaker[Session]) -> Callable[..., Person]:
    """`person("facilities")`: a signed-in person with that role, at all sites or at one."""

    def enter(*roles: str, site_id: int | None = None) -> Person:
        name = "-".join(roles) + (f"-{site_id}" if site_id else "")
        with sessions() as session:
            add_user(session, name, name.title(), [(Role(r), site_id) for r in roles], PASSWORD)
            session.commit()
        return Person(app.test_client()).sign_in(name)

    return enter


@pytest.fixture
def stranger(app: Flask) -> Person:
    """Somebody who is not signed in."""
    return Person(app.test_client())
