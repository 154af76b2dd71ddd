"""Between the device form and the values that the service takes."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from wtforms import SelectChoice

from facilities.accounts.permissions import Permission
from facilities.errors import Refused
from facilities.monitoring.finder import find_object
from facilities.monitoring.forms import DeviceForm
from facilities.monitoring.models import Device
from facilities.monitoring.service import PLACES, POLL_CLASSES, DeviceValues
from facilities.readings import ObjectRef
from facilities.sites.models import Site
from facilities.web.house import session, viewer
from telemetry.profiles.loader import names, shipped


def prepare(form: DeviceForm, device: Device | None = None) -> DeviceForm:
    """Fill the choices; on an edit the key and site are fixed, on a GET the version is told."""
    form.profile.choices = [SelectChoice(name, f"{name} ({_about(name)})") for name in names()]
    sites = select(Site).order_by(Site.code)
    allowed = viewer().sites_for(Permission.DEVICES_EDIT)
    if allowed is not None:
        sites = sites.where(Site.id.in_(allowed))
    if device is not None:
        sites = sites.where(Site.id == device.site_id)
    form.site_id.choices = [
        SelectChoice(str(site.id), f"{site.code} {site.name}") for site in session().scalars(sites)
    ]
    if device is not None and request.method == "GET":
        form.version.data = device.version
    return form


def data_of(device: Device) -> dict[str, Any]:
    """What the form shows of a stored device; secrets are not among it."""
    data = {
        name: getattr(device, name)
        for name in ("site_id", "key", "name", "url", "profile", "state", "enabled", "notes")
    }
    for name in POLL_CLASSES:
        data[f"every_{name}_s"] = device.every_s.get(name)
    place = place_of(device)
    return {**data, "place": f"{place.kind}:{place.id}" if place else None}


def place_of(device: Device) -> ObjectRef | None:
    """Where it was placed: the narrowest that is known."""
    for kind in ("power_node", "equipment", "rack", "room"):
        if (id_ := getattr(device, f"{kind}_id")) is not None:
            return ObjectRef(kind, id_)
    return None


def values_of(form: DeviceForm) -> DeviceValues:
    """What the service takes. Raises Refused for a place that cannot be told."""
    every_s = {name: form[f"every_{name}_s"].data for name in POLL_CLASSES}
    return DeviceValues(
        site_id=form.site_id.data,
        key=form.key.data.strip(),
        name=form.name.data,
        profile=form.profile.data,
        url=form.url.data,
        community=form.community.data or "",
        auth_key=form.auth_key.data or "",
        priv_key=form.priv_key.data or "",
        enabled=bool(form.enabled.data),
        state=form.state.data,
        every_s={name: seconds for name, seconds in every_s.items() if seconds is not None},
        place=_place(form.place.data),
        notes=form.notes.data,
    )


def page(form: DeviceForm, device: Device | None) -> ResponseReturnValue:
    """The form; 422 when it was sent and refused."""
    back = (
        url_for("monitoring.device", device_id=device.id)
        if device
        else url_for("monitoring.devices")
    )
    body = render_template("monitoring/device_form.html", form=form, device=device, back=back)
    return body, 422 if request.method == "POST" else 200


def _about(name: str) -> str:
    profile = shipped(name)
    return f"{profile.vendor}, {profile.kind.value.replace('_', ' ')}, {profile.protocol.value}"


def _place(typed: str | None) -> ObjectRef | None:
    if not typed:
        return None
    found = find_object(typed, PLACES.keys())
    if found.ref is not None:
        return found.ref
    near = ", ".join(f"{hit.label} ({hit.ref.kind}:{hit.ref.id})" for hit in found.choices)
    hint = f"Several fit: {near}. Type one as kind:number." if near else "Nothing has that name."
    raise Refused(f"{hint} A device stands in a room, rack, equipment or power node.", "place")
