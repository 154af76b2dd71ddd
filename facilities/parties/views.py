"""Pages of parties: list, page, add, edit, contacts."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit
from facilities.parties import service
from facilities.parties.forms import ContactForm, PartyForm
from facilities.parties.models import PARTY_KINDS, Party
from facilities.parties.service import ContactFacts, PartyFacts
from facilities.readings import ObjectRef
from facilities.web.house import session
from facilities.web.objects import ObjectHead, render_object
from facilities.web.paging import paginate
from facilities.web.registry import KeyFact
from facilities.web.work import attempt, check_version

blueprint = Blueprint("parties", __name__)


@blueprint.get("/parties")
@permit(Permission.PARTIES_VIEW)
def index() -> str:
    """Owners, carriers, suppliers."""
    asked = request.args
    wanted = service.listed(asked.get("kind", ""), asked.get("text", ""), "inactive" in asked)
    page = paginate(session(), wanted)
    return render_template("parties/list.html", page=page, kinds=PARTY_KINDS)


@blueprint.get("/parties/<int:party_id>")
@permit(Permission.PARTIES_VIEW)
def show(party_id: int) -> str:
    """One party with its contacts."""
    party = service.get(session(), party_id)
    return render_object(
        _head(party), {"overview": ("Contacts", "parties/party.html")}, party=party
    )


def _head(party: Party) -> ObjectHead:
    first = party.contacts[0] if party.contacts else None
    facts = [KeyFact("Code", party.code or "none"), KeyFact("Contacts", str(len(party.contacts)))]
    if first is not None:
        facts.insert(0, KeyFact("Call first", f"{first.name}, {first.phone or 'no phone'}"))
    state = ("ok", "active") if party.active else ("unknown", "inactive")
    return ObjectHead(
        ObjectRef("party", party.id),
        party.kind.capitalize(),
        party.name,
        [("Parties", url_for("parties.index"))],
        state[1],
        state[0],
        facts,
    )


@blueprint.route("/parties/new", methods=["GET", "POST"])
@permit(Permission.PARTIES_EDIT)
def add() -> ResponseReturnValue:
    """A new party."""
    return _edit(None, PartyForm(kind=request.args.get("kind", "customer")))


@blueprint.route("/parties/<int:party_id>/edit", methods=["GET", "POST"])
@permit(Permission.PARTIES_EDIT)
def edit(party_id: int) -> ResponseReturnValue:
    """Change a party, or make it inactive."""
    party = service.get(session(), party_id)
    return _edit(party, PartyForm(obj=party))


def _edit(party: Party | None, form: PartyForm) -> ResponseReturnValue:
    if form.posted():
        facts = PartyFacts(
            kind=form.kind.data,
            name=form.name.data,
            code=form.code.data,
            notes=form.notes.data,
            active=form.active.data,
        )
        with attempt() as refusals:
            if party is not None:
                check_version(form.seen_version, party.version)
            saved = service.save(session(), party, facts)
        form.refuse(refusals)
        if not refusals:
            flash(f"{saved.name} is saved.")
            return redirect(url_for("parties.show", party_id=saved.id))
    status = 422 if form.sent else 200
    return render_template("parties/edit.html", form=form, party=party), status


@blueprint.route("/parties/<int:party_id>/contacts/new", methods=["GET", "POST"])
@permit(Permission.PARTIES_EDIT)
def add_contact(party_id: int) -> ResponseReturnValue:
    """A new contact of a party."""
    return _edit_contact(service.get(session(), party_id), None)


@blueprint.route("/parties/<int:party_id>/contacts/<int:contact_id>", methods=["GET", "POST"])
@permit(Permission.PARTIES_EDIT)
def edit_contact(party_id: int, contact_id: int) -> ResponseReturnValue:
    """Change a contact."""
    return _edit_contact(service.get(session(), party_id), contact_id)


def _edit_contact(party: Party, contact_id: int | None) -> ResponseReturnValue:
    contact = None if contact_id is None else service.contact_of(party, contact_id)
    form = ContactForm(obj=contact)
    if form.posted():
        facts = ContactFacts(
            name=form.name.data,
            role=form.role.data,
            email=form.email.data,
            phone=form.phone.data,
            rank=form.rank.data or 1,
        )
        with attempt() as refusals:
            service.save_contact(session(), party, contact, facts)
        form.refuse(refusals)
        if not refusals:
            flash(f"{facts.name} is saved.")
            return redirect(url_for("parties.show", party_id=party.id))
    status = 422 if form.sent else 200
    return render_template("parties/contact.html", form=form, party=party, contact=contact), status


@blueprint.post("/parties/<int:party_id>/contacts/<int:contact_id>/remove")
@permit(Permission.PARTIES_EDIT)
def remove_contact(party_id: int, contact_id: int) -> ResponseReturnValue:
    """Take a contact off."""
    party = service.get(session(), party_id)
    contact = service.contact_of(party, contact_id)
    service.remove_contact(session(), party, contact)
    flash(f"{contact.name} is taken off.")
    return redirect(url_for("parties.show", party_id=party_id))
