"""Hand over: scan the parcels, name the person, sign once (R6)."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit, require
from facilities.errors import Refused
from facilities.shipping import service, service_find
from facilities.shipping.forms import HandOverForm
from facilities.shipping.models import Delivery
from facilities.shipping.views_receive import names
from facilities.shipping.views_shared import device_clock, signer
from facilities.web.house import house, session, viewer
from facilities.web.work import attempt

blueprint = Blueprint("handover", __name__)
LOG = Permission.SHIPPING_LOG


@blueprint.get("/hand-over")
@permit(LOG)
def start() -> str:
    """An empty list, or the parcels that `?d=` names."""
    return _page(HandOverForm(formdata=None), _chosen(request.args.getlist("d", type=int)))


@blueprint.post("/hand-over")
@permit(LOG)
def go_on() -> ResponseReturnValue:
    """Add the scanned parcel; with no scan, sign for those on the list."""
    form = HandOverForm()
    chosen = _chosen(request.form.getlist("d", type=int))
    if not form.posted():
        return _page(form, chosen), 422
    if form.scan.data:
        with attempt() as refusals:
            chosen = _added(chosen, form.scan.data)
            form.scan.data = form.scan.raw_data = None
        form.refuse(refusals)
        return _page(form, chosen), 422 if refusals else 200
    with attempt() as refusals:
        signature = service.hand_over(
            session(),
            chosen,
            form.signature(*signer()),
            house().clock(),
            note=form.note.data,
            device_at=device_clock(form.device_at.data),
        )
    form.refuse(refusals)
    if refusals:
        return _page(form, _chosen([d.id for d in chosen])), 422
    labels = ", ".join(delivery.label for delivery in chosen)
    flash(f"{labels} handed over to {signature.name}.")
    only = chosen[0].id if len(chosen) == 1 else None
    return redirect(url_for("deliveries.show", delivery_id=only) if only else url_for(".start"))


def _chosen(ids: list[int]) -> list[Delivery]:
    rows = service.by_ids(session(), ids[: service.MOST_AT_ONCE])
    chosen = [rows[id_] for id_ in dict.fromkeys(ids) if id_ in rows]
    for delivery in chosen:
        require(LOG, delivery.site_id)
    return chosen


def _added(chosen: list[Delivery], scan: str) -> list[Delivery]:
    """The list with the scanned parcel. Raises Refused when it is unknown; twice is once."""
    found = service_find.scanned(session(), viewer().sites_for(LOG), scan)
    if not found:
        raise Refused(f"No parcel here has the number {scan!r}; receive it first.", "scan")
    parcel = found[0]
    if parcel.handed_over_at is not None:
        words = f"{parcel.label} was handed over to {parcel.handed_to} already."
        raise Refused(words, "scan", "SR-01")
    return chosen if parcel.id in {d.id for d in chosen} else [*chosen, parcel]


def _page(form: HandOverForm, chosen: list[Delivery]) -> str:
    people = {d.recipient_name for d in chosen if d.recipient_name}
    if not form.sent and not form.signed_name.data and len(people) == 1:
        form.signed_name.data = people.pop()
    return render_template("shipping/hand_over.html", form=form, chosen=chosen, names=names())
