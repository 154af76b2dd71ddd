"""Pages that bind points to objects and calibrate them."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from wtforms import SelectChoice

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit, require
from facilities.errors import Refused
from facilities.monitoring import binding_service
from facilities.monitoring.binding_service import BindingValues
from facilities.monitoring.chart_views import correction_of, point_row
from facilities.monitoring.finder import Found, find_object, link_of
from facilities.monitoring.forms import BindingForm, CalibrationForm
from facilities.monitoring.machine import DevicePoint
from facilities.monitoring.metrics import suggest
from facilities.monitoring.models import Binding, Device
from facilities.monitoring.views import blueprint, load
from facilities.web.house import house, session
from facilities.web.work import attempt, check_version

NO_OBJECTS = frozenset({"device", "binding", "calibration", "user"})


@blueprint.route("/devices/<int:device_id>/bindings/new", methods=["GET", "POST"])
@permit(Permission.DEVICES_EDIT)
def add_binding(device_id: int) -> ResponseReturnValue:
    """Bind a point of a device to an object."""
    device = load(device_id, Permission.DEVICES_EDIT)
    form = BindingForm(data={"point": request.args.get("point", "")})
    found = _prepare(form, device)
    if form.posted():
        with attempt() as refusals:
            values = _values(form, device, found)
            binding_service.bind(session(), device, values, link_of(found.ref))
        form.refuse(refusals)
        if not refusals:
            flash(f"{values.point} is bound as {values.metric}.")
            return redirect(url_for("monitoring.device", device_id=device.id, tab="bindings"))
    return _page(form, device, None, found)


@blueprint.route("/bindings/<int:binding_id>/edit", methods=["GET", "POST"])
@permit(Permission.DEVICES_EDIT)
def edit_binding(binding_id: int) -> ResponseReturnValue:
    """Change what a point means."""
    row = binding_service.binding_by_id(session(), binding_id)
    device = load(row.device_id, Permission.DEVICES_EDIT)
    target = f"{row.object_kind}:{row.object_id}"
    data = {"point": row.point, "target": target, "metric": row.metric, "feed": row.feed}
    form = BindingForm(data=data)
    found = _prepare(form, device)
    if request.method == "GET":
        form.version.data = row.version
    if form.posted():
        with attempt() as refusals:
            check_version(form.seen_version, row.version)
            values = _values(form, device, found)
            binding_service.rebind(session(), row, values, link_of(found.ref))
        form.refuse(refusals)
        if not refusals:
            flash(f"{values.point} is bound as {values.metric}.")
            return redirect(url_for("monitoring.device", device_id=device.id, tab="bindings"))
    return _page(form, device, row, found)


@blueprint.post("/bindings/<int:binding_id>/remove")
@permit(Permission.DEVICES_EDIT)
def remove_binding(binding_id: int) -> ResponseReturnValue:
    """Let go of an object; the point's samples stay."""
    row = binding_service.binding_by_id(session(), binding_id)
    require(Permission.DEVICES_EDIT, row.site_id)
    device_id, label = row.device_id, row.history_label
    binding_service.unbind(session(), row)
    flash(f"{label} is unbound.")
    return redirect(url_for("monitoring.device", device_id=device_id, tab="bindings"))


@blueprint.route("/devices/<int:device_id>/calibrate", methods=["GET", "POST"])
@permit(Permission.DEVICES_EDIT)
def calibrate(device_id: int) -> ResponseReturnValue:
    """Correct what a sensor says."""
    device = load(device_id, Permission.DEVICES_EDIT)
    point = point_row(device)
    row = correction_of(device, point.point)
    form = CalibrationForm(obj=row)
    if request.method == "GET" and row is not None:
        form.version.data = row.version
    if form.posted():
        with attempt() as refusals:
            if row is not None:
                check_version(form.seen_version, row.version)
            on, shift = form.calibrated_on.data, form.offset.data
            binding_service.calibrate(session(), device, point.point, form.scale.data, shift, on)
        form.refuse(refusals)
        if not refusals:
            flash(f"{point.point} is calibrated.")
            chart = url_for("monitoring.chart", device_id=device.id, point=point.point)
            return redirect(chart)
    page = render_template(
        "monitoring/calibration_form.html", form=form, device=device, point=point.point,
        unit=point.unit,
    )  # fmt: skip
    return page, 422 if request.method == "POST" else 200


def _prepare(form: BindingForm, device: Device) -> Found:
    """Fill the points; find out which object is meant (a picked one counts first)."""
    points = session().scalars(
        select(DevicePoint)
        .where(DevicePoint.device_id == device.id)
        .order_by(DevicePoint.poll_class, DevicePoint.place)
    )
    form.point.choices = [SelectChoice(row.point, f"{row.label} ({row.point})") for row in points]
    if request.method == "GET":
        return Found(None)
    kinds = house().registries.kinds.keys() - NO_OBJECTS
    return find_object(request.form.get("pick") or form.target.data or "", kinds)


def _values(form: BindingForm, device: Device, found: Found) -> BindingValues:
    if found.ref is None:
        words = "Several objects fit; choose one below." if found.choices else "Nothing fits that."
        raise Refused(words, "target")
    point = form.point.data or ""
    return BindingValues(
        point, found.ref, form.metric.data or _usual(device, point), form.feed.data
    )


def _usual(device: Device, point: str) -> str:
    row = session().scalar(
        select(DevicePoint).where(DevicePoint.device_id == device.id, DevicePoint.point == point)
    )
    if row is None:
        raise Refused("Say which metric it is; the device was not read yet.", "metric")
    return suggest(row.quantity, row.phase)


def _page(
    form: BindingForm, device: Device, binding: Binding | None, found: Found
) -> ResponseReturnValue:
    body = render_template(
        "monitoring/binding_form.html", form=form, device=device, binding=binding,
        choices=found.choices,
    )  # fmt: skip
    return body, 422 if request.method == "POST" else 200
