"""Signing in, out and for the first time; who may open what."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from facilities.accounts import service
from facilities.accounts.models import ApiToken, RoleGrant, SignInTry, User, WelcomeLink
from facilities.accounts.permissions import Permission
from facilities.accounts.permit import viewer_of_grants
from facilities.accounts.views import local_target
from facilities.db import now
from tests.facilities.conftest import PASSWORD, Person

Enter = Callable[..., Person]


def test_a_stranger_is_sent_to_sign_in_and_back_to_where_they_were(stranger: Person) -> None:
    response = stranger.get("/account")
    assert response.status_code == 302
    assert response.location.startswith("/sign-in?next=/account")


def test_after_signing_in_only_paths_of_ours_are_followed() -> None:
    assert local_target("/racks/3?tab=power") == "/racks/3?tab=power"
    for evil in ("https://evil.example/", "//evil.example", "/\\evil.example", "racks", None):
        assert local_target(evil) == "/"


def test_a_wrong_password_keeps_the_name_and_says_no_more(person: Enter, app: Flask) -> None:
    person("viewer")
    stranger = Person(app.test_client())
    stranger.get("/sign-in")
    response = stranger.post("/sign-in", {"username": "viewer", "password": "wrong"})
    assert response.status_code == 422
    assert 'value="viewer"' in response.text and "do not fit together" in response.text


def test_too_many_wrong_tries_are_held_off_and_the_wait_is_told(person: Enter, app: Flask) -> None:
    person("viewer")
    stranger = Person(app.test_client())
    stranger.get("/sign-in")
    wrong = {"username": "viewer", "password": "wrong"}
    codes = [stranger.post("/sign-in", wrong).status_code for _ in range(12)]
    assert codes == [422] * 10 + [429] * 2
    held = stranger.post("/sign-in", {"username": "viewer", "password": PASSWORD})
    assert held.status_code == 429 and int(held.headers["Retry-After"]) > 0


def test_old_failures_are_forgotten(records: Session) -> None:
    service.add_user(records, "fay", "Fay", [], PASSWORD)
    long_ago = now() - timedelta(hours=1)
    for _ in range(50):
        records.add(SignInTry(username="fay", address="1.2.3.4", succeeded=False, at=long_ago))
    limit = service.TryLimit(10, 300)
    assert service.sign_in(records, "fay", PASSWORD, "1.2.3.4", limit) is not None


def test_a_form_without_its_token_is_refused(person: Enter) -> None:
    visitor = person("viewer")
    response = visitor.client.post("/sign-out")
    assert response.status_code == 400
    assert "open too long" in response.text


def test_the_first_admin_link_works_once(
    sessions: sessionmaker[Session], stranger: Person, app: Flask
) -> None:
    with sessions() as session:
        secret = service.first_admin_link(session)
        session.commit()
    stranger.get(f"/welcome/{secret}")
    new = {"password": PASSWORD, "again": PASSWORD}
    assert stranger.post(f"/welcome/{secret}", new).status_code == 302
    assert stranger.get("/admin/users").status_code == 200
    assert Person(app.test_client()).get(f"/welcome/{secret}").status_code == 404
    with sessions() as session:
        assert service.first_admin_link(session) is None


def test_a_newer_first_link_ends_the_older(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        service.first_admin_link(session)
        service.first_admin_link(session)
        session.commit()
        live = select(WelcomeLink).where(WelcomeLink.used_at.is_(None))
        assert len(session.scalars(live).all()) == 1


def test_short_passwords_are_refused_with_the_limit(
    sessions: sessionmaker[Session], stranger: Person
) -> None:
    with sessions() as session:
        secret = service.first_admin_link(session)
        session.commit()
    stranger.get(f"/welcome/{secret}")
    response = stranger.post(f"/welcome/{secret}", {"password": "short", "again": "short"})
    assert "At least 12 characters" in response.text


def test_a_new_password_ends_the_other_sessions(person: Enter, app: Flask) -> None:
    here = person("viewer")
    there = Person(app.test_client()).sign_in("viewer")
    changed = {"current": PASSWORD, "password": "another long one", "again": "another long one"}
    assert here.post("/account", changed).status_code == 302
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302


def test_an_inactive_person_is_out_at_once(person: Enter, sessions: sessionmaker[Session]) -> None:
    visitor = person("viewer")
    with sessions() as session:
        user = session.scalar(select(User).where(User.username == "viewer"))
        assert user is not None
        user.active = False
        session.commit()
    assert visitor.get("/account").status_code == 302


def test_only_an_admin_sees_users(person: Enter) -> None:
    assert person("admin").get("/admin/users").status_code == 200
    for role in ("viewer", "facilities", "electrician", "receiving"):
        assert person(role).get("/admin/users").status_code == 403


def test_a_token_carries_its_scopes_and_ends_when_revoked(
    sessions: sessionmaker[Session], stranger: Person
) -> None:
    with sessions() as session:
        text = service.add_token(session, "robot", ["users:admin"])
        session.commit()
    head = {"Authorization": f"Bearer {text}"}
    assert stranger.client.get("/admin/users", headers=head).status_code == 200
    wrong = {"Authorization": "Bearer rh_x.y"}
    assert stranger.client.get("/admin/users", headers=wrong).status_code == 302
    with sessions() as session:
        row = session.scalar(select(ApiToken))
        assert row is not None and text.partition(".")[2] not in str(vars(row))
        service.revoke_token(session, row.id)
        session.commit()
    assert stranger.client.get("/admin/users", headers=head).status_code == 302


def test_a_grant_at_one_site_counts_only_there() -> None:
    here = RoleGrant(user_id=1, role="facilities", site_id=7)
    everywhere = RoleGrant(user_id=1, role="viewer", site_id=None)
    who = viewer_of_grants(1, "Sue", [here, everywhere])
    assert who.may(Permission.RACKS_EDIT, 7) and not who.may(Permission.RACKS_EDIT, 8)
    assert who.may(Permission.RACKS_EDIT) and who.may(Permission.RACKS_VIEW, 8)
    assert who.sites_for(Permission.RACKS_VIEW) is None
    assert not who.may(Permission.POWER_EDIT)
