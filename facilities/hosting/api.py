"""REST: racks, equipment, equipment types."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from flask.views import MethodView
from sqlalchemy.orm import selectinload

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit, require
from facilities.errors import NotFound, Refused
from facilities.hosting import queries_equipment, queries_racks, service_equipment, service_racks
from facilities.hosting.api_schemas import (
    EquipmentChangeSchema,
    EquipmentFilter,
    EquipmentSchema,
    EquipmentTypeDetailSchema,
    EquipmentTypeSchema,
    MoveSchema,
    RackFilter,
    RackSchema,
    TypeFilter,
)
from facilities.hosting.models import Equipment, EquipmentType, Rack
from facilities.hosting.units import halves
from facilities.hosting.values import EquipmentFacts, Place, RackFacts
from facilities.hosting.views_equipment import move_and_release, release_all
from facilities.sites.models import Room
from facilities.web.house import house, session, viewer
from facilities.web.rest import ApiBlueprint, page_of

VIEW, EDIT = Permission.RACKS_VIEW, Permission.RACKS_EDIT
racks = ApiBlueprint("racks", __name__, description="Racks and their free space.")
pieces = ApiBlueprint("equipment", __name__, description="Equipment and where it stands.")
types = ApiBlueprint("equipment-types", __name__, description="Models of equipment.")
blueprints = (racks, pieces, types)


def as_page_asks(asked: Mapping[str, str]) -> dict[str, str]:
    """`room_id=3` of the interface is `room=3` of the pages; both filter in one place."""
    return {key.removesuffix("_id"): value for key, value in asked.items()}


@racks.route("/")
class Racks(MethodView):
    """All racks, and adding one."""

    @permit(VIEW)
    @racks.arguments(RackFilter, location="query")
    @racks.response(200, RackSchema(many=True))
    @racks.paginate()
    def get(self, asked: dict[str, str], pagination_parameters: Any) -> Any:
        """List racks."""
        statement = queries_racks.racks_seen(viewer(), as_page_asks(asked))
        return page_of(statement, pagination_parameters)

    @permit(EDIT)
    @racks.etag
    @racks.arguments(RackSchema)
    @racks.response(201, RackSchema)
    def post(self, data: dict[str, Any]) -> Rack:
        """Add a rack; 409 names what stands there or has the name, serial or tag."""
        _require_room(data["room_id"])
        row = service_racks.add_rack(session(), RackFacts(**data))
        racks.set_row(row)
        return row


@racks.route("/<int:rack_id>")
class OneRack(MethodView):
    """One rack."""

    @permit(VIEW)
    @racks.etag
    @racks.response(200, RackSchema)
    def get(self, rack_id: int) -> Rack:
        """Get a rack."""
        row = service_racks.get_rack(session(), rack_id)
        require(VIEW, row.site_id)
        racks.set_row(row)
        return row

    @permit(EDIT)
    @racks.etag
    @racks.arguments(RackSchema)
    @racks.response(200, RackSchema)
    def put(self, data: dict[str, Any], rack_id: int) -> Rack:
        """Change a rack; If-Match names the version that was read."""
        row = service_racks.get_rack(session(), rack_id)
        require(EDIT, row.site_id)
        racks.check_row(row)
        _require_room(data["room_id"])
        row = service_racks.edit_rack(session(), row, RackFacts(**data))
        racks.set_row(row)
        return row


def _require_room(room_id: int) -> None:
    room = session().get(Room, room_id)
    if room is None:
        raise Refused("There is no such room.", "room_id")
    require(EDIT, room.site_id)


@pieces.route("/")
class Pieces(MethodView):
    """All equipment, and adding a piece."""

    @permit(VIEW)
    @pieces.arguments(EquipmentFilter, location="query")
    @pieces.response(200, EquipmentSchema(many=True))
    @pieces.paginate()
    def get(self, asked: dict[str, str], pagination_parameters: Any) -> Any:
        """List equipment."""
        statement = queries_equipment.equipment_seen(viewer(), as_page_asks(asked))
        return page_of(statement, pagination_parameters)

    @permit(EDIT)
    @pieces.etag
    @pieces.arguments(EquipmentSchema)
    @pieces.response(201, EquipmentSchema)
    def post(self, data: dict[str, Any]) -> Equipment:
        """Add a piece; 409 names what is in the way."""
        place, site_id = _place(data), data.get("site_id")
        if place.rack_id is None and place.parent_id is None and site_id is not None:
            require(EDIT, site_id)
        placed = service_equipment.add_equipment(
            session(), _facts(data), place, house().clock(), site_id
        )
        pieces.set_row(placed.equipment)
        return placed.equipment


@pieces.route("/<int:equipment_id>")
class OnePiece(MethodView):
    """One piece of equipment."""

    @permit(VIEW)
    @pieces.etag
    @pieces.response(200, EquipmentSchema)
    def get(self, equipment_id: int) -> Equipment:
        """Get a piece."""
        row = service_equipment.get_equipment(session(), equipment_id)
        require(VIEW, row.site_id)
        pieces.set_row(row)
        return row

    @permit(EDIT)
    @pieces.etag
    @pieces.arguments(EquipmentChangeSchema)
    @pieces.response(200, EquipmentSchema)
    def put(self, data: dict[str, Any], equipment_id: int) -> Equipment:
        """Change what is known of a piece; If-Match names the version that was read."""
        row = _to_change(equipment_id)
        placed = service_equipment.edit_equipment(session(), row, _facts(data), house().clock())
        pieces.set_row(placed.equipment)
        return placed.equipment

    @permit(EDIT)
    @pieces.etag
    @pieces.response(204)
    def delete(self, equipment_id: int) -> None:
        """Take a piece out of its rack; its units are free, the record stays as removed."""
        row = _to_change(equipment_id)
        release_all(row)
        service_equipment.remove_equipment(session(), row, house().clock())


@pieces.route("/<int:equipment_id>/move")
class Move(MethodView):
    """Moving a piece."""

    @permit(EDIT)
    @pieces.arguments(MoveSchema)
    @pieces.response(200, EquipmentSchema)
    def post(self, data: dict[str, Any], equipment_id: int) -> Equipment:
        """Move a piece to another place; 409 names what is in the way."""
        row = service_equipment.get_equipment(session(), equipment_id)
        require(EDIT, row.site_id)
        session().info["reason"] = data.pop("reason")
        place = _place(data)
        if place.rack_id is None and place.parent_id is None:
            raise Refused("Name a rack or a parent; to take it out, delete it.", "rack_id")
        return move_and_release(row, place).equipment


def _to_change(equipment_id: int) -> Equipment:
    row = service_equipment.get_equipment(session(), equipment_id)
    require(EDIT, row.site_id)
    pieces.check_row(row)
    return row


def _place(data: Mapping[str, Any]) -> Place:
    names = {item.name for item in fields(Place)} & data.keys()
    position = data.get("position_u")
    start = None if position is None else halves(position, "position_u") - 1
    place = Place(start_half_u=start, **{name: data[name] for name in names})
    if place.rack_id is not None:
        require(EDIT, service_racks.get_rack(session(), place.rack_id).site_id)
    if place.parent_id is not None:
        require(EDIT, service_equipment.get_equipment(session(), place.parent_id).site_id)
    return place


def _facts(data: Mapping[str, Any]) -> EquipmentFacts:
    names = {item.name for item in fields(EquipmentFacts)} & data.keys()
    height = data.get("height_u")
    half_u = None if height is None else halves(height)
    return EquipmentFacts(height_half_u=half_u, **{name: data[name] for name in names})


@types.route("/")
class Types(MethodView):
    """Equipment types."""

    @permit(VIEW)
    @types.arguments(TypeFilter, location="query")
    @types.response(200, EquipmentTypeSchema(many=True))
    @types.paginate()
    def get(self, asked: dict[str, str], pagination_parameters: Any) -> Any:
        """List equipment types."""
        statement = queries_equipment.types_seen(as_page_asks(asked))
        return page_of(statement, pagination_parameters)


@types.route("/<int:type_id>")
class OneType(MethodView):
    """One equipment type."""

    @permit(VIEW)
    @types.etag
    @types.response(200, EquipmentTypeDetailSchema)
    def get(self, type_id: int) -> EquipmentType:
        """Get an equipment type with its ports."""
        row = session().get(EquipmentType, type_id, options=[selectinload(EquipmentType.ports)])
        if row is None:
            raise NotFound("There is no such equipment type.")
        types.set_row(row)
        return row
