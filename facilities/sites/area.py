"""What the sites area gives the house."""

from collections.abc import Sequence

from flask import Blueprint

from facilities.accounts.permissions import Permission
from facilities.sites import api, queries, views
from facilities.web.registry import NavEntry, ObjectKind, Registries, SearchProvider
from facilities.web.rest import ApiBlueprint

VIEW = Permission.SITES_VIEW


def register(registries: Registries) -> None:
    """The kinds of places, the navigation, the search."""
    for kind, title, find in (
        ("site", "Site", queries.find_sites),
        ("building", "Building", queries.find_buildings),
        ("floor", "Floor", queries.find_floors),
        ("room", "Room", queries.find_rooms),
        ("row", "Row", queries.find_rows),
    ):
        registries.add_kind(ObjectKind(kind, title, VIEW, find))
    registries.nav += [
        NavEntry("sites", "Sites", "building", "sites.sites", VIEW, 10, {"facilities": 10}),
        NavEntry("rooms", "Rooms", "map", "sites.rooms", VIEW, 12, {"facilities": 12}),
    ]
    registries.searches.append(SearchProvider("sites", VIEW, queries.search))


def blueprints() -> Sequence[Blueprint]:
    """Pages."""
    return (views.blueprint,)


def api_blueprints() -> Sequence[ApiBlueprint]:
    """REST."""
    return api.blueprints
