"""Breakers edited in place on the panel's own page."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from facilities.accounts.permit import permit, require
from facilities.power import panel_service, service
from facilities.power.forms import BreakerForm
from facilities.power.models import PowerNode
from facilities.power.views import EDIT, blueprint, node_page, status_of
from facilities.web.house import session
from facilities.web.work import attempt, check_version


def values_of(form: BreakerForm) -> dict[str, Any]:
    """What the form says of a breaker apart from its seat."""
    plain = ("rating_a", "usage", "destination", "name", "curve", "continuous_factor")
    values = {key: getattr(form, key).data for key in plain}
    return {**values, "derate": 1.0 if form.derate.data is None else form.derate.data}


@blueprint.route("/nodes/<int:node_id>/breakers/new", methods=["GET", "POST"])
@permit(EDIT)
def new_breaker(node_id: int) -> ResponseReturnValue:
    """A breaker at a free position."""
    panel = service.find_node(session(), node_id)
    require(EDIT, panel.site_id)
    form = BreakerForm()
    if form.posted():
        with attempt() as refusals:
            row = panel_service.add_breaker(
                session(), panel, form.start.data, form.poles.data, values_of(form)
            )
        form.refuse(refusals)
        if not refusals:
            flash(f"{row.title} is on the schedule.")
            return redirect(url_for("power.node", node_id=panel.id))
    elif request.method == "GET":
        form.start.data = request.args.get("start", type=int)
    return node_page(panel, form=form, breaker=None), status_of(form)


@blueprint.route("/breakers/<int:node_id>/edit", methods=["GET", "POST"])
@permit(EDIT)
def edit_breaker(node_id: int) -> ResponseReturnValue:
    """Change a breaker or its seat."""
    row = service.find_node(session(), node_id)
    require(EDIT, row.site_id)
    if row.panel_id is None:
        return redirect(url_for("power.edit_node", node_id=row.id))
    form = BreakerForm(obj=row)
    if form.posted():
        with attempt() as refusals:
            check_version(form.seen_version, row.version)
            panel_service.edit_breaker(
                session(), row, values_of(form), form.start.data, form.poles.data
            )
        form.refuse(refusals)
        if not refusals:
            flash(f"{row.title} is saved.")
            return redirect(url_for("power.node", node_id=row.panel_id))
        session().refresh(row)
    elif request.method == "GET":
        form.start.data, form.poles.data = min(row.positions, default=None), row.poles
        form.version.data = row.version
    panel = service.find_node(session(), row.panel_id)
    return node_page(panel, form=form, breaker=row), status_of(form)


@blueprint.post("/breakers/<int:node_id>/remove")
@permit(EDIT)
def remove_breaker(node_id: int) -> ResponseReturnValue:
    """Take a breaker out of its panel while nothing hangs on it."""
    row: PowerNode = service.find_node(session(), node_id)
    require(EDIT, row.site_id)
    panel_id, title = row.panel_id, row.title
    panel_service.remove_breaker(session(), row)
    flash(f"{title} is taken out.")
    if panel_id is None:
        return redirect(url_for("power.overview", site=row.site_id))
    return redirect(url_for("power.node", node_id=panel_id))
