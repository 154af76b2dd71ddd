"""What the parties area gives the house."""

from collections.abc import Collection, Mapping, Sequence

from flask import Blueprint, url_for
from sqlalchemy.orm import Session

from facilities.accounts.permissions import Permission
from facilities.parties import api, service, views
from facilities.parties.models import Party
from facilities.readings import ObjectRef
from facilities.web.registry import (
    Hit,
    NavEntry,
    ObjectKind,
    ObjectLink,
    Registries,
    SearchProvider,
    Viewer,
)
from facilities.web.rest import ApiBlueprint


def _url(party: Party) -> str:
    return url_for("parties.show", party_id=party.id)


def _links(session: Session, ids: Collection[int]) -> Mapping[int, ObjectLink]:
    return {
        party.id: ObjectLink(ObjectRef("party", party.id), party.name, _url(party), party.kind)
        for party in service.by_ids(session, ids).values()
    }


def _search(session: Session, who: Viewer, words: str, limit: int) -> Sequence[Hit]:
    del who  # parties belong to no site
    return [
        Hit(
            ObjectRef("party", party.id),
            party.name,
            _url(party),
            party.kind,
            exact=party.name.lower() == words.lower(),
            rank=4,
        )
        for party in service.found(session, words, limit)
    ]


def register(registries: Registries) -> None:
    """The kind, its search and its place in the navigation."""
    registries.add_kind(ObjectKind("party", "Party", Permission.PARTIES_VIEW, _links))
    registries.searches.append(SearchProvider("parties", Permission.PARTIES_VIEW, _search))
    registries.nav.append(
        NavEntry("parties", "Parties", "users", "parties.index", Permission.PARTIES_VIEW, order=70)
    )


def blueprints() -> Sequence[Blueprint]:
    """Pages."""
    return (views.blueprint,)


def api_blueprints() -> Sequence[ApiBlueprint]:
    """REST."""
    return (api.blueprint,)
