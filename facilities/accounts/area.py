"""What the accounts area gives the house."""

from collections.abc import Sequence

from flask import Blueprint

from facilities.accounts import views
from facilities.accounts.permissions import Permission
from facilities.web.registry import NavEntry, ObjectTab, Registries
from facilities.web.rest import ApiBlueprint


def register(registries: Registries) -> None:
    """The History tab of every object, and the users page."""
    registries.tabs.append(
        ObjectTab("history", "History", Permission.HISTORY_VIEW, views.history_tab, order=90)
    )
    registries.nav.append(
        NavEntry("users", "Users", "users", "accounts.users", Permission.USERS_ADMIN, order=95)
    )


def blueprints() -> Sequence[Blueprint]:
    """Pages."""
    return (views.blueprint,)


def api_blueprints() -> Sequence[ApiBlueprint]:
    """REST."""
    return ()
