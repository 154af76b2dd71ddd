"""Pages of the shell itself: home, search, health."""

from collections.abc import Sequence

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from facilities.web.doors import public, signed_in
from facilities.web.house import house, session, viewer
from facilities.web.registry import Card, Hit, HomeCard

blueprint = Blueprint("web", __name__)
SEARCH_LIMIT = 20
LAST = 99


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


@blueprint.get("/")
@signed_in
def home() -> str:
    """The home page of this person's role; its cards refresh themselves."""
    part = bool(request.headers.get("HX-Request"))
    template = "web/home_cards.html" if part else "web/home.html"
    return render_template(template, cards=home_cards())


def find(words: str, limit: int = SEARCH_LIMIT) -> list[Hit]:
    """Hits of every area for a text, exact ones first."""
    who = viewer()
    hits = [
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
