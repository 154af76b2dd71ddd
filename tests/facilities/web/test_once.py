"""The same unsafe API call sent twice with one Idempotency-Key does its work once."""

from collections.abc import Callable

import pytest
from flask import Flask, jsonify, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from facilities.sites.models import Site
from facilities.web.doors import signed_in
from facilities.web.house import session
from tests.facilities.conftest import Person


@pytest.fixture
def visitor(app: Flask, person: Callable[..., Person]) -> Person:
    """A person on a house with one small API call."""

    @app.post("/api/v1/small")
    @signed_in
    def small() -> object:
        session().add(Site(code=request.get_json()["code"], name="x"))
        session().flush()
        return jsonify(made=request.get_json()["code"]), 201

    return person("admin")


def _count(sessions: sessionmaker[Session]) -> int:
    with sessions() as records:
        return records.scalar(select(func.count(Site.id))) or 0


def test_the_second_answer_is_the_first_again(
    visitor: Person, sessions: sessionmaker[Session]
) -> None:
    calls = [
        visitor.api("POST", "/api/v1/small", {"code": "A"}, Idempotency_Key="k1") for _ in range(2)
    ]
    assert [call.status_code for call in calls] == [201, 201]
    assert calls[0].json == calls[1].json
    assert calls[1].headers["Idempotent-Replayed"] == "true"
    assert _count(sessions) == 1


def test_a_key_used_for_another_call_is_refused(visitor: Person) -> None:
    visitor.api("POST", "/api/v1/small", {"code": "A"}, Idempotency_Key="k1")
    other = visitor.api("POST", "/api/v1/small", {"code": "B"}, Idempotency_Key="k1")
    assert other.status_code == 422 and "another request" in (other.json or {})["message"]


def test_without_a_key_every_call_counts(visitor: Person, sessions: sessionmaker[Session]) -> None:
    for code in "AB":
        visitor.api("POST", "/api/v1/small", {"code": code})
    assert _count(sessions) == 2


def test_a_failed_call_may_be_tried_again_with_its_key(visitor: Person) -> None:
    broken = visitor.api("POST", "/api/v1/small", {"cod": "A"}, Idempotency_Key="k2")
    assert broken.status_code == 500
    again = visitor.api("POST", "/api/v1/small", {"code": "A"}, Idempotency_Key="k2")
    assert again.status_code == 201
