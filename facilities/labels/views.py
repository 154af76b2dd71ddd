"""Labels of one object or of many, as PDF."""

from flask import Blueprint, Response, render_template, request, url_for

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit
from facilities.errors import NotFound, Refused
from facilities.labels.service_pdf import Label, render
from facilities.labels.sheets import STOCKS, stock_named
from facilities.readings import ObjectRef
from facilities.web.house import house, session, viewer
from facilities.web.registry import ObjectLink

blueprint = Blueprint("labels", __name__)
MOST = 500


def asked_refs(texts: list[str]) -> list[ObjectRef]:
    """References from `kind:id` texts. Raises Refused naming the first that is none."""
    refs = []
    for text in texts:
        kind, _, number = text.partition(":")
        if not kind or not number.isdigit():
            raise Refused(f"{text!r} is no KIND:ID, e.g. rack:12.", "ref")
        refs.append(ObjectRef(kind, int(number)))
    if not 0 < len(refs) <= MOST:
        raise Refused(f"Ask for 1 to {MOST} labels at once.", "ref")
    return refs


@blueprint.get("/labels.pdf")
@permit(Permission.SITES_VIEW)
def pdf() -> Response:
    """`?ref=rack:12&ref=rack:13&size=a4-24&skip=0`: labels in the asked order."""
    links = _links(asked_refs(request.args.getlist("ref")))
    stock = stock_named(request.args.get("size", "a4-24"))
    skip = max(0, request.args.get("skip", 0, type=int)) % (stock.columns * stock.rows)
    base = house().settings.base_url or request.host_url.rstrip("/")
    labels = [
        Label(
            base + url_for("web.open_object", kind=link.ref.kind, object_id=link.ref.id),
            link.label,
            (house().registries.kinds[link.ref.kind].title, link.place),
        )
        for link in links
    ]
    return Response(render(labels, stock, skip), mimetype="application/pdf")


@blueprint.get("/labels")
@permit(Permission.SITES_VIEW)
def choose() -> str:
    """Choose a label size for the asked objects."""
    refs = request.args.getlist("ref")
    return render_template(
        "labels/choose.html", refs=refs, links=_links(asked_refs(refs)), stocks=STOCKS.values()
    )


def _links(refs: list[ObjectRef]) -> list[ObjectLink]:
    found, kinds = house().registries.links(session(), refs), house().registries.kinds
    seen = []
    for ref in refs:
        link = found.get(ref)
        if link is None or not viewer().may(kinds[ref.kind].permission, link.site_id):
            raise NotFound(f"There is no {ref.kind} {ref.id}.")
        seen.append(link)
    return seen
