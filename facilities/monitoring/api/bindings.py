"""REST: which point of which device means what to which object."""

from typing import Any

import marshmallow as ma
from flask.views import MethodView
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit, require
from facilities.monitoring import binding_service, device_page
from facilities.monitoring.api.refs import RefText
from facilities.monitoring.binding_service import FEEDS, BindingValues
from facilities.monitoring.finder import link_of
from facilities.monitoring.models import Binding
from facilities.readings import ObjectRef
from facilities.web.house import session, viewer
from facilities.web.rest import ApiBlueprint, RefSchema, Schema, page_of

blueprint = ApiBlueprint("bindings", __name__, description="Points bound to objects")
f = ma.fields


class BindingChangeSchema(Schema):
    """What can be changed of a binding."""

    point = f.String()
    object = f.Nested(RefSchema)
    metric = f.String(metadata={"description": "after UN-03: power.active, current.l1 ..."})
    feed = f.String(validate=ma.validate.OneOf(FEEDS))


class NewBindingSchema(BindingChangeSchema):
    """A new binding; `device` is the device's key."""

    device = f.String(required=True)
    point = f.String(required=True)
    object = f.Nested(RefSchema, required=True)
    metric = f.String(required=True)
    feed = f.String(validate=ma.validate.OneOf(FEEDS), load_default="")


class BindingSchema(NewBindingSchema):
    """A binding as it is shown."""

    id = f.Integer()
    version = f.Integer()


class BindingFilter(Schema):
    """What the list is filtered by."""

    object = RefText()
    device = f.String()


@blueprint.route("/")
class Bindings(MethodView):
    """All bindings."""

    @permit(Permission.DEVICES_VIEW)
    @blueprint.arguments(BindingFilter, location="query")
    @blueprint.response(200, BindingSchema(many=True))
    @blueprint.paginate()
    def get(self, asked: dict[str, Any], pagination_parameters: Any) -> Any:
        """Bindings in the order in which they were made."""
        wanted = select(Binding).options(joinedload(Binding.device)).order_by(Binding.id)
        sites = viewer().sites_for(Permission.DEVICES_VIEW)
        if sites is not None:
            wanted = wanted.where(Binding.site_id.in_(sites))
        if (ref := asked.get("object")) is not None:
            wanted = wanted.where(Binding.object_kind == ref.kind, Binding.object_id == ref.id)
        if "device" in asked:
            wanted = wanted.where(
                Binding.device_id == device_page.by_key(session(), asked["device"]).id
            )
        return page_of(wanted, pagination_parameters, told)

    @permit(Permission.DEVICES_EDIT)
    @blueprint.etag
    @blueprint.arguments(NewBindingSchema)
    @blueprint.response(201, BindingSchema)
    def post(self, data: dict[str, Any]) -> Any:
        """Bind a point."""
        device = device_page.by_key(session(), data.pop("device"))
        require(Permission.DEVICES_EDIT, device.site_id)
        values = _values(data)
        row = binding_service.bind(session(), device, values, link_of(values.target))
        blueprint.set_row(row)
        return told(row)


@blueprint.route("/<int:binding_id>")
class OneBinding(MethodView):
    """One binding."""

    @permit(Permission.DEVICES_VIEW)
    @blueprint.etag
    @blueprint.response(200, BindingSchema)
    def get(self, binding_id: int) -> Any:
        """The binding."""
        row = _load(binding_id, Permission.DEVICES_VIEW)
        blueprint.set_row(row)
        return told(row)

    @permit(Permission.DEVICES_EDIT)
    @blueprint.etag
    @blueprint.arguments(BindingChangeSchema)
    @blueprint.response(200, BindingSchema)
    def patch(self, data: dict[str, Any], binding_id: int) -> Any:
        """Change what is given; the rest stays. Needs If-Match."""
        row = _load(binding_id, Permission.DEVICES_EDIT)
        blueprint.check_row(row)
        values = _values({**told(row), **data})
        binding_service.rebind(session(), row, values, link_of(values.target))
        blueprint.set_row(row)
        return told(row)

    @permit(Permission.DEVICES_EDIT)
    @blueprint.etag
    @blueprint.response(204)
    def delete(self, binding_id: int) -> None:
        """Let go of the object. Needs If-Match."""
        row = _load(binding_id, Permission.DEVICES_EDIT)
        blueprint.check_row(row)
        binding_service.unbind(session(), row)


def told(row: Binding) -> dict[str, Any]:
    """A binding as it is shown."""
    return {
        "id": row.id,
        "version": row.version,
        "device": row.device.key,
        "point": row.point,
        "object": {"kind": row.object_kind, "id": row.object_id},
        "metric": row.metric,
        "feed": row.feed,
    }


def _load(binding_id: int, permission: Permission) -> Binding:
    row = binding_service.binding_by_id(session(), binding_id)
    require(permission, row.site_id)
    return row


def _values(data: dict[str, Any]) -> BindingValues:
    target = ObjectRef(data["object"]["kind"], data["object"]["id"])
    return BindingValues(data["point"], target, data["metric"], data["feed"])
