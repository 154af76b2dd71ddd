"""Task pages of outlets, inlets and cords; the quick entry of one cord after another."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from facilities.accounts.permit import permit, require
from facilities.errors import NotFound
from facilities.hosting.models import Equipment, Rack
from facilities.power import cord_service, outlet_service, service
from facilities.power.cord_queries import free_inlets, free_outlets, inlet_chosen
from facilities.power.forms import CordForm, InletForm, OutletForm, choices
from facilities.power.models import Cord, Inlet, Outlet
from facilities.power.place_queries import crumbs_of, url_of
from facilities.power.views import EDIT, blueprint, status_of
from facilities.readings import ObjectRef
from facilities.web.house import session
from facilities.web.work import attempt


def find_rack(rack_id: int) -> Rack:
    """A rack that this person may change the power of. Raises NotFound, Forbidden."""
    rack = session().get(Rack, rack_id)
    if rack is None:
        raise NotFound("There is no such rack.")
    require(EDIT, rack.site_id)
    return rack


@blueprint.route("/racks/<int:rack_id>/cords", methods=["GET", "POST"])
@permit(EDIT)
def rack_cords(rack_id: int) -> ResponseReturnValue:
    """Plug in one cord after another: only free outlets and free inlets are offered."""
    rack, form = find_rack(rack_id), CordForm()
    form.outlet_id.choices = choices(free_outlets(session(), rack.id))
    form.inlet.choices = choices(free_inlets(session(), rack.id))
    if form.posted():
        with attempt() as refusals:
            inlet = inlet_chosen(session(), form.inlet.data)
            outlet = cord_service.find_outlet(session(), form.outlet_id.data)
            cord_service.connect(session(), outlet, inlet, form.label.data)
            verdict = cord_service.judge(session(), outlet, inlet)
        form.refuse(refusals)
        if not refusals:
            note = f" Mind: {verdict.why}." if verdict.tone != "ok" else ""
            where = cord_service.outlet_name(outlet)
            flash(f"{inlet.equipment.name} {inlet.name} is on {where}.{note}")
            return redirect(url_for("power.rack_cords", rack_id=rack.id))
    elif request.method == "GET":
        form.inlet.data = request.args.get("inlet")
        form.outlet_id.data = request.args.get("outlet", type=int)
    crumbs = crumbs_of(session(), rack.site_id, rack.room_id, rack.id)
    back = url_of(session(), ObjectRef("rack", rack.id))
    page = render_template("power/cords.html", form=form, rack=rack, crumbs=crumbs, back=back)
    return page, status_of(form)


@blueprint.post("/cords/<int:cord_id>/remove")
@permit(EDIT)
def remove_cord(cord_id: int) -> ResponseReturnValue:
    """Unplug a cord."""
    wanted = select(Cord).where(Cord.id == cord_id).options(joinedload(Cord.outlet))
    cord = session().scalar(wanted.options(joinedload(Cord.inlet).joinedload(Inlet.equipment)))
    if cord is None:
        raise NotFound("There is no such cord.")
    require(EDIT, cord.site_id)
    pdu_id, words = cord.outlet.pdu_id, f"{cord.inlet.equipment.name} {cord.inlet.name}"
    cord_service.disconnect(session(), cord)
    flash(f"{words} is unplugged.")
    return redirect(url_for("power.node", node_id=pdu_id))


@blueprint.post("/nodes/<int:node_id>/outlets/generate")
@permit(EDIT)
def generate_outlets(node_id: int) -> ResponseReturnValue:
    """Make the outlets that the PDU's equipment type names."""
    pdu = service.find_node(session(), node_id)
    require(EDIT, pdu.site_id)
    made = outlet_service.generate_outlets(session(), pdu)
    flash(f"{len(made)} outlets are made." if made else "It has all outlets of its type already.")
    return redirect(url_for("power.node", node_id=pdu.id))


@blueprint.route("/nodes/<int:node_id>/outlets/new", methods=["GET", "POST"])
@permit(EDIT)
def new_outlet(node_id: int) -> ResponseReturnValue:
    """One outlet by hand."""
    pdu, form = service.find_node(session(), node_id), OutletForm()
    require(EDIT, pdu.site_id)
    if form.posted():
        with attempt() as refusals:
            made = outlet_service.add_outlet(session(), pdu, outlet_values(form))
        form.refuse(refusals)
        if not refusals:
            flash(f"Outlet {made.number} is added.")
            return redirect(url_for("power.node", node_id=pdu.id))
    elif request.method == "GET":
        outlets = outlet_service.outlets_of(session(), pdu)
        form.number.data = max((outlet.number for outlet in outlets), default=0) + 1
    page = render_template("power/outlet_form.html", form=form, node=pdu, outlet=None)
    return page, status_of(form)


@blueprint.route("/outlets/<int:outlet_id>/edit", methods=["GET", "POST"])
@permit(EDIT)
def edit_outlet(outlet_id: int) -> ResponseReturnValue:
    """Change an outlet."""
    outlet = cord_service.find_outlet(session(), outlet_id)
    require(EDIT, outlet.site_id)
    form, pdu = OutletForm(obj=outlet), outlet.pdu
    if form.posted():
        with attempt() as refusals:
            outlet_service.edit_outlet(session(), outlet, outlet_values(form))
        form.refuse(refusals)
        if not refusals:
            flash(f"Outlet {outlet.number} is saved.")
            return redirect(url_for("power.node", node_id=pdu.id))
    elif request.method == "GET":
        form.phases.data = outlet.phases or ""
    page = render_template("power/outlet_form.html", form=form, node=pdu, outlet=outlet_id)
    return page, status_of(form)


def outlet_values(form: OutletForm) -> dict[str, object]:
    """What the form says of an outlet."""
    plain = ("number", "name", "connector", "rating_a", "bank")
    return {**{key: getattr(form, key).data for key in plain}, "phases": form.phases.data or None}


@blueprint.post("/outlets/<int:outlet_id>/remove")
@permit(EDIT)
def remove_outlet(outlet_id: int) -> ResponseReturnValue:
    """Take an outlet away while nothing is plugged in."""
    outlet: Outlet = cord_service.find_outlet(session(), outlet_id)
    require(EDIT, outlet.site_id)
    pdu_id, number = outlet.pdu_id, outlet.number
    outlet_service.remove_outlet(session(), outlet)
    flash(f"Outlet {number} is removed.")
    return redirect(url_for("power.node", node_id=pdu_id))


@blueprint.route("/equipment/<int:equipment_id>/inlets/new", methods=["GET", "POST"])
@permit(EDIT)
def new_inlet(equipment_id: int) -> ResponseReturnValue:
    """One inlet by hand; those of the type are made first, so that none is missing."""
    equipment, form = session().get(Equipment, equipment_id), InletForm()
    if equipment is None:
        raise NotFound("There is no such equipment.")
    require(EDIT, equipment.site_id)
    if form.posted():
        plain = {key: getattr(form, key).data for key in ("name", "connector", "rated_w")}
        with attempt() as refusals:
            outlet_service.ensure_inlets(session(), equipment)
            outlet_service.add_inlet(session(), equipment, plain)
        form.refuse(refusals)
        if not refusals:
            flash(f"{equipment.name} has the inlet {plain['name']}.")
            back = url_of(session(), ObjectRef("equipment", equipment.id))
            return redirect(f"{back}?tab=power" if back else url_for("power.overview"))
    page = render_template("power/inlet_form.html", form=form, equipment=equipment)
    return page, status_of(form)


@blueprint.post("/inlets/<int:inlet_id>/remove")
@permit(EDIT)
def remove_inlet(inlet_id: int) -> ResponseReturnValue:
    """Take an inlet away while no cord hangs on it."""
    inlet = cord_service.find_inlet(session(), inlet_id)
    require(EDIT, inlet.site_id)
    equipment_id, words = inlet.equipment_id, f"{inlet.equipment.name} {inlet.name}"
    outlet_service.remove_inlet(session(), inlet)
    flash(f"{words} is removed.")
    back = url_of(session(), ObjectRef("equipment", equipment_id))
    return redirect(f"{back}?tab=power" if back else url_for("power.overview"))
