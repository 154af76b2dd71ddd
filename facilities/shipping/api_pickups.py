"""REST of pickups: request, approve, release, deliver."""

from typing import Any

import marshmallow as ma
from flask.views import MethodView

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit, require
from facilities.errors import Refused
from facilities.shipping import queries, service, service_pickups
from facilities.shipping.api_schemas import words
from facilities.shipping.models import Pickup
from facilities.shipping.values import (
    REASONS,
    LineFacts,
    PickupFacts,
    ReleaseFacts,
    SignatureFacts,
)
from facilities.shipping.views_shared import signer
from facilities.web.house import house, session, viewer
from facilities.web.rest import ApiBlueprint, Schema, page_of

blueprint = ApiBlueprint("pickups", __name__, description="What goes out")
VIEW, RELEASE = Permission.SHIPPING_VIEW, Permission.SHIPPING_RELEASE
ACTIONS = ("approve", "release", "delivered", "state", "void")


class PickupLineSchema(Schema):
    """An item of a pickup."""

    id = ma.fields.Integer(dump_only=True)
    description = ma.fields.String(required=True, validate=ma.validate.Length(1, 200))
    serial = words(80)
    equipment_id = ma.fields.Integer(allow_none=True)


class PickupSchema(Schema):
    """A pickup."""

    id = ma.fields.Integer(dump_only=True)
    version = ma.fields.Integer(dump_only=True)
    label = ma.fields.String(dump_only=True)
    site_id = ma.fields.Integer(required=True)
    state = ma.fields.String(dump_only=True)
    reason = ma.fields.String(required=True, validate=ma.validate.OneOf(REASONS))
    requested_by = words(120)
    owner = words(120)
    carrier = words(120)
    destination = words(300)
    reference = words(60)
    tracking_number = words(80)
    pieces = ma.fields.Integer(allow_none=True, validate=ma.validate.Range(1, 9999))
    notes = words(2000)
    planned_at = ma.fields.AwareDateTime(allow_none=True)
    lines = ma.fields.List(ma.fields.Nested(PickupLineSchema), validate=ma.validate.Length(max=500))
    approved_by = ma.fields.String(dump_only=True)
    authorised_by = ma.fields.String(dump_only=True)
    driver = ma.fields.String(dump_only=True)
    company = ma.fields.String(dump_only=True)
    plate = ma.fields.String(dump_only=True)
    seal = ma.fields.String(dump_only=True)
    loaded = ma.fields.Integer(dump_only=True)
    flagged = ma.fields.String(dump_only=True)
    released_at = ma.fields.DateTime(dump_only=True)
    delivered_at = ma.fields.DateTime(dump_only=True)
    received_by = ma.fields.String(dump_only=True)
    void_reason = ma.fields.String(dump_only=True)


class PickupQuery(Schema):
    """Filters of the list, the same as the page's."""

    which = ma.fields.String(
        load_default="log", validate=ma.validate.OneOf(["log", *queries.PICKUP_WHICH])
    )
    text = ma.fields.String(load_default="")
    state = ma.fields.String(load_default="")
    since = ma.fields.String(load_default="")
    until = ma.fields.String(load_default="")


class PickupAction(Schema):
    """What an action needs: approve: approver; release: authorised_by, driver, loaded, signed_name
    (company, plate, seal, strokes, flag); delivered: received_by; state: state; void: reason."""

    approver = words(120)
    authorised_by = words(120)
    driver = words(120)
    company = words(120)
    plate = words(30)
    seal = words(60)
    tracking_number = words(80)
    loaded = ma.fields.Integer(allow_none=True)
    signed_name = words(120)
    strokes = ma.fields.List(ma.fields.List(ma.fields.Integer()), load_default=list)
    flag = words(200)
    received_by = words(120)
    state = words(24)
    note = words(500)
    reason = words(300)
    device_at = ma.fields.AwareDateTime(allow_none=True, load_default=None)


def shown(pickup: Pickup) -> dict[str, Any]:
    """A pickup as the API gives it."""
    named = {"owner": pickup.owner.name if pickup.owner else None, "carrier": pickup.carried_by}
    rest = [name for name in PickupSchema().fields if name not in named]
    return {**{name: getattr(pickup, name) for name in rest}, **named}


def _facts(given: dict[str, Any]) -> PickupFacts:
    rest = {k: v for k, v in given.items() if k not in ("site_id", "lines")}
    return PickupFacts(**rest, lines=tuple(LineFacts(**line) for line in given.get("lines", ())))


def _loaded(pickup_id: int, permission: str) -> Pickup:
    pickup = service_pickups.get(session(), pickup_id)
    require(permission, pickup.site_id)
    return pickup


@blueprint.route("/")
class Pickups(MethodView):
    """All pickups."""

    @permit(VIEW)
    @blueprint.arguments(PickupQuery, location="query")
    @blueprint.response(200, PickupSchema(many=True))
    @blueprint.paginate()
    def get(self, asked: dict[str, str], pagination_parameters: Any) -> Any:
        """List pickups."""
        ask = queries.ask_in(
            {"since": "", **asked},
            sites=viewer().sites_for(VIEW),
            zone=house().settings.time_zone,
            now=house().clock(),
        )
        return page_of(queries.with_items(queries.pickups(ask)), pagination_parameters, shown)

    @permit(RELEASE)
    @blueprint.arguments(PickupSchema)
    @blueprint.response(201, PickupSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Ask for a pickup."""
        require(RELEASE, given["site_id"])
        made = service_pickups.request(session(), given["site_id"], _facts(given), house().clock())
        blueprint.set_row(made)
        return shown(made)


@blueprint.route("/<int:pickup_id>")
class OnePickup(MethodView):
    """One pickup."""

    @permit(VIEW)
    @blueprint.etag
    @blueprint.response(200, PickupSchema)
    def get(self, pickup_id: int) -> dict[str, Any]:
        """Get a pickup."""
        pickup = _loaded(pickup_id, VIEW)
        blueprint.set_row(pickup)
        return shown(pickup)

    @permit(RELEASE)
    @blueprint.etag
    @blueprint.arguments(PickupSchema)
    @blueprint.response(200, PickupSchema)
    def put(self, given: dict[str, Any], pickup_id: int) -> dict[str, Any]:
        """Amend a pickup before it leaves; lines given are added. It needs approval anew."""
        pickup = _loaded(pickup_id, RELEASE)
        blueprint.check_row(pickup)
        service_pickups.edit(session(), pickup, _facts(given), house().clock())
        blueprint.set_row(pickup)
        return shown(pickup)


@blueprint.route("/<int:pickup_id>/<action>")
class PickupActions(MethodView):
    """What can be done with a pickup."""

    @permit(RELEASE)
    @blueprint.arguments(PickupAction)
    @blueprint.response(200, PickupSchema)
    def post(self, given: dict[str, Any], pickup_id: int, action: str) -> dict[str, Any]:
        """One of approve, release, delivered, state, void."""
        pickup = _loaded(pickup_id, RELEASE)
        _act(pickup, action, given)
        blueprint.set_row(pickup)
        return shown(pickup)


def _act(pickup: Pickup, action: str, given: dict[str, Any]) -> None:
    at, records = house().clock(), session()
    match action:
        case "approve":
            service_pickups.approve(records, pickup, given.get("approver") or "", at)
        case "release":
            service_pickups.release(records, pickup, _released(given), at)
        case "delivered":
            service_pickups.delivered(records, pickup, given.get("received_by") or "", at)
        case "state":
            to, note = given.get("state") or "", given.get("note")
            service_pickups.set_state(records, pickup, to, at, note)
        case "void":
            service.void(records, pickup, given.get("reason") or "", at)
        case _:
            raise Refused(f"Actions are {', '.join(ACTIONS)}.", "action")


def _released(given: dict[str, Any]) -> ReleaseFacts:
    address, device = signer()
    signature = SignatureFacts(
        name=given.get("signed_name") or "",
        strokes=given["strokes"],
        address=address,
        device=device,
    )
    return ReleaseFacts(
        authorised_by=given.get("authorised_by") or "",
        driver=given.get("driver") or "",
        loaded=given.get("loaded") or 0,
        signature=signature,
        company=given.get("company"),
        plate=given.get("plate"),
        seal=given.get("seal"),
        tracking_number=given.get("tracking_number"),
        flag=given.get("flag"),
        device_at=given["device_at"],
    )
