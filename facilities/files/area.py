"""What the files area gives the house."""

from collections.abc import Sequence

from flask import Blueprint

from facilities.accounts.permissions import Permission
from facilities.files import views
from facilities.web.registry import ObjectTab, Registries
from facilities.web.rest import ApiBlueprint


def register(registries: Registries) -> None:
    """The Documents tab of every object."""
    registries.tabs.append(
        ObjectTab("documents", "Documents", Permission.FILES_VIEW, views.tab, order=80)
    )


def blueprints() -> Sequence[Blueprint]:
    """Pages."""
    return (views.blueprint,)


def api_blueprints() -> Sequence[ApiBlueprint]:
    """REST."""
    return ()
