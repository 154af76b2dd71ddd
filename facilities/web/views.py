"""Pages of the shell itself: home, search, health."""

import re
from collections.abc import Sequence

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import text

from facilities.errors import NotFound
from facilities.readings import ObjectRef
from facilities.web.doors import public, signed_in
from facilities.web.house import house, session, viewer
from facilities.web.registry import Card, Hit, HomeCard

blueprint = Blueprint("web", __name__)
SEARCH_LIMIT = 20
LABEL = re.compile(r"(?:/o/|^)([a-z_]{1,40})[/:](\d{1,12})$")


def home_cards() -> Sequence[tuple[HomeCard, Card]]:
    """The cards of this person's roles, in the order of the role that comes first."""
    who = viewer()
    shown = [
        (min(place for role, place in card.roles.items() if role in who.roles), card)
        for card in house().registries.cards
        if who.may(card.permission) and who.roles & card.roles.keys()
    ]
    shown.sort(key=lambda pair: (pair[0], pair[1].title))
    readings = house().readings
    return [(card, card.load(session(), readings, who)) for _, card in shown]


def home_leads() -> list[Markup]:
    """What this person's roles work with, above the cards."""
    who = viewer()
    shown = (lead for lead in house().registries.leads if lead.roles & who.roles)
    # `render` gives markup that a template has escaped already.
    return [Markup(lead.render()) for lead in shown if who.may(lead.permission)]  # noqa: S704


@blueprint.get("/")
@signed_in
def home() -> str:
    """The home page of this person's role; its cards refresh themselves."""
    part = bool(request.headers.get("HX-Request"))
    template = "web/home_cards.html" if part else "web/home.html"
    return render_template(template, cards=home_cards(), leads=[] if part else home_leads())


@blueprint.get("/o/<kind>/<int:object_id>")
@signed_in
def open_object(kind: str, object_id: int) -> ResponseReturnValue:
    """What a label's QR code points at: the page of that object."""
    link = house().registries.link(session(), ObjectRef(kind, object_id))
    if link is None:
        raise NotFound("The label's object is not in this house any more.")
    return redirect(link.url)


def _scanned(words: str) -> list[Hit]:
    # A wedge scanner types what the label's QR code holds: the address of the object.
    found = LABEL.search(words)
    if found is None:
        return []
    link = house().registries.link(session(), ObjectRef(found[1], int(found[2])))
    if link is None or not viewer().may(
        house().registries.kinds[found[1]].permission, link.site_id
    ):
        return []
    return [Hit(link.ref, link.label, link.url, link.place, exact=True, rank=0)]


def find(words: str, limit: int = SEARCH_LIMIT) -> list[Hit]:
    """Hits of every area for a text, exact ones first."""
    who = viewer()
    hits = _scanned(words) or [
        hit
        for provider in house().registries.searches
        if words and who.may(provider.permission)
        for hit in provider.search(session(), who, words, limit)
    ]
    return sorted(hits, key=lambda h: (not h.exact, h.rank, h.label))


@blueprint.get("/search")
@signed_in
def search() -> ResponseReturnValue:
    """One box over names, serials, tags, tracking numbers, breakers. One exact hit opens itself."""
    words = request.args.get("q", "").strip()[:200]
    hits = find(words)
    exact = [hit for hit in hits if hit.exact]
    if len(exact) == 1 and "list" not in request.args:
        return redirect(exact[0].url)
    return render_template("web/search.html", words=words, hits=hits)


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """Alive: the process answers. Nothing else is asked."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Ready: the database answers and every registered part works; 503 with what is wrong."""
    session().execute(text("SELECT 1"))
    checks = {check.key: check.check(session()) for check in house().registries.ready}
    wrong = {key: why for key, why in checks.items() if why}
    body = jsonify(status="ready" if not wrong else "not ready", database="ok", problems=wrong)
    return body, 200 if not wrong else 503
