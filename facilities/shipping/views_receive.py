"""The page a clerk works on when a truck is at the dock: one scan field, always ready (R1, R2)."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit
from facilities.parties.models import Contact, Party
from facilities.shipping import service_bins, service_receive
from facilities.shipping.forms import ExpectForm, ReceiveForm, lines_in
from facilities.shipping.models import Delivery
from facilities.shipping.service_receive import Received
from facilities.shipping.values import LineFacts, ParcelFacts
from facilities.shipping.views_shared import chosen_site, device_clock, noon, offer_sites
from facilities.sites.models import Site
from facilities.web.house import house, session, viewer
from facilities.web.work import attempt

blueprint = Blueprint("receiving", __name__)
LAST = 10
LOG = Permission.SHIPPING_LOG


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the large band says after a scan. tone: ok, warning, critical."""

    tone: str
    title: str
    text: str = ""
    delivery: Delivery | None = None
    ask_again: str = ""


@blueprint.get("/receive")
@permit(LOG)
def receive() -> str:
    """The scan form, empty and ready."""
    return _page(ReceiveForm(formdata=None))


@blueprint.post("/receive")
@permit(LOG)
def log() -> ResponseReturnValue:
    """Log what was scanned; the answer is the same page with a band and an empty form."""
    form = ReceiveForm()
    offer_sites(form, LOG)
    if not form.posted():
        return _again(form, Feedback("critical", "Not saved", "See the marked field."))
    found = service_bins.scanned(session(), chosen_site(form, LOG), form.scan.data)
    if found is not None:
        text = "Scan a parcel first; type or scan the bin into the bin field."
        return _again(form, Feedback("warning", f"This is bin {found.code}", text))
    if not any((form.scan.data, form.recipient.data, form.po_number.data, form.notes.data)):
        text = "For a parcel without a readable number fill in a name or a note."
        return _again(form, Feedback("warning", "Nothing to save yet", text))
    with attempt() as refusals:
        outcome = service_receive.receive(
            session(), int(form.site_id.data), _facts(form), house().clock()
        )
    form.refuse(refusals)
    if refusals:
        return _again(form, Feedback("critical", "Not saved", "See the marked field."))
    return _page(ReceiveForm(formdata=None), _said(outcome, form.scan.data or ""))


def _facts(form: ReceiveForm) -> ParcelFacts:
    return ParcelFacts(
        scans=(form.scan.data,) if form.scan.data else (),
        pieces=form.pieces.data,
        condition=form.condition.data,
        recipient=form.recipient.data,
        bin=form.bin.data,
        po_number=form.po_number.data,
        notes=form.notes.data,
        again=bool(form.again.data),
        entry_key=form.entry_key.data,
        device_at=device_clock(form.device_at.data),
    )


def _said(outcome: Received, scan: str) -> Feedback:
    delivery, warnings = outcome.delivery, " ".join(outcome.warnings)
    facts = f"{delivery.carried_by}, for {delivery.for_whom}"
    if outcome.outcome == "duplicate":
        text = f"{facts}, {delivery.state.replace('_', ' ')}. Nothing was changed."
        return Feedback("warning", f"Logged already as {delivery.label}", text, delivery, scan)
    tone = "warning" if warnings else "ok"
    words = {"matched": "Expected, and here", "same": "Saved already"}
    title = f"{words.get(outcome.outcome, 'Logged')}: {delivery.label}"
    return Feedback(tone, title, f"{facts}. {warnings}".strip(), delivery)


def _again(form: ReceiveForm, feedback: Feedback) -> ResponseReturnValue:
    # htmx swaps only answers that succeeded; a browser without script gets the honest status
    return _page(form, feedback), 200 if request.headers.get("HX-Request") else 422


def _page(form: ReceiveForm, feedback: Feedback | None = None) -> str:
    part = bool(request.headers.get("HX-Request"))
    template = "shipping/receive_part.html" if part else "shipping/receive.html"
    return render_template(template, **context(form, feedback))


def context(form: ReceiveForm, feedback: Feedback | None = None) -> dict[str, Any]:
    """What the scan form needs, on its own page and on the home page."""
    sites = offer_sites(form, LOG)
    site_id = int(form.site_id.data or 0)
    bins = service_bins.choices_of(session(), site_id)
    shown = {"form": form, "feedback": feedback, "sites": sites, "bins": bins}
    return {**shown, "last": _last(site_id), "names": names(), "now": house().clock()}


def _last(site_id: int) -> list[Delivery]:
    wanted = (
        select(Delivery)
        .where(Delivery.site_id == site_id, Delivery.arrived_at.is_not(None))
        .options(selectinload(Delivery.tracking), joinedload(Delivery.recipient))
        .options(joinedload(Delivery.bin), joinedload(Delivery.carrier))
        .order_by(Delivery.arrived_at.desc(), Delivery.id.desc())
    )
    return list(session().scalars(wanted.limit(LAST)))


def names(*kinds: str) -> list[str]:
    """Names to suggest while typing: parties, and the people of those that are no carriers."""
    wanted = select(Party.name).where(Party.active).order_by(Party.name).limit(300)
    wanted = wanted.where(Party.kind.in_(kinds) if kinds else Party.kind != "carrier")
    found = list(session().scalars(wanted))
    if not kinds:
        people = select(Contact.name).order_by(Contact.name).limit(500)
        found += session().scalars(people)
    return list(dict.fromkeys(found))


def lead() -> str:
    """The scan form as the first thing on the receiving home; "" where there is no dock."""
    if not session().scalar(select(Site.id).limit(1)) or not viewer().may(LOG):
        return ""
    return render_template("shipping/receive_part.html", **context(ReceiveForm(formdata=None)))


@blueprint.route("/deliveries/expect", methods=["GET", "POST"])
@permit(LOG)
def expect() -> ResponseReturnValue:
    """Announce a delivery with its lines."""
    form = ExpectForm()
    offer_sites(form, LOG)
    lines = lines_in(request.form.to_dict(flat=False))
    if form.posted():
        site_id = chosen_site(form, LOG)
        with attempt() as refusals:
            made = service_receive.expect(
                session(), site_id, _announced(form, lines), house().clock()
            )
        form.refuse(refusals)
        if not refusals:
            flash(f"{made.label} is expected.")
            return redirect(url_for("deliveries.show", delivery_id=made.id))
    shown = {"form": form, "lines": lines, "names": names(), "carriers": names("carrier")}
    return render_template("shipping/expect.html", **shown), 422 if form.sent else 200


def _announced(form: ExpectForm, lines: list[LineFacts]) -> ParcelFacts:
    return ParcelFacts(
        scans=(form.scan.data,) if form.scan.data else (),
        carrier=form.carrier.data,
        sender=form.sender.data,
        po_number=form.po_number.data,
        recipient=form.recipient.data,
        pieces=form.pieces.data,
        notes=form.notes.data,
        expected_at=noon(form.expected_on.data),
        lines=lines,
        entry_key=form.entry_key.data,
    )
