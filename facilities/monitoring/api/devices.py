"""REST: devices to poll, and how polling each goes."""

from typing import Any

import marshmallow as ma
from flask.views import MethodView

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit, require
from facilities.monitoring import device_list, service
from facilities.monitoring.device_forms import place_of
from facilities.monitoring.device_list import Asked
from facilities.monitoring.models import DEVICE_STATES, Device
from facilities.monitoring.poll_state import PollState
from facilities.monitoring.ports import vault
from facilities.monitoring.service import DeviceValues
from facilities.monitoring.views import load, state_of
from facilities.readings import ObjectRef
from facilities.web.house import house, session, viewer
from facilities.web.rest import ApiBlueprint, RefSchema, Schema, page_of

blueprint = ApiBlueprint("devices", __name__, description="Devices to poll")
SECRETS = ("community", "auth_key", "priv_key")
f = ma.fields


class DeviceChangeSchema(Schema):
    """What can be changed of a device. Secrets are write-only; left out they stay."""

    name = f.String(validate=ma.validate.Length(1, 120))
    profile = f.String()
    url = f.String(metadata={"description": "a community in it is taken out and sealed"})
    community = f.String(load_only=True)
    auth_key = f.String(load_only=True)
    priv_key = f.String(load_only=True)
    enabled = f.Boolean()
    state = f.String(validate=ma.validate.OneOf(DEVICE_STATES))
    every_s = f.Dict(
        keys=f.String(), values=f.Float(), metadata={"description": "seconds by poll class"}
    )
    place = f.Nested(RefSchema, allow_none=True)
    notes = f.String(allow_none=True)


class NewDeviceSchema(DeviceChangeSchema):
    """A new device."""

    key = f.String(required=True)
    site_id = f.Integer(required=True)
    name = f.String(required=True, validate=ma.validate.Length(1, 120))
    profile = f.String(required=True)
    url = f.String(required=True)


class DeviceSchema(DeviceChangeSchema):
    """A device as it is shown: never with its secrets."""

    id = f.Integer()
    version = f.Integer()
    key = f.String()
    site_id = f.Integer()
    kind = f.String()
    has_secret = f.Boolean()
    polling = f.String(metadata={"description": "fine, failing, silent, off"})
    last_good_at = f.DateTime(allow_none=True)


class DeviceFilter(Schema):
    """What the list is filtered by."""

    q = f.String(load_default="")
    key = f.String()
    site_id = f.Integer()
    kind = f.String()
    polling = f.String(validate=ma.validate.OneOf([state.value for state in PollState]))


class DeviceHealthSchema(Schema):
    """How polling a device goes (rule 29)."""

    device = f.String()
    polling = f.String()
    state = f.String(allow_none=True)
    since = f.DateTime(allow_none=True)
    last_good_at = f.DateTime(allow_none=True)
    fresh_until = f.DateTime(allow_none=True)
    latency_ms = f.Float(allow_none=True)
    polls_ok = f.Integer()
    polls_failed = f.Integer()
    counts = f.Dict()
    error = f.String()
    collector = f.String(allow_none=True)
    updated_at = f.DateTime(allow_none=True)


@blueprint.route("/")
class Devices(MethodView):
    """All devices."""

    @permit(Permission.DEVICES_VIEW)
    @blueprint.arguments(DeviceFilter, location="query")
    @blueprint.response(200, DeviceSchema(many=True))
    @blueprint.paginate()
    def get(self, asked: dict[str, Any], pagination_parameters: Any) -> Any:
        """Devices by key."""
        filters = Asked(
            sites=viewer().sites_for(Permission.DEVICES_VIEW),
            words=asked["q"],
            site_id=asked.get("site_id"),
            kind=asked.get("kind"),
            state=PollState(asked["polling"]) if "polling" in asked else None,
        )
        wanted = device_list.devices(filters, house().clock())
        if "key" in asked:
            wanted = wanted.where(Device.key == asked["key"])
        return page_of(wanted, pagination_parameters, told)

    @permit(Permission.DEVICES_EDIT)
    @blueprint.etag
    @blueprint.arguments(NewDeviceSchema)
    @blueprint.response(201, DeviceSchema)
    def post(self, data: dict[str, Any]) -> Any:
        """Add a device."""
        require(Permission.DEVICES_EDIT, data["site_id"])
        made = service.add_device(session(), DeviceValues(**_plain(data)), vault())
        blueprint.set_row(made)
        return told(made)


@blueprint.route("/<int:device_id>")
class OneDevice(MethodView):
    """One device."""

    @permit(Permission.DEVICES_VIEW)
    @blueprint.etag
    @blueprint.response(200, DeviceSchema)
    def get(self, device_id: int) -> Any:
        """The device, without its secrets."""
        found = load(device_id, Permission.DEVICES_VIEW)
        blueprint.set_row(found)
        return told(found)

    @permit(Permission.DEVICES_EDIT)
    @blueprint.etag
    @blueprint.arguments(DeviceChangeSchema)
    @blueprint.response(200, DeviceSchema)
    def patch(self, data: dict[str, Any], device_id: int) -> Any:
        """Change what is given; the rest stays. Needs If-Match."""
        found = load(device_id, Permission.DEVICES_EDIT)
        blueprint.check_row(found)
        values = DeviceValues(**{**_now(found), **_plain(data)})
        service.change_device(session(), found, values, vault())
        blueprint.set_row(found)
        return told(found)

    @permit(Permission.DEVICES_EDIT)
    @blueprint.etag
    @blueprint.response(204)
    def delete(self, device_id: int) -> None:
        """Remove the device with its bindings; samples stay. Needs If-Match."""
        found = load(device_id, Permission.DEVICES_EDIT)
        blueprint.check_row(found)
        service.remove_device(session(), found)


@blueprint.route("/<int:device_id>/health")
class DeviceHealthView(MethodView):
    """How polling one device goes."""

    @permit(Permission.DEVICES_VIEW)
    @blueprint.response(200, DeviceHealthSchema)
    def get(self, device_id: int) -> Any:
        """State, counters, last trouble."""
        found = load(device_id, Permission.DEVICES_VIEW)
        names = [name for name in DeviceHealthSchema().fields if name not in ("device", "polling")]
        row = found.health
        stored = {name: getattr(row, name) for name in names} if row else {}
        return {"device": found.key, "polling": state_of(found).value, **stored}


def told(device: Device) -> dict[str, Any]:
    """A device as it is shown."""
    place, health = place_of(device), device.health
    return {
        **{name: getattr(device, name) for name in _COLUMNS},
        "place": place._asdict() if place else None,
        "has_secret": device.sealed is not None,
        "polling": state_of(device).value,
        "last_good_at": health.last_good_at if health else None,
    }


_COLUMNS = (
    "id", "version", "key", "site_id", "name", "kind", "profile", "url", "enabled", "state",
    "every_s", "notes",
)  # fmt: skip


def _now(device: Device) -> dict[str, Any]:
    """The values that a device has; its secrets stay because none are given."""
    names = ("site_id", "key", "name", "profile", "url", "enabled", "state", "every_s", "notes")
    return {**{name: getattr(device, name) for name in names}, "place": place_of(device)}


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    place = data.get("place")
    return {**data, "place": ObjectRef(place["kind"], place["id"])} if place else dict(data)
