"""Every route names who may call it, and holds to it for strangers and for each role."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, Rule

from facilities.accounts.permissions import ROLES, Permission, Role
from facilities.web.doors import PUBLIC, SIGNED_IN
from tests.facilities.conftest import Person

#: Served without asking who looks: files, and the document that describes the API.
OPEN = {"static", "api-docs.openapi_json"}
SAFE = {"GET", "HEAD", "OPTIONS"}


def _marks(app: Flask) -> Iterator[tuple[Rule, str, Any]]:
    """Each rule with each of its methods and what its view is marked with."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        for method in sorted(methods):
            kind = getattr(view, "view_class", None)
            shown = getattr(kind, method.lower(), None) if kind else view
            yield rule, method, getattr(shown, "permission", None)


def test_every_route_is_marked(app: Flask) -> None:
    unmarked = [
        f"{method} {rule.rule}"
        for rule, method, mark in _marks(app)
        if mark is None and rule.endpoint not in OPEN
    ]
    assert unmarked == []


def test_marks_are_permissions_or_doors(app: Flask) -> None:
    known = {*Permission, PUBLIC, SIGNED_IN, None}
    assert {mark for _, _, mark in _marks(app)} <= known


def test_nothing_that_only_looks_is_needed_to_change(app: Flask) -> None:
    lax = [
        f"{method} {rule.rule}: {mark}"
        for rule, method, mark in _marks(app)
        if method not in SAFE and str(mark).endswith(":view")
    ]
    assert lax == []


def _url(app: Flask, rule: Rule) -> str:
    words = {"kind": "rack", "key": "nothing", "secret": "nothing", "tab": "history"}
    values: dict[str, Any] = {name: words.get(name, 1) for name in rule.arguments}
    for name, converter in rule._converters.items():
        if isinstance(converter, AnyConverter):
            values[name] = min(converter.items)
    return app.url_map.bind("localhost").build(rule.endpoint, values)


def test_a_stranger_gets_no_page_and_changes_nothing(app: Flask, stranger: Person) -> None:
    stranger.get("/sign-in")
    for rule, method, mark in _marks(app):
        if mark in (PUBLIC, None):
            continue
        sent = {"X-CSRFToken": stranger.csrf}
        status = stranger.client.open(_url(app, rule), method=method, headers=sent).status_code
        assert status in (302, 401), f"{method} {rule.rule} answered {status}"


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_refused_what_it_may_not(
    app: Flask, person: Callable[..., Person], role: Role
) -> None:
    visitor = person(role.value)
    allowed = {*ROLES[role], PUBLIC, SIGNED_IN, None}
    for rule, method, mark in _marks(app):
        if mark in allowed:
            continue
        sent = {"X-CSRFToken": visitor.csrf}
        status = visitor.client.open(_url(app, rule), method=method, headers=sent).status_code
        assert status == 403, f"{role}: {method} {rule.rule} answered {status}"


@pytest.mark.parametrize("role", list(Role))
def test_an_empty_house_breaks_no_page(
    app: Flask, person: Callable[..., Person], role: Role
) -> None:
    visitor = person(role.value)
    for rule, method, mark in _marks(app):
        if method != "GET" or rule.endpoint in OPEN or mark not in {*ROLES[role], SIGNED_IN}:
            continue
        response = visitor.get(_url(app, rule))
        assert response.status_code < 500, f"{rule.rule}: {response.text[:500]}"


def test_answers_carry_the_headers_that_protect_people(stranger: Person) -> None:
    headers = stranger.get("/sign-in").headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy and "unsafe-eval" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    cookie = headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
