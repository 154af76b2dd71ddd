"""Pages of racks: list, rack, add, edit; the live part."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit, require
from facilities.hosting import queries_racks, service_racks
from facilities.hosting.elevation import owner_colour
from facilities.hosting.forms import RackForm
from facilities.hosting.models import Rack, RackType
from facilities.hosting.views_blueprint import blueprint
from facilities.hosting.views_drawing import elevations, rack_head, weight_facts
from facilities.hosting.views_forms import rack_facts
from facilities.hosting.views_live import live_part
from facilities.readings import ObjectRef
from facilities.sites.models import RackRow, Room
from facilities.sites.queries import rooms_seen, sites_seen, within
from facilities.web.forms import choices
from facilities.web.house import session, viewer
from facilities.web.objects import render_object
from facilities.web.paging import paginate
from facilities.web.work import attempt, check_version

VIEW, EDIT = Permission.RACKS_VIEW, Permission.RACKS_EDIT


@blueprint.get("/racks")
@permit(VIEW)
def racks() -> str:
    """Racks with their filters."""
    asked = request.args.to_dict()
    page = paginate(session(), queries_racks.racks_seen(viewer(), asked))
    return render_template("hosting/racks.html", page=page, **filters())


def filters() -> dict[str, Any]:
    """What the filter bars of racks and equipment offer."""
    sites = session().scalars(sites_seen(viewer())).all()
    site_id = request.args.get("site", type=int)
    rooms = session().scalars(rooms_seen(viewer(), site_id).limit(500)).all()
    return {"sites": sites, "rooms": rooms, "owners": queries_racks.owners(session())}


@blueprint.get("/racks/<int:rack_id>")
@permit(VIEW)
def rack(rack_id: int) -> str:
    """A rack: front and rear, key facts, live power, what is in it."""
    row = found_rack(rack_id)
    drawn = elevations(row)
    tabs = {"overview": ("Elevation", "hosting/rack.html")}
    live = live_part(ObjectRef("rack", row.id), url_for("hosting.rack_live", rack_id=row.id))
    head = rack_head(row, drawn)
    return render_object(
        head,
        tabs,
        rack=row,
        drawn=drawn,
        live=live,
        weight=weight_facts(row, drawn),
        owner_colour=owner_colour,
    )


@blueprint.get("/racks/<int:rack_id>/live")
@permit(VIEW)
def rack_live(rack_id: int) -> str:
    """The live part of a rack page, by itself."""
    require(VIEW, service_racks.get_rack(session(), rack_id).site_id)
    return live_part(ObjectRef("rack", rack_id), url_for("hosting.rack_live", rack_id=rack_id))


@blueprint.route("/racks/new", methods=["GET", "POST"])
@permit(EDIT)
def new_rack() -> ResponseReturnValue:
    """Add a rack; `?room=3&type=7` fill the form."""
    form = RackForm()
    _offer(form)
    if request.method == "GET":
        form.room_id.data = request.args.get("room", type=int)
        form.row_id.data = request.args.get("row", type=int)
        kind = session().get(RackType, request.args.get("type", 0, type=int))
        if kind is not None:
            form.type_id.data = kind.id
            for name, value in service_racks.facts_of_type(kind).items():
                form[name].data = value
        form.width_in.data = form.width_in.data or 19
    return _entry(form, "New rack", None)


@blueprint.route("/racks/<int:rack_id>/edit", methods=["GET", "POST"])
@permit(EDIT)
def edit_rack(rack_id: int) -> ResponseReturnValue:
    """Edit a rack."""
    row = found_rack(rack_id)
    require(EDIT, row.site_id)
    form = RackForm(obj=row)
    _offer(form)
    if request.method == "GET":
        form.version.data = str(row.version)
    return _entry(form, f"Edit rack {row.name}", row)


def found_rack(rack_id: int) -> Rack:
    """A rack with its place, where this person may see it."""
    wanted = select(Rack).where(Rack.id == rack_id).options(*queries_racks.rack_place())
    row = session().scalar(wanted) or service_racks.get_rack(session(), rack_id)
    require(VIEW, row.site_id)
    return row


def _offer(form: RackForm) -> None:
    rooms = session().scalars(rooms_seen(viewer())).all()
    rows = select(RackRow).where(*within(RackRow.site_id, viewer(), VIEW))
    rows = rows.options(joinedload(RackRow.room)).order_by(RackRow.room_id, RackRow.code)
    form.offer_rooms(rooms, session().scalars(rows))
    form.offer_owners(queries_racks.owners(session()))
    kinds = queries_racks.rack_types(session())
    pairs = [(str(kind.id), f"{kind.maker.name} {kind.model}") for kind in kinds]
    form.type_id.choices = choices([("", "not in the list"), *pairs])


def _entry(form: RackForm, title: str, row: Rack | None) -> ResponseReturnValue:
    meanwhile: list[tuple[str, Any, Any]] = []
    if form.posted():
        with attempt() as refusals:
            saved = _save(form, row)
        form.refuse(refusals)
        if not refusals:
            flash(f"Rack {saved.name} is saved.")
            return redirect(url_for("hosting.rack", rack_id=saved.id))
        if row is not None and any(refusal.field == "version" for refusal in refusals):
            meanwhile = form.saved_meanwhile(row)
    page = {"form": form, "title": title, "rack": row, "meanwhile": meanwhile}
    body = render_template("hosting/rack_entry.html", **page)
    return body, 422 if request.method == "POST" else 200


def _save(form: RackForm, row: Rack | None) -> Rack:
    facts = rack_facts(form)
    require(EDIT, session().get_one(Room, facts.room_id).site_id)
    if row is None:
        return service_racks.add_rack(session(), facts)
    check_version(form.seen_version, row.version)
    return service_racks.edit_rack(session(), row, facts)
