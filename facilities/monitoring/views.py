"""Pages of devices: the list, one device, adding, changing, removing."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit, require
from facilities.errors import Refused
from facilities.monitoring import device_forms, device_list, device_page, service
from facilities.monitoring.device_list import Asked
from facilities.monitoring.forms import DeviceForm, RemoveForm
from facilities.monitoring.models import Device
from facilities.monitoring.poll_state import Health, PollState, poll_state
from facilities.monitoring.ports import vault
from facilities.web.house import house, session, viewer
from facilities.web.paging import paginate
from facilities.web.work import attempt, check_version

blueprint = Blueprint("monitoring", __name__)


def load(device_id: int, permission: Permission) -> Device:
    """The device, for those who have the permission at its site."""
    device = service.device_by_id(session(), device_id)
    require(permission, device.site_id)
    return device


def state_of(device: Device) -> PollState:
    """How polling it goes, judged now."""
    health = device.health
    known = None if health is None else Health(health.state, health.fresh_until)
    return poll_state(device.enabled, known, house().clock())


def asked() -> Asked:
    """The filters in the URL, within what this person may see."""
    state = request.args.get("state", "")
    return Asked(
        sites=viewer().sites_for(Permission.DEVICES_VIEW),
        words=request.args.get("q", "")[:200],
        site_id=request.args.get("site", type=int),
        kind=request.args.get("kind") or None,
        state=PollState(state) if state in set(PollState) else None,
    )


@blueprint.get("/devices")
@permit(Permission.DEVICES_VIEW)
def devices() -> str:
    """Every device with its state and the age of its last good answer."""
    filters, now = asked(), house().clock()
    page = paginate(session(), device_list.devices(filters, now))
    template = "device_rows" if request.headers.get("HX-Request") else "devices"
    return render_template(
        f"monitoring/{template}.html",
        page=page,
        filters=filters,
        counts=device_list.counts(session(), filters, now),
        kinds=device_list.kinds(session()),
        state_of=state_of,
    )


@blueprint.get("/devices/key/<key>")
@permit(Permission.DEVICES_VIEW)
def device_by_key(key: str) -> ResponseReturnValue:
    """The page of a device by its key, for links from readings."""
    device = device_page.by_key(session(), key)
    require(Permission.DEVICES_VIEW, device.site_id)
    return redirect(url_for("monitoring.device", device_id=device.id))


@blueprint.get("/devices/<int:device_id>")
@permit(Permission.DEVICES_VIEW)
def device(device_id: int) -> str:
    """Everything about one device: readings, poll health, plan, bindings, history."""
    found = load(device_id, Permission.DEVICES_VIEW)
    return device_page.render(found, state_of(found))


@blueprint.get("/devices/<int:device_id>/live")
@permit(Permission.READINGS_VIEW)
def device_live(device_id: int) -> str:
    """The readings of a device, for refreshing."""
    found = load(device_id, Permission.READINGS_VIEW)
    return render_template("monitoring/live_readings.html", **device_page.readings_part(found))


@blueprint.route("/devices/new", methods=["GET", "POST"])
@permit(Permission.DEVICES_EDIT)
def add_device() -> ResponseReturnValue:
    """Add a device; its URL, profile and network are checked before anything is polled."""
    form = device_forms.prepare(DeviceForm())
    if form.posted():
        require(Permission.DEVICES_EDIT, form.site_id.data)
        with attempt() as refusals:
            made = service.add_device(session(), device_forms.values_of(form), vault())
        form.refuse(refusals)
        if not refusals:
            flash(f"{made.key} is added. Its first readings show within half a minute.")
            return redirect(url_for("monitoring.device", device_id=made.id))
    return device_forms.page(form, None)


@blueprint.route("/devices/<int:device_id>/edit", methods=["GET", "POST"])
@permit(Permission.DEVICES_EDIT)
def edit_device(device_id: int) -> ResponseReturnValue:
    """Change a device."""
    found = load(device_id, Permission.DEVICES_EDIT)
    form = device_forms.prepare(DeviceForm(data=device_forms.data_of(found)), found)
    if form.posted():
        with attempt() as refusals:
            check_version(form.seen_version, found.version)
            service.change_device(session(), found, device_forms.values_of(form), vault())
        form.refuse(refusals)
        if not refusals:
            flash(f"{found.key} is saved.")
            return redirect(url_for("monitoring.device", device_id=found.id))
    return device_forms.page(form, found)


@blueprint.route("/devices/<int:device_id>/remove", methods=["GET", "POST"])
@permit(Permission.DEVICES_EDIT)
def remove_device(device_id: int) -> ResponseReturnValue:
    """Remove a device and what is bound to it; asks once, naming it."""
    found = load(device_id, Permission.DEVICES_EDIT)
    form = RemoveForm()
    if request.method == "GET":
        form.version.data = found.version
    if form.posted():
        with attempt() as refusals:
            check_version(form.seen_version, found.version)
            service.remove_device(session(), found)
        if refusals:
            raise Refused(refusals[0].message)
        flash(f"{found.key} is removed. Its samples are kept.")
        return redirect(url_for("monitoring.devices"))
    bound = device_page.bindings_of(session(), found)
    return render_template("monitoring/remove_device.html", form=form, device=found, bound=bound)
