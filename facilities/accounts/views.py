"""Pages of sign-in, the first-run link, the own account, users and tokens; the History tab."""

import json
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from facilities.accounts import ledger, service
from facilities.accounts.forms import ChangePasswordForm, PasswordForm, SignInForm
from facilities.accounts.login import current_person, end_session, start_session
from facilities.accounts.models import ApiToken, User
from facilities.accounts.passwords import password_fits
from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit
from facilities.errors import Refused
from facilities.readings import ObjectRef
from facilities.web.doors import public, signed_in
from facilities.web.house import house, session
from facilities.web.paging import paginate
from facilities.web.work import attempt

blueprint = Blueprint("accounts", __name__)
HISTORY_ROWS = 200


def local_target(given: str | None) -> str:
    """Where to go after sign-in: a path of ours, never another host."""
    parts = urlsplit(given or "")
    sane = (given or "").startswith("/") and not (given or "").startswith(("//", "/\\"))
    return parts._replace(scheme="", netloc="").geturl() if sane and not parts.netloc else "/"


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Name and password; failed tries are counted per name and per address."""
    form = SignInForm()
    if not form.posted():
        return render_template("accounts/sign_in.html", form=form)
    settings = house().settings
    limit = service.TryLimit(settings.sign_in_tries, settings.sign_in_window_s)
    user = service.sign_in(
        session(), form.username.data, form.password.data, request.remote_addr or "", limit
    )
    if user is None:
        form.refuse([Refused("User name and password do not fit together.", "password")])
        return render_template("accounts/sign_in.html", form=form), 422
    start_session(user)
    return redirect(local_target(request.args.get("next")))


@blueprint.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End this session."""
    end_session()
    return redirect(url_for("accounts.sign_in"))


@blueprint.route("/welcome/<secret>", methods=["GET", "POST"])
@public
def welcome(secret: str) -> ResponseReturnValue:
    """Set the first password by a one-time link."""
    user = service.use_welcome_link(session(), secret, None)
    form = PasswordForm()
    if form.posted():
        with attempt() as refusals:
            service.use_welcome_link(session(), secret, form.password.data)
        form.refuse(refusals)
        if not refusals:
            start_session(user)
            return redirect(url_for("web.home"))
    return render_template("accounts/welcome.html", form=form, person=user)


@blueprint.route("/account", methods=["GET", "POST"])
@signed_in
def account() -> ResponseReturnValue:
    """The own account: roles, and a new password."""
    user, form = current_person(), ChangePasswordForm()
    if user is None:
        raise Refused("A token has no account page.")
    if form.posted():
        if not password_fits(user.password_hash, form.current.data):
            form.refuse([Refused("This is not your current password.", "current")])
        else:
            with attempt() as refusals:
                service.set_password(session(), user, form.password.data)
            form.refuse(refusals)
            if not refusals:
                start_session(user)
                flash("Your password is changed. Your other sessions have ended.")
                return redirect(url_for("accounts.account"))
    return render_template("accounts/account.html", form=form, person=user)


@blueprint.get("/admin/users")
@permit(Permission.USERS_ADMIN)
def users() -> str:
    """People and their roles; tokens with their scopes."""
    people = paginate(session(), select(User).order_by(User.username))
    tokens = session().scalars(select(ApiToken).order_by(ApiToken.name).limit(200)).all()
    return render_template("accounts/users.html", page=people, tokens=tokens)


@blueprint.post("/admin/tokens/<int:token_id>/revoke")
@permit(Permission.USERS_ADMIN)
def revoke_token(token_id: int) -> ResponseReturnValue:
    """End a token for good."""
    token = service.revoke_token(session(), token_id)
    flash(f"The token {token.name} is revoked.")
    return redirect(url_for("accounts.users"))


def history_tab(ref: ObjectRef) -> str:
    """The History tab of any object: who changed what, when, from what to what."""
    entries = ledger.history_of(session(), ref.kind, ref.id, HISTORY_ROWS)
    rows = [(entry, _differences(json.loads(entry.payload))) for entry in entries]
    return render_template("accounts/history_tab.html", rows=rows, most=HISTORY_ROWS)


def _differences(payload: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    before, after = payload["before"], payload["after"]
    fields = sorted({*before, *after})
    return [(name, before.get(name), after.get(name)) for name in fields]
