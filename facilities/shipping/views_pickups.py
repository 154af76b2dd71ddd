"""Pickups: list, request, approve, release with a signature, proof of delivery, slip (R7)."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, or_, select

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit, require
from facilities.hosting.models import Equipment
from facilities.readings import ObjectRef
from facilities.shipping import queries, service, service_custody, service_pickups
from facilities.shipping.forms import (
    ApproveForm,
    DeliveredForm,
    PickupForm,
    ReasonForm,
    ReleaseForm,
    StateForm,
    lines_in,
)
from facilities.shipping.lifecycle import OUTBOUND
from facilities.shipping.models import Pickup
from facilities.shipping.values import LineFacts, PickupFacts, ReleaseFacts
from facilities.shipping.views_receive import names
from facilities.shipping.views_shared import (
    as_csv,
    asked,
    chosen_site,
    device_clock,
    noon,
    offer_sites,
    signer,
)
from facilities.web.forms import HouseForm, choices
from facilities.web.house import house, session, viewer
from facilities.web.objects import ObjectHead, render_object
from facilities.web.paging import paginate
from facilities.web.registry import KeyFact
from facilities.web.work import attempt, check_version

blueprint = Blueprint("pickups", __name__)
VIEW, RELEASE = Permission.SHIPPING_VIEW, Permission.SHIPPING_RELEASE
OWN_FORM = ("approved", "released", "delivered")
TONES = {"released": "ok", "in_transit": "ok", "delivered": "ok", "closed": "ok"}
TONES |= {"lost": "critical", "damaged": "critical", "refused_by_carrier": "warning"}
HEADER: tuple[str, ...] = (
    "number",
    "site",
    "state",
    "reason",
    "to",
    "carrier",
    "tracking",
    "reference",
    "pieces",
)
HEADER += ("loaded", "authorised by", "driver", "company", "plate", "seal", "requested")
HEADER += ("released", "delivered", "received by", "flagged", "void")


@blueprint.get("/pickups")
@permit(VIEW)
def index() -> str:
    """Open pickups, what waits for release, what has left."""
    ask = asked(VIEW)
    page = paginate(session(), queries.pickups(ask))
    shown = {"which": {"log": "All", **queries.PICKUP_WHICH}, "ask": ask}
    return render_template("shipping/pickups.html", page=page, states=OUTBOUND.states, **shown)


@blueprint.get("/pickups.csv")
@permit(VIEW)
def sheet() -> Response:
    """Exactly what is filtered, as CSV."""
    rows = session().scalars(queries.pickups(asked(VIEW))).unique()
    return as_csv("pickups", HEADER, (_row(pickup) for pickup in rows))


def _row(p: Pickup) -> Sequence[Any]:
    where = (p.label, p.site.code, p.state, p.reason, p.destination, p.carried_by)
    what = (p.tracking_number, p.reference, p.pieces, p.loaded)
    who = (p.authorised_by, p.driver, p.company, p.plate, p.seal)
    when = (p.created_at, p.released_at, p.delivered_at, p.received_by)
    return (*where, *what, *who, *when, p.flagged, p.void_reason)


def load(pickup_id: int, permission: str) -> Pickup:
    """The pickup, if this person may do that with it at its site."""
    pickup = service_pickups.get(session(), pickup_id)
    require(permission, pickup.site_id)
    return pickup


@blueprint.get("/pickups/<int:pickup_id>")
@permit(VIEW)
def show(pickup_id: int) -> str:
    """One pickup: facts, items, what can be done, its path."""
    return _page(load(pickup_id, VIEW))


def _page(pickup: Pickup, key: str = "", wrong: HouseForm | None = None) -> str:
    events = service_custody.chain_of(session(), pickup)
    nexts = service_pickups.next_states(session(), pickup)
    forms: dict[str, HouseForm] = {
        "approve": ApproveForm(formdata=None, prefix="approve-", approver=viewer().name),
        "delivered": DeliveredForm(formdata=None, prefix="delivered-"),
        "state": StateForm(formdata=None, prefix="state-"),
        "void": ReasonForm(formdata=None, prefix="void-"),
    }
    if wrong is not None:
        forms[key] = wrong
    steps = [(to, to.replace("_", " ").capitalize()) for to in nexts if to not in OWN_FORM]
    forms["state"]["state"].choices = choices(steps)
    return render_object(
        _head(pickup),
        {"overview": ("Pickup", "shipping/pickup.html")},
        pickup=pickup,
        events=events,
        problems=service_custody.problems(events),
        nexts=nexts,
        forms=forms,
        held=service_pickups.held_back(pickup) if pickup.released_at is None else [],
    )


def _head(pickup: Pickup) -> ObjectHead:
    facts = [
        KeyFact("To", pickup.destination),
        KeyFact("Reason", pickup.reason.replace("_", " ")),
        KeyFact("Carrier", pickup.carried_by),
        KeyFact("Pieces", str(pickup.pieces) if pickup.pieces else None),
        KeyFact("Approved by", pickup.approved_by or "nobody yet"),
        KeyFact("Released by", pickup.authorised_by or "nobody yet"),
    ]
    if pickup.flagged:
        facts.append(KeyFact("Flagged", pickup.flagged, tone="warning"))
    return ObjectHead(
        ObjectRef("pickup", pickup.id),
        "Pickup",
        pickup.label,
        [(pickup.site.code, url_for("pickups.index")), ("Pickups", url_for("pickups.index"))],
        "void" if pickup.voided_at else pickup.state.replace("_", " "),
        "unknown" if pickup.voided_at else TONES.get(pickup.state, ""),
        facts,
    )


@blueprint.route("/pickups/new", methods=["GET", "POST"])
@permit(RELEASE)
def add() -> ResponseReturnValue:
    """Ask for a pickup."""
    form = PickupForm(requested_by=viewer().name)
    offer_sites(form, RELEASE)
    return _edit(None, form)


@blueprint.route("/pickups/<int:pickup_id>/edit", methods=["GET", "POST"])
@permit(RELEASE)
def edit(pickup_id: int) -> ResponseReturnValue:
    """Amend it before it leaves; then it needs approval anew."""
    pickup = load(pickup_id, RELEASE)
    form = PickupForm(obj=pickup)
    offer_sites(form, RELEASE)
    form.site_id.data = pickup.site_id
    if not form.sent:
        form.owner.data = pickup.owner.name if pickup.owner else None
        form.carrier.data = pickup.carrier.name if pickup.carrier else pickup.carrier_name
        form.planned_on.data = pickup.planned_at.date() if pickup.planned_at else None
        form.version.data = str(pickup.version)
    return _edit(pickup, form)


def _edit(pickup: Pickup | None, form: PickupForm) -> ResponseReturnValue:
    sent = request.form.to_dict(flat=False)
    lines = lines_in(sent)
    if form.posted():
        site_id = pickup.site_id if pickup else chosen_site(form, RELEASE)
        facts = _facts(form, lines_in(sent, _equipment_named(site_id, lines)))
        with attempt() as refusals:
            if pickup is None:
                saved = service_pickups.request(session(), site_id, facts, house().clock())
            else:
                check_version(form.seen_version, pickup.version)
                saved = service_pickups.edit(session(), pickup, facts, house().clock())
        form.refuse(refusals)
        if not refusals:
            flash(f"{saved.label} is saved.")
            return redirect(url_for("pickups.show", pickup_id=saved.id))
    shown: dict[str, Any] = {"form": form, "pickup": pickup, "lines": lines}
    shown |= {"names": names(), "carriers": names("carrier")}
    return render_template("shipping/pickup_edit.html", **shown), 422 if form.sent else 200


def _equipment_named(site_id: int, lines: list[LineFacts]) -> dict[str, int]:
    """Equipment of the site by what was typed: its serial, asset tag or name."""
    said = {line.description.lower() for line in lines}
    columns = (Equipment.serial, Equipment.asset_tag, Equipment.name)
    wanted = select(Equipment.id, *columns).where(
        Equipment.site_id == site_id, or_(*(func.lower(column).in_(said) for column in columns))
    )
    return {text.lower(): row[0] for row in session().execute(wanted) for text in row[1:] if text}


def _facts(form: PickupForm, lines: list[LineFacts]) -> PickupFacts:
    return PickupFacts(
        reason=form.reason.data,
        requested_by=form.requested_by.data,
        owner=form.owner.data,
        carrier=form.carrier.data,
        destination=form.destination.data,
        reference=form.reference.data,
        tracking_number=form.tracking_number.data,
        pieces=form.pieces.data,
        notes=form.notes.data,
        planned_at=noon(form.planned_on.data),
        lines=lines,
        entry_key=form.entry_key.data,
    )


def _acted(
    pickup: Pickup, key: str, form: HouseForm, act: Callable[[], object], done: str
) -> ResponseReturnValue:
    if form.posted():
        with attempt() as refusals:
            act()
        form.refuse(refusals)
        if not refusals:
            flash(f"{pickup.label} {done}.")
            return redirect(url_for("pickups.show", pickup_id=pickup.id))
    session().refresh(pickup)
    return _page(pickup, key, form), 422


@blueprint.post("/pickups/<int:pickup_id>/approve")
@permit(RELEASE)
def approve(pickup_id: int) -> ResponseReturnValue:
    """Approve it."""
    pickup, form = load(pickup_id, RELEASE), ApproveForm(prefix="approve-")
    name, at = form.approver.data or "", house().clock()
    act = lambda: service_pickups.approve(session(), pickup, name, at)  # noqa: E731
    return _acted(pickup, "approve", form, act, "is approved")


@blueprint.post("/pickups/<int:pickup_id>/delivered")
@permit(RELEASE)
def delivered(pickup_id: int) -> ResponseReturnValue:
    """Proof of delivery."""
    pickup, form = load(pickup_id, RELEASE), DeliveredForm(prefix="delivered-")
    name, at = form.received_by.data or "", house().clock()
    act = lambda: service_pickups.delivered(session(), pickup, name, at)  # noqa: E731
    return _acted(pickup, "delivered", form, act, "is delivered")


@blueprint.post("/pickups/<int:pickup_id>/state")
@permit(RELEASE)
def state(pickup_id: int) -> ResponseReturnValue:
    """Any other step."""
    pickup, form = load(pickup_id, RELEASE), StateForm(prefix="state-")
    to, note, at = form.state.data or "", form.note.data, house().clock()
    act = lambda: service_pickups.set_state(session(), pickup, to, at, note)  # noqa: E731
    return _acted(pickup, "state", form, act, f"is {to.replace('_', ' ')}")


@blueprint.post("/pickups/<int:pickup_id>/void")
@permit(RELEASE)
def void(pickup_id: int) -> ResponseReturnValue:
    """Strike the entry out with a reason."""
    pickup, form = load(pickup_id, RELEASE), ReasonForm(prefix="void-")
    reason, at = form.reason.data or "", house().clock()
    act = lambda: service.void(session(), pickup, reason, at)  # noqa: E731
    return _acted(pickup, "void", form, act, "is void")


@blueprint.route("/pickups/<int:pickup_id>/release", methods=["GET", "POST"])
@permit(RELEASE)
def release(pickup_id: int) -> ResponseReturnValue:
    """Check driver, company, plate, seal and pieces, sign, and let it leave."""
    pickup = load(pickup_id, RELEASE)
    form = ReleaseForm(authorised_by=viewer().name, tracking_number=pickup.tracking_number)
    if form.posted():
        with attempt() as refusals:
            service_pickups.release(session(), pickup, _released(form), house().clock())
        form.refuse(refusals)
        if not refusals:
            flash(f"{pickup.label} is released to {form.driver.data}.")
            return redirect(url_for("pickups.show", pickup_id=pickup.id))
    held = service_pickups.held_back(pickup)
    page = render_template("shipping/release.html", form=form, pickup=pickup, held=held)
    return page, 422 if form.sent else 200


def _released(form: ReleaseForm) -> ReleaseFacts:
    return ReleaseFacts(
        authorised_by=form.authorised_by.data or "",
        driver=form.driver.data or "",
        loaded=form.loaded.data or 0,
        signature=form.signature(*signer()),
        company=form.company.data,
        plate=form.plate.data,
        seal=form.seal.data,
        tracking_number=form.tracking_number.data,
        flag=form.flag.data,
        device_at=device_clock(form.device_at.data),
    )


@blueprint.get("/pickups/<int:pickup_id>/slip")
@permit(VIEW)
def slip(pickup_id: int) -> str:
    """The slip to print: what leaves, by whom, signed."""
    pickup = load(pickup_id, VIEW)
    events = service_custody.chain_of(session(), pickup)
    signed = [event for event in events if event.signature is not None]
    shown = {"pickup": pickup, "signed": signed, "events": events, "now": house().clock()}
    return render_template("shipping/slip.html", printed_by=viewer().name, **shown)
