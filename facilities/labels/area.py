"""What the labels area gives the house."""

from collections.abc import Sequence

from flask import Blueprint

from facilities.labels import views
from facilities.web.registry import Registries
from facilities.web.rest import ApiBlueprint


def register(registries: Registries) -> None:
    """Nothing: labels are reached by links on object pages and lists."""
    del registries


def blueprints() -> Sequence[Blueprint]:
    """Pages."""
    return (views.blueprint,)


def api_blueprints() -> Sequence[ApiBlueprint]:
    """REST."""
    return ()
