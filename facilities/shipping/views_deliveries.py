"""The log of deliveries, one delivery, and what can be done with it."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit, require
from facilities.readings import ObjectRef
from facilities.shipping import dwell, queries, service, service_bins, service_custody
from facilities.shipping.forms import (
    AssignForm,
    EditForm,
    ReasonForm,
    StateForm,
    StoreForm,
    lines_in,
)
from facilities.shipping.lifecycle import INBOUND
from facilities.shipping.models import Delivery
from facilities.shipping.service_lines import count, verdict_of
from facilities.shipping.service_receive import COMING, add_lines, arrive_announced
from facilities.shipping.values import CountFacts, ParcelFacts
from facilities.shipping.views_receive import names
from facilities.shipping.views_shared import as_csv, asked
from facilities.web.forms import HouseForm, choices
from facilities.web.house import house, session
from facilities.web.objects import ObjectHead, render_object
from facilities.web.paging import paginate
from facilities.web.registry import KeyFact
from facilities.web.work import attempt, check_version

blueprint = Blueprint("deliveries", __name__)
VIEW, LOG = Permission.SHIPPING_VIEW, Permission.SHIPPING_LOG
TONES = {"handed_over": "ok", "closed": "ok", "refused": "critical", "missing": "critical"}
TONES |= {"overdue": "warning", "quarantined": "warning", "on_hold": "warning"}
TONES |= {"accepted_with_damage": "warning"}
#: States that have a form of their own on the page.
OWN_FORM = ("arrived", "stored", "handed_over", "refused")
HEADER: tuple[str, ...] = (
    "number",
    "site",
    "tracking",
    "carrier",
    "order",
    "recipient",
    "pieces",
    "condition",
)
HEADER += ("state", "place", "expected", "arrived", "stored", "handed over", "handed to", "void")


@blueprint.get("/deliveries")
@permit(VIEW)
def index() -> str:
    """The log: today by default."""
    ask = asked(VIEW)
    page = paginate(session(), queries.deliveries(ask))
    shown = {"which": queries.WHICH, "ask": ask, "states": INBOUND.states}
    return render_template("shipping/deliveries.html", page=page, now=house().clock(), **shown)


@blueprint.get("/deliveries.csv")
@permit(VIEW)
def sheet() -> Response:
    """Exactly what is filtered, as CSV."""
    rows = session().scalars(queries.deliveries(asked(VIEW))).unique()
    return as_csv("deliveries", HEADER, (_row(delivery) for delivery in rows))


def _row(delivery: Delivery) -> Sequence[Any]:
    return (
        delivery.label,
        delivery.site.code,
        " ".join(t.number for t in delivery.tracking),
        delivery.carried_by,
        delivery.po_number,
        delivery.for_whom,
        delivery.pieces,
        delivery.condition,
        delivery.state,
        service.at_dock(delivery),
        delivery.expected_at,
        delivery.arrived_at,
        delivery.stored_at,
        delivery.handed_over_at,
        delivery.handed_to,
        delivery.void_reason,
    )


def load(delivery_id: int, permission: str) -> Delivery:
    """The delivery, if this person may do that with it at its site."""
    delivery = service.get(session(), delivery_id)
    require(permission, delivery.site_id)
    return delivery


@blueprint.get("/deliveries/<int:delivery_id>")
@permit(VIEW)
def show(delivery_id: int) -> str:
    """One delivery: facts, what can be done, lines, its path from hand to hand."""
    return _page(load(delivery_id, VIEW))


def _page(delivery: Delivery, key: str = "", wrong: HouseForm | None = None) -> str:
    events = service_custody.chain_of(session(), delivery)
    nexts = service.next_states(session(), delivery)
    forms: dict[str, HouseForm] = {
        "store": StoreForm(formdata=None, prefix="store-"),
        "assign": AssignForm(formdata=None, prefix="assign-"),
        "refuse": ReasonForm(formdata=None, prefix="refuse-"),
        "void": ReasonForm(formdata=None, prefix="void-"),
        "state": StateForm(formdata=None, prefix="state-"),
    }
    if wrong is not None:
        forms[key] = wrong
    steps = [(to, to.replace("_", " ").capitalize()) for to in nexts if to not in OWN_FORM]
    forms["state"]["state"].choices = choices(steps)
    return render_object(
        _head(delivery),
        {"overview": ("Delivery", "shipping/delivery.html")},
        delivery=delivery,
        events=events,
        problems=service_custody.problems(events),
        nexts=nexts,
        forms=forms,
        coming=delivery.state in COMING and delivery.voided_at is None,
        counted=[(line, verdict_of(line)) for line in delivery.lines],
        bins=service_bins.choices_of(session(), delivery.site_id),
        names=names(),
    )


def _head(delivery: Delivery) -> ObjectHead:
    now = house().clock()
    state = delivery.state.replace("_", " ")
    facts = [
        KeyFact("Tracking", delivery.number_shown),
        KeyFact("Carrier", delivery.carried_by),
        KeyFact("For", delivery.for_whom, tone="warning" if not delivery.recipient_name else ""),
        KeyFact("Pieces", str(delivery.pieces) if delivery.pieces else None),
        KeyFact("Condition", delivery.condition, tone=_condition_tone(delivery)),
        KeyFact("Where", service.at_dock(delivery)),
    ]
    if delivery.po_number:
        facts.insert(2, KeyFact("Order", delivery.po_number))
    if delivery.arrived_at is not None:
        lain = dwell.dwell(delivery.arrived_at, delivery.handed_over_at or now)
        facts.append(KeyFact("Here for", f"{lain.days} d {lain.seconds // 3600} h"))
    return ObjectHead(
        ObjectRef("delivery", delivery.id),
        "Delivery",
        delivery.label,
        [(delivery.site.code, url_for("deliveries.index")), ("Deliveries", url_for(".index"))],
        "void" if delivery.voided_at else state,
        "unknown" if delivery.voided_at else TONES.get(delivery.state, ""),
        facts,
    )


def _condition_tone(delivery: Delivery) -> str:
    return "" if delivery.condition in ("ok", None) else "warning"


def _acted(
    delivery: Delivery, key: str, form: HouseForm, act: Callable[[], object], done: str
) -> ResponseReturnValue:
    """Do one action of the page; refused, the page comes back with what was typed."""
    if form.posted():
        with attempt() as refusals:
            act()
        form.refuse(refusals)
        if not refusals:
            flash(f"{delivery.label} {done}.")
            return redirect(url_for("deliveries.show", delivery_id=delivery.id))
    session().refresh(delivery)
    return _page(delivery, key, form), 422


@blueprint.post("/deliveries/<int:delivery_id>/store")
@permit(LOG)
def store(delivery_id: int) -> ResponseReturnValue:
    """Put it into the scanned bin, or move it there."""
    delivery, form = load(delivery_id, LOG), StoreForm(prefix="store-")

    def act() -> None:
        place = service_bins.needed(session(), delivery.site_id, form.bin.data)
        service.store(session(), delivery, place, house().clock())

    return _acted(delivery, "store", form, act, f"is in {form.bin.data}")


@blueprint.post("/deliveries/<int:delivery_id>/assign")
@permit(LOG)
def assign(delivery_id: int) -> ResponseReturnValue:
    """Say for whom it is."""
    delivery, form = load(delivery_id, LOG), AssignForm(prefix="assign-")
    said = form.recipient.data or ""
    return _acted(
        delivery,
        "assign",
        form,
        lambda: service.assign(session(), delivery, said),
        f"is for {said}",
    )


@blueprint.post("/deliveries/<int:delivery_id>/refuse")
@permit(LOG)
def refuse(delivery_id: int) -> ResponseReturnValue:
    """Refuse it with a reason."""
    delivery, form = load(delivery_id, LOG), ReasonForm(prefix="refuse-")
    reason = form.reason.data or ""
    return _acted(
        delivery,
        "refuse",
        form,
        lambda: service.refuse(session(), delivery, reason, house().clock()),
        "is refused",
    )


@blueprint.post("/deliveries/<int:delivery_id>/void")
@permit(LOG)
def void(delivery_id: int) -> ResponseReturnValue:
    """Strike the entry out with a reason."""
    delivery, form = load(delivery_id, LOG), ReasonForm(prefix="void-")
    reason = form.reason.data or ""
    return _acted(
        delivery,
        "void",
        form,
        lambda: service.void(session(), delivery, reason, house().clock()),
        "is void",
    )


@blueprint.post("/deliveries/<int:delivery_id>/state")
@permit(LOG)
def state(delivery_id: int) -> ResponseReturnValue:
    """Any other step."""
    delivery, form = load(delivery_id, LOG), StateForm(prefix="state-")
    to, note = form.state.data or "", form.note.data
    return _acted(
        delivery,
        "state",
        form,
        lambda: service.set_state(session(), delivery, to, house().clock(), note),
        f"is {to.replace('_', ' ')}",
    )


@blueprint.post("/deliveries/<int:delivery_id>/receive")
@permit(LOG)
def arrive(delivery_id: int) -> ResponseReturnValue:
    """An announced delivery is here, whatever its label says."""
    delivery = load(delivery_id, LOG)
    arrive_announced(session(), delivery, house().clock())
    flash(f"{delivery.label} is here.")
    return redirect(url_for("deliveries.show", delivery_id=delivery.id))


@blueprint.post("/deliveries/<int:delivery_id>/count")
@permit(LOG)
def count_lines(delivery_id: int) -> ResponseReturnValue:
    """Received and damaged per line; new lines of what else was in it."""
    delivery, form = load(delivery_id, LOG), HouseForm()
    add = lines_in(request.form.to_dict(flat=False))

    def act() -> None:
        add_lines(session(), delivery, add)
        count(session(), delivery, counts_in(delivery), house().clock())

    return _acted(delivery, "count", form, act, "is counted")


def counts_in(delivery: Delivery) -> list[CountFacts]:
    """What the form says of each line; a line left empty is not counted."""
    found = []
    for line in delivery.lines:
        received = request.form.get(f"received-{line.id}", type=int)
        if received is not None:
            damaged = request.form.get(f"damaged-{line.id}", 0, type=int)
            note = request.form.get(f"note-{line.id}", "").strip() or None
            found.append(CountFacts(line.id, received, damaged, note=note))
    return found


@blueprint.route("/deliveries/<int:delivery_id>/edit", methods=["GET", "POST"])
@permit(LOG)
def edit(delivery_id: int) -> ResponseReturnValue:
    """Correct an entry; the history keeps what it said."""
    delivery = load(delivery_id, LOG)
    form = EditForm(obj=delivery)
    if not form.sent:
        form.carrier.data = delivery.carrier.name if delivery.carrier else delivery.carrier_name
        form.recipient.data = delivery.recipient_name
        form.version.data = str(delivery.version)
    if form.posted():
        with attempt() as refusals:
            check_version(form.seen_version, delivery.version)
            service.edit(session(), delivery, _edited(form, delivery))
        form.refuse(refusals)
        if not refusals:
            flash(f"{delivery.label} is saved.")
            return redirect(url_for("deliveries.show", delivery_id=delivery.id))
    shown = {"form": form, "delivery": delivery, "names": names(), "carriers": names("carrier")}
    return render_template("shipping/delivery_edit.html", **shown), 422 if form.sent else 200


def _edited(form: EditForm, delivery: Delivery) -> ParcelFacts:
    return ParcelFacts(
        carrier=form.carrier.data,
        sender=form.sender.data,
        po_number=form.po_number.data,
        recipient=form.recipient.data,
        pieces=form.pieces.data,
        condition=form.condition.data,
        seal=form.seal.data,
        notes=form.notes.data,
        expected_at=delivery.expected_at,
    )
