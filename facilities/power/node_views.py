"""Task pages of the chain: new and changed nodes, inputs, switching, removal."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from facilities.accounts.permit import permit, require
from facilities.errors import Refused
from facilities.hosting.models import Equipment, Rack
from facilities.power import link_service, service
from facilities.power.find_queries import equipment_named, node_named, rack_named
from facilities.power.forms import LinkForm, NodeForm, SwitchForm, choices, yes_no
from facilities.power.models import PowerNode
from facilities.power.panel_queries import children_of
from facilities.power.place_queries import rooms_of
from facilities.power.views import EDIT, blueprint, site_asked, status_of
from facilities.web.house import session
from facilities.web.work import attempt, check_version

PLAIN = ("name", "feed", "room_id", "voltage_v", "phases", "rating_a", "rating_w", "rating_va")
MORE = ("continuous_factor", "spaces")


def to_node(row: PowerNode) -> ResponseReturnValue:
    """To the page of a node; a seated breaker is shown on its panel."""
    if row.panel_id is not None:
        return redirect(url_for("power.node", node_id=row.panel_id))
    return redirect(url_for("power.node", node_id=row.id))


def node_form(site_id: int, row: PowerNode | None = None) -> NodeForm:
    """The form with the rooms of the site to choose from."""
    form = NodeForm(obj=row)
    rooms = [(room.id, room.name) for room in rooms_of(session(), site_id)]
    form.room_id.choices = choices([("", "none"), *rooms])
    return form


def values_of(form: NodeForm, site_id: int) -> dict[str, Any]:
    """What the form says, names resolved to rows. Raises Refused on the field."""
    values = {key: getattr(form, key).data for key in (*PLAIN, *MORE)}
    rack, equipment = form.rack.data, form.equipment.data
    values["rack_id"] = rack_named(session(), site_id, rack, "rack").id if rack else None
    found = equipment_named(session(), site_id, equipment, "equipment") if equipment else None
    values["equipment_id"] = found.id if found is not None else None
    values["neutral"] = yes_no(form.neutral.data)
    values["layout"] = form.layout.data or None
    values["derate"] = 1.0 if form.derate.data is None else form.derate.data
    return values


@blueprint.route("/nodes/new", methods=["GET", "POST"])
@permit(EDIT)
def new_node() -> ResponseReturnValue:
    """A new node, fed by another where the form names one."""
    _, site = site_asked()
    if site is None:
        raise Refused("Add a site first; then its power chain.")
    require(EDIT, site.id)
    form = node_form(site.id)
    if form.posted():
        with attempt() as refusals:
            row = service.add_node(session(), site.id, form.kind.data, values_of(form, site.id))
            if form.fed_by.data:
                source = node_named(session(), site.id, form.fed_by.data, "fed_by")
                link_service.add_link(session(), source, row)
        form.refuse(refusals)
        if not refusals:
            flash(f"{row.title} is in the chain.")
            return to_node(row)
    elif request.method == "GET":
        form.kind.data = request.args.get("kind", "panel")
        form.fed_by.data = request.args.get("fed_by", "")
    page = render_template("power/node_form.html", form=form, site=site, node=None)
    return page, status_of(form)


@blueprint.route("/nodes/<int:node_id>/edit", methods=["GET", "POST"])
@permit(EDIT)
def edit_node(node_id: int) -> ResponseReturnValue:
    """Change a node; a conflict keeps what was typed."""
    row = service.find_node(session(), node_id)
    require(EDIT, row.site_id)
    form = node_form(row.site_id, row)
    if form.posted():
        with attempt() as refusals:
            check_version(form.seen_version, row.version)
            service.edit_node(session(), row, values_of(form, row.site_id))
        form.refuse(refusals)
        if not refusals:
            flash(f"{row.title} is saved.")
            return to_node(row)
    elif request.method == "GET":
        fill(form, row)
    session().refresh(row)
    page = render_template("power/node_form.html", form=form, site=None, node=row)
    return page, status_of(form)


def fill(form: NodeForm, row: PowerNode) -> None:
    """What a form shows of a row beyond its columns."""
    form.version.data = row.version
    rack = session().get(Rack, row.rack_id) if row.rack_id else None
    equipment = session().get(Equipment, row.equipment_id) if row.equipment_id else None
    form.rack.data = rack.name if rack else ""
    form.equipment.data = (equipment.asset_tag or equipment.name) if equipment else ""
    form.neutral.data = "" if row.neutral is None else ("yes" if row.neutral else "no")
    form.layout.data = row.layout or ""


@blueprint.post("/nodes/<int:node_id>/remove")
@permit(EDIT)
def remove_node(node_id: int) -> ResponseReturnValue:
    """Take a node away while nothing hangs on it."""
    row = service.find_node(session(), node_id)
    require(EDIT, row.site_id)
    title = row.title
    service.remove_node(session(), row)
    flash(f"{title} is removed.")
    return redirect(url_for("power.overview", site=row.site_id))


@blueprint.route("/nodes/<int:node_id>/switch", methods=["GET", "POST"])
@permit(EDIT)
def switch_node(node_id: int) -> ResponseReturnValue:
    """Record a node as open, closed or tripped, with the reason."""
    row = service.find_node(session(), node_id)
    require(EDIT, row.site_id)
    form = SwitchForm()
    if form.posted():
        with attempt() as refusals:
            service.switch(session(), row, form.state.data, form.reason.data)
        form.refuse(refusals)
        if not refusals:
            flash(f"{row.title} is recorded as {row.state}.")
            return redirect(url_for("power.node", node_id=row.id))
    elif request.method == "GET":
        form.state.data = "open" if row.state == "closed" else "closed"
    below = children_of(session(), [row.id]).get(row.id, [])
    return render_template("power/switch.html", form=form, node=row, below=below), status_of(form)


@blueprint.route("/nodes/<int:node_id>/links/new", methods=["GET", "POST"])
@permit(EDIT)
def new_link(node_id: int) -> ResponseReturnValue:
    """One more input of a node: preferred, alternate, or a bypass."""
    row = service.find_node(session(), node_id)
    require(EDIT, row.site_id)
    form = LinkForm()
    if form.posted():
        with attempt() as refusals:
            link_service.add_link(
                session(),
                node_named(session(), row.site_id, form.source.data, "source"),
                row,
                phases=form.phases.data or None,
                normally_open=form.normally_open.data,
                preference=form.preference.data or 1,
            )
        form.refuse(refusals)
        if not refusals:
            flash(f"{row.title} is fed by {form.source.data}.")
            return redirect(url_for("power.node", node_id=row.id, tab="chain"))
    return render_template("power/link_form.html", form=form, node=row), status_of(form)


@blueprint.post("/links/<int:link_id>/remove")
@permit(EDIT)
def remove_link(link_id: int) -> ResponseReturnValue:
    """Take an input away."""
    link = link_service.find_link(session(), link_id)
    require(EDIT, link.site_id)
    target = link.target_id
    link_service.remove_link(session(), link)
    flash("The input is removed.")
    return redirect(url_for("power.node", node_id=target, tab="chain"))
