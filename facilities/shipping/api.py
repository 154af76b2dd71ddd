"""REST of deliveries: the same services as the pages; an Idempotency-Key makes one entry of two."""

from typing import Any

from flask.views import MethodView

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit, require
from facilities.errors import Refused
from facilities.shipping import queries, service, service_bins, service_receive
from facilities.shipping.api_schemas import (
    ActionSchema,
    DeliveryChange,
    DeliveryQuery,
    DeliverySchema,
)
from facilities.shipping.models import Delivery
from facilities.shipping.service_lines import count, verdict_of
from facilities.shipping.values import CountFacts, LineFacts, ParcelFacts
from facilities.shipping.values import SignatureFacts as Signed
from facilities.shipping.views_shared import signer
from facilities.web.house import house, session, viewer
from facilities.web.rest import ApiBlueprint, page_of

blueprint = ApiBlueprint("deliveries", __name__, description="What comes in")
VIEW, LOG = Permission.SHIPPING_VIEW, Permission.SHIPPING_LOG
ACTIONS = ("receive", "store", "assign", "hand-over", "refuse", "count", "state", "void")


def shown(delivery: Delivery, **more: Any) -> dict[str, Any]:
    """A delivery as the API gives it."""
    plain: tuple[str, ...] = (
        "id",
        "version",
        "label",
        "site_id",
        "announced",
        "state",
        "sender",
        "po_number",
    )
    plain += ("recipient_id", "pieces", "condition", "seal", "notes", "expected_at", "arrived_at")
    plain += ("stored_at", "handed_over_at", "handed_to", "void_reason", "tracking")
    lines = [
        {
            "id": line.id,
            "description": line.description,
            "part_number": line.part_number,
            "expected": line.expected,
            **{name: getattr(verdict_of(line), name) for name in ("received", "over", "short")},
            "damaged": verdict_of(line).damaged,
        }
        for line in delivery.lines
    ]
    found = {name: getattr(delivery, name) for name in plain}
    found |= {"carrier": delivery.carried_by, "recipient": delivery.recipient_name}
    return {**found, "bin": delivery.bin.code if delivery.bin else None, "lines": lines, **more}


def _facts(given: dict[str, Any]) -> ParcelFacts:
    rest = {k: v for k, v in given.items() if k not in ("site_id", "announced", "lines", "scans")}
    lines = tuple(LineFacts(**line) for line in given.get("lines", ()))
    return ParcelFacts(**rest, lines=lines, scans=tuple(given.get("scans", ())))


def _loaded(delivery_id: int, permission: str) -> Delivery:
    delivery = service.get(session(), delivery_id)
    require(permission, delivery.site_id)
    return delivery


@blueprint.route("/")
class Deliveries(MethodView):
    """All deliveries."""

    @permit(VIEW)
    @blueprint.arguments(DeliveryQuery, location="query")
    @blueprint.response(200, DeliverySchema(many=True))
    @blueprint.paginate()
    def get(self, asked: dict[str, str], pagination_parameters: Any) -> Any:
        """List deliveries; without dates the log is not limited to today."""
        ask = queries.ask_in(
            {"since": "", **asked},
            sites=viewer().sites_for(VIEW),
            zone=house().settings.time_zone,
            now=house().clock(),
        )
        wanted = queries.with_lines(queries.deliveries(ask))
        return page_of(wanted, pagination_parameters, shown)

    @permit(LOG)
    @blueprint.arguments(DeliverySchema)
    @blueprint.response(201, DeliverySchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Log a parcel that is here, or announce one. A known number changes nothing."""
        require(LOG, given["site_id"])
        at, facts = house().clock(), _facts(given)
        if given["announced"]:
            made = service_receive.expect(session(), given["site_id"], facts, at)
            blueprint.set_row(made)
            return shown(made, outcome="announced", warnings=[])
        came = service_receive.receive(session(), given["site_id"], facts, at)
        blueprint.set_row(came.delivery)
        return shown(came.delivery, outcome=came.outcome, warnings=list(came.warnings))


@blueprint.route("/<int:delivery_id>")
class OneDelivery(MethodView):
    """One delivery."""

    @permit(VIEW)
    @blueprint.etag
    @blueprint.response(200, DeliverySchema)
    def get(self, delivery_id: int) -> dict[str, Any]:
        """Get a delivery."""
        delivery = _loaded(delivery_id, VIEW)
        blueprint.set_row(delivery)
        return shown(delivery)

    @permit(LOG)
    @blueprint.etag
    @blueprint.arguments(DeliveryChange)
    @blueprint.response(200, DeliverySchema)
    def put(self, given: dict[str, Any], delivery_id: int) -> dict[str, Any]:
        """Change what is known of a delivery; If-Match names the version that was seen."""
        delivery = _loaded(delivery_id, LOG)
        blueprint.check_row(delivery)
        service.edit(session(), delivery, _facts(given))
        blueprint.set_row(delivery)
        return shown(delivery)


@blueprint.route("/<int:delivery_id>/<action>")
class Actions(MethodView):
    """What can be done with a delivery."""

    @permit(LOG)
    @blueprint.arguments(ActionSchema)
    @blueprint.response(200, DeliverySchema)
    def post(self, given: dict[str, Any], delivery_id: int, action: str) -> dict[str, Any]:
        """One of receive, store, assign, hand-over, refuse, count, state, void."""
        delivery = _loaded(delivery_id, LOG)
        _act(delivery, action, given)
        blueprint.set_row(delivery)
        return shown(delivery)


def _act(delivery: Delivery, action: str, given: dict[str, Any]) -> None:
    at, records = house().clock(), session()
    reason, device_at = given.get("reason") or "", given["device_at"]
    match action:
        case "receive":
            service_receive.arrive_announced(records, delivery, at)
        case "store":
            place = service_bins.needed(records, delivery.site_id, given.get("bin"))
            service.store(records, delivery, place, at, device_at=device_at)
        case "assign":
            service.assign(records, delivery, given.get("recipient") or "")
        case "hand-over":
            signed = _signed(given)
            service.hand_over(records, [delivery], signed, at, given.get("note"), device_at)
        case "refuse":
            service.refuse(records, delivery, reason, at)
        case "count":
            count(records, delivery, [CountFacts(**one) for one in given["counts"]], at)
        case "state":
            service.set_state(records, delivery, given.get("state") or "", at, given.get("note"))
        case "void":
            service.void(records, delivery, reason, at)
        case _:
            raise Refused(f"Actions are {', '.join(ACTIONS)}.", "action")


def _signed(given: dict[str, Any]) -> Signed:
    address, device = signer()
    name = given.get("signed_name") or ""
    return Signed(name=name, strokes=given["strokes"], address=address, device=device)
