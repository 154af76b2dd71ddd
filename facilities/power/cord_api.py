"""REST of what is plugged in where: outlets, inlets, cords."""

from typing import Any

from flask.views import MethodView
from sqlalchemy import select

from facilities.accounts.permit import permit, require
from facilities.errors import NotFound
from facilities.hosting.models import Equipment
from facilities.power import cord_service, outlet_service, service
from facilities.power.api import EDIT, VIEW, Values, here
from facilities.power.api_schemas import (
    CordPatch,
    CordSchema,
    InletPatch,
    InletSchema,
    ListQuery,
    OutletPatch,
    OutletSchema,
)
from facilities.power.models import Cord, Inlet, Outlet
from facilities.web.house import session
from facilities.web.rest import ApiBlueprint, page_of

outlets = ApiBlueprint("outlets", __name__, url_prefix="/api/v1/power/outlets")
inlets = ApiBlueprint("inlets", __name__, url_prefix="/api/v1/power/inlets")
cords = ApiBlueprint("cords", __name__, url_prefix="/api/v1/power/cords")
BLUEPRINTS = (outlets, inlets, cords)


@outlets.route("/")
class Outlets(MethodView):
    """All outlets."""

    @permit(VIEW)
    @outlets.arguments(ListQuery, location="query")
    @outlets.response(200, OutletSchema(many=True))
    @outlets.paginate()
    def get(self, asked: Values, pagination_parameters: Any) -> Any:
        """Outlets, filtered by site and PDU."""
        wanted = here(Outlet, select(Outlet), asked.get("site"))
        if "pdu" in asked:
            wanted = wanted.where(Outlet.pdu_id == asked["pdu"])
        return page_of(wanted.order_by(Outlet.pdu_id, Outlet.number), pagination_parameters)

    @permit(EDIT)
    @outlets.etag
    @outlets.arguments(OutletSchema)
    @outlets.response(201, OutletSchema)
    def post(self, body: Values) -> Outlet:
        """An outlet of a rack PDU."""
        pdu = service.find_node(session(), body.pop("pdu_id"))
        require(EDIT, pdu.site_id)
        row = outlet_service.add_outlet(session(), pdu, body)
        outlets.set_row(row)
        return row


@outlets.route("/<int:outlet_id>")
class OneOutlet(MethodView):
    """One outlet."""

    @permit(VIEW)
    @outlets.etag
    @outlets.response(200, OutletSchema)
    def get(self, outlet_id: int) -> Outlet:
        """An outlet."""
        row = cord_service.find_outlet(session(), outlet_id)
        require(VIEW, row.site_id)
        outlets.set_row(row)
        return row

    @permit(EDIT)
    @outlets.etag
    @outlets.arguments(OutletPatch)
    @outlets.response(200, OutletSchema)
    def put(self, body: Values, outlet_id: int) -> Outlet:
        """Change the given fields."""
        row = cord_service.find_outlet(session(), outlet_id)
        require(EDIT, row.site_id)
        outlets.check_row(row)
        outlet_service.edit_outlet(session(), row, body)
        outlets.set_row(row)
        return row

    @permit(EDIT)
    @outlets.etag
    @outlets.response(204)
    def delete(self, outlet_id: int) -> None:
        """Remove an outlet while nothing is plugged in."""
        row = cord_service.find_outlet(session(), outlet_id)
        require(EDIT, row.site_id)
        outlets.check_row(row)
        outlet_service.remove_outlet(session(), row)


@inlets.route("/")
class Inlets(MethodView):
    """All inlets."""

    @permit(VIEW)
    @inlets.arguments(ListQuery, location="query")
    @inlets.response(200, InletSchema(many=True))
    @inlets.paginate()
    def get(self, asked: Values, pagination_parameters: Any) -> Any:
        """Inlets, filtered by site and equipment."""
        wanted = here(Inlet, select(Inlet), asked.get("site"))
        if "equipment" in asked:
            wanted = wanted.where(Inlet.equipment_id == asked["equipment"])
        return page_of(wanted.order_by(Inlet.equipment_id, Inlet.name), pagination_parameters)

    @permit(EDIT)
    @inlets.etag
    @inlets.arguments(InletSchema)
    @inlets.response(201, InletSchema)
    def post(self, body: Values) -> Inlet:
        """An inlet of a piece of equipment."""
        equipment = session().get(Equipment, body.pop("equipment_id"))
        if equipment is None:
            raise NotFound("There is no such equipment.")
        require(EDIT, equipment.site_id)
        row = outlet_service.add_inlet(session(), equipment, body)
        inlets.set_row(row)
        return row


@inlets.route("/<int:inlet_id>")
class OneInlet(MethodView):
    """One inlet."""

    @permit(VIEW)
    @inlets.etag
    @inlets.response(200, InletSchema)
    def get(self, inlet_id: int) -> Inlet:
        """An inlet."""
        row = cord_service.find_inlet(session(), inlet_id)
        require(VIEW, row.site_id)
        inlets.set_row(row)
        return row

    @permit(EDIT)
    @inlets.etag
    @inlets.arguments(InletPatch)
    @inlets.response(200, InletSchema)
    def put(self, body: Values, inlet_id: int) -> Inlet:
        """Change the given fields."""
        row = cord_service.find_inlet(session(), inlet_id)
        require(EDIT, row.site_id)
        inlets.check_row(row)
        outlet_service.edit_inlet(session(), row, body)
        inlets.set_row(row)
        return row

    @permit(EDIT)
    @inlets.etag
    @inlets.response(204)
    def delete(self, inlet_id: int) -> None:
        """Remove an inlet while no cord hangs on it."""
        row = cord_service.find_inlet(session(), inlet_id)
        require(EDIT, row.site_id)
        inlets.check_row(row)
        outlet_service.remove_inlet(session(), row)


@cords.route("/")
class Cords(MethodView):
    """All cords."""

    @permit(VIEW)
    @cords.arguments(ListQuery, location="query")
    @cords.response(200, CordSchema(many=True))
    @cords.paginate()
    def get(self, asked: Values, pagination_parameters: Any) -> Any:
        """Cords, filtered by site, PDU, equipment."""
        wanted = here(Cord, select(Cord), asked.get("site"))
        if "pdu" in asked:
            wanted = wanted.join(Outlet).where(Outlet.pdu_id == asked["pdu"])
        if "equipment" in asked:
            wanted = wanted.join(Inlet).where(Inlet.equipment_id == asked["equipment"])
        return page_of(wanted.order_by(Cord.id), pagination_parameters)

    @permit(EDIT)
    @cords.etag
    @cords.arguments(CordSchema)
    @cords.response(201, CordSchema)
    def post(self, body: Values) -> Cord:
        """Plug an inlet into an outlet (PW-12)."""
        outlet = cord_service.find_outlet(session(), body["outlet_id"])
        inlet = cord_service.find_inlet(session(), body["inlet_id"])
        require(EDIT, outlet.site_id)
        row = cord_service.connect(session(), outlet, inlet, body.get("label"))
        cords.set_row(row)
        return row


@cords.route("/<int:cord_id>")
class OneCord(MethodView):
    """One cord."""

    @permit(VIEW)
    @cords.etag
    @cords.response(200, CordSchema)
    def get(self, cord_id: int) -> Cord:
        """A cord."""
        row = cord_service.find_cord(session(), cord_id)
        require(VIEW, row.site_id)
        cords.set_row(row)
        return row

    @permit(EDIT)
    @cords.etag
    @cords.arguments(CordPatch)
    @cords.response(200, CordSchema)
    def put(self, body: Values, cord_id: int) -> Cord:
        """Change the label; to move a cord, unplug it and plug in a new one."""
        row = cord_service.find_cord(session(), cord_id)
        require(EDIT, row.site_id)
        cords.check_row(row)
        cord_service.relabel(session(), row, body.get("label"))
        cords.set_row(row)
        return row

    @permit(EDIT)
    @cords.etag
    @cords.response(204)
    def delete(self, cord_id: int) -> None:
        """Unplug a cord."""
        row = cord_service.find_cord(session(), cord_id)
        require(EDIT, row.site_id)
        cords.check_row(row)
        cord_service.disconnect(session(), row)
