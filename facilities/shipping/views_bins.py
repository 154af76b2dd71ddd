"""Bins: list, "what is on this shelf?" in one scan, add and edit (R4)."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit, require
from facilities.readings import ObjectRef
from facilities.shipping import queries, service_bins
from facilities.shipping.forms import BinForm
from facilities.shipping.models import Bin, Delivery
from facilities.shipping.views_shared import chosen_site, offer_sites
from facilities.web.house import house, session, viewer
from facilities.web.objects import ObjectHead, render_object
from facilities.web.paging import paginate
from facilities.web.registry import KeyFact
from facilities.web.work import attempt, check_version

blueprint = Blueprint("bins", __name__)
VIEW, LOG = Permission.SHIPPING_VIEW, Permission.SHIPPING_LOG


@blueprint.get("/bins")
@permit(VIEW)
def index() -> ResponseReturnValue:
    """All bins; a scanned label or an exact code opens its bin."""
    sites, text = viewer().sites_for(VIEW), request.args.get("text", "").strip()[:200]
    exact = _exact(sites, text)
    if len(exact) == 1:
        return redirect(url_for("bins.show", bin_id=exact[0].id))
    page = paginate(session(), service_bins.listed(sites, text))
    return render_template("shipping/bins.html", page=page, full=_counts(page.rows))


def _exact(sites: frozenset[int] | None, text: str) -> list[Bin]:
    label = service_bins.LABEL.search(text)
    meant = Bin.id == int(label[1]) if label else func.lower(Bin.code) == text.lower()
    wanted = select(Bin).where(meant)
    if sites is not None:
        wanted = wanted.where(Bin.site_id.in_(sites))
    return list(session().scalars(wanted.limit(2))) if text else []


def _counts(rows: Sequence[Bin]) -> dict[int, int]:
    held = Delivery.bin_id.in_([row.id for row in rows]) & Delivery.voided_at.is_(None)
    wanted = select(Delivery.bin_id, func.count()).where(held).group_by(Delivery.bin_id)
    return {bin_id: count for bin_id, count in session().execute(wanted) if bin_id is not None}


@blueprint.get("/bins/<int:bin_id>")
@permit(VIEW)
def show(bin_id: int) -> str:
    """What lies on this shelf, and in the bins within it."""
    row = service_bins.get(session(), bin_id)
    require(VIEW, row.site_id)
    within = service_bins.below(session(), row.id)
    wanted = (
        select(Delivery)
        .where(Delivery.bin_id.in_(within), Delivery.voided_at.is_(None))
        .where(Delivery.state.in_(queries.HERE))
        .options(selectinload(Delivery.tracking), joinedload(Delivery.recipient))
        .options(joinedload(Delivery.bin), joinedload(Delivery.carrier))
        .order_by(Delivery.arrived_at, Delivery.id)
    )
    page = paginate(session(), wanted)
    head = ObjectHead(
        ObjectRef("bin", row.id),
        "Bin",
        row.code,
        [(row.site.code, url_for("bins.index")), ("Bins", url_for("bins.index"))],
        "" if row.active else "not in use",
        "" if row.active else "unknown",
        [
            KeyFact("Parcels here", str(page.total)),
            KeyFact("Name", row.name or "none"),
            KeyFact("In", row.parent.code if row.parent else "nothing"),
        ],
    )
    tabs = {"overview": ("What is here", "shipping/bin.html")}
    return render_object(head, tabs, bin=row, page=page, now=house().clock())


@blueprint.route("/bins/new", methods=["GET", "POST"])
@permit(LOG)
def add() -> ResponseReturnValue:
    """A new bin."""
    return _edit(None, BinForm(parent=request.args.get("parent")))


@blueprint.route("/bins/<int:bin_id>/edit", methods=["GET", "POST"])
@permit(LOG)
def edit(bin_id: int) -> ResponseReturnValue:
    """Rename a bin, put it elsewhere, or take it out of use."""
    row = service_bins.get(session(), bin_id)
    require(LOG, row.site_id)
    form = BinForm(obj=row)
    if not form.sent:
        form.parent.data = row.parent.code if row.parent else None
        form.version.data = str(row.version)
    return _edit(row, form)


def _edit(row: Bin | None, form: BinForm) -> ResponseReturnValue:
    offer_sites(form, LOG)
    if row is not None:
        form.site_id.data = row.site_id
    if form.posted():
        site_id = row.site_id if row else chosen_site(form, LOG)
        with attempt() as refusals:
            if row is not None:
                check_version(form.seen_version, row.version)
            saved = service_bins.save(
                session(),
                row,
                site_id=site_id,
                code=form.code.data or "",
                name=form.name.data,
                parent=form.parent.data,
                active=form.active.data,
            )
        form.refuse(refusals)
        if not refusals:
            flash(f"Bin {saved.code} is saved.")
            return redirect(url_for("bins.show", bin_id=saved.id))
    return render_template("shipping/bin_edit.html", form=form, bin=row), 422 if form.sent else 200
