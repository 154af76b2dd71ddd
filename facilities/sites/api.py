"""REST: sites, buildings, floors, rooms, rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
from flask.views import MethodView
from sqlalchemy import Select, select

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit, require
from facilities.sites import service
from facilities.sites.models import Building, Floor, RackRow, Room, Site
from facilities.sites.queries import within
from facilities.web.house import session, viewer
from facilities.web.rest import ApiBlueprint, Schema, page_of

VIEW, EDIT = Permission.SITES_VIEW, Permission.SITES_EDIT


class CodeSchema(Schema):
    """Code and name, which all of them have."""

    id = ma.fields.Integer(dump_only=True)
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)


class SiteSchema(CodeSchema):
    """A site."""

    time_zone = ma.fields.String(load_default="UTC")
    address = ma.fields.String(load_default=None, allow_none=True)
    policy_pack = ma.fields.String(load_default="nec")
    phase_names = ma.fields.String(load_default="L1 L2 L3")


class BuildingChangeSchema(CodeSchema):
    """What can be changed of a building."""


class BuildingSchema(BuildingChangeSchema):
    """A building of a site."""

    site_id = ma.fields.Integer(required=True)


class FloorChangeSchema(CodeSchema):
    """What can be changed of a floor; level 0 is the ground."""

    level = ma.fields.Integer(load_default=0)


class FloorSchema(FloorChangeSchema):
    """A floor of a building."""

    site_id = ma.fields.Integer(dump_only=True)
    building_id = ma.fields.Integer(required=True)


class RoomChangeSchema(CodeSchema):
    """What can be changed of a room; sizes in mm, the floor's limit in kg/m2."""

    kind = ma.fields.String(load_default="white_space")
    width_mm = ma.fields.Integer(load_default=None, allow_none=True)
    depth_mm = ma.fields.Integer(load_default=None, allow_none=True)
    tile_mm = ma.fields.Float(load_default=600.0)
    floor_limit_kg_m2 = ma.fields.Float(load_default=None, allow_none=True)


class RoomSchema(RoomChangeSchema):
    """A room of a floor."""

    site_id = ma.fields.Integer(dump_only=True)
    floor_id = ma.fields.Integer(required=True)


class RowChangeSchema(CodeSchema):
    """What can be changed of a row."""

    name = ma.fields.String(load_default=None, allow_none=True)


class RowSchema(RowChangeSchema):
    """A row of a room."""

    site_id = ma.fields.Integer(dump_only=True)
    room_id = ma.fields.Integer(required=True)


class PlaceFilter(Schema):
    """What lists of places are filtered by."""

    site_id = ma.fields.Integer()
    above_id = ma.fields.Integer(metadata={"description": "building, floor or room it is in"})
    code = ma.fields.String()


Make = Callable[[Mapping[str, Any]], Any]


def _site(data: Mapping[str, Any]) -> Site:
    if viewer().sites_for(EDIT) is not None:
        require(EDIT, 0)
    return service.add_site(session(), service.SiteFacts(**data))


def _inside(model: type[Any], key: str, facts: type[Any], add: Callable[..., Any]) -> Make:
    def make(data: Mapping[str, Any]) -> Any:
        rest = dict(data)
        above = service.get(session(), model, rest.pop(key))
        require(EDIT, above.id if model is Site else above.site_id)
        return add(session(), above, facts(**rest))

    return make


def _statement(model: type[Any], above: str, asked: Mapping[str, Any]) -> Select[Any]:
    column = model.id if model is Site else model.site_id
    found = select(model).where(*within(column, viewer(), VIEW)).order_by(model.id)
    if "site_id" in asked:
        found = found.where(column == asked["site_id"])
    if "above_id" in asked and above:
        found = found.where(getattr(model, above) == asked["above_id"])
    if "code" in asked:
        found = found.where(model.code == asked["code"])
    return found


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of place: its rows, schemas, the key of what it is in, its facts, how to make it."""

    name: str
    model: type[Any]
    schema: type[Schema]
    change: type[Schema]
    above: str
    facts: type[Any]
    make: Make


def places(kind: Kind) -> ApiBlueprint:
    """List, get, create and update of one kind of place."""
    name, model, schema, above = kind.name, kind.model, kind.schema, kind.above
    blp = ApiBlueprint(name, __name__, description=f"{name.capitalize()} of the house.")

    @blp.route("/")
    class Places(MethodView):
        """All of them, and adding one."""

        @permit(VIEW)
        @blp.arguments(PlaceFilter, location="query")
        @blp.response(200, schema(many=True))
        @blp.paginate()
        def get(self, asked: dict[str, Any], pagination_parameters: Any) -> Any:
            """List, filtered by site and by what it is in."""
            return page_of(_statement(model, above, asked), pagination_parameters)

        @permit(EDIT)
        @blp.etag
        @blp.arguments(schema)
        @blp.response(201, schema)
        def post(self, data: dict[str, Any]) -> Any:
            """Add one."""
            row = kind.make(data)
            blp.set_row(row)
            return row

    @blp.route("/<int:row_id>")
    class OnePlace(MethodView):
        """One of them."""

        @permit(VIEW)
        @blp.etag
        @blp.response(200, schema)
        def get(self, row_id: int) -> Any:
            """Get it with its ETag."""
            row = service.get(session(), model, row_id)
            require(VIEW, row.id if model is Site else row.site_id)
            blp.set_row(row)
            return row

        @permit(EDIT)
        @blp.etag
        @blp.arguments(kind.change)
        @blp.response(200, schema)
        def put(self, data: dict[str, Any], row_id: int) -> Any:
            """Change it; If-Match names the version that was read."""
            row = service.get(session(), model, row_id)
            require(EDIT, row.id if model is Site else row.site_id)
            blp.check_row(row)
            row = service.edit(session(), row, kind.facts(**data))
            blp.set_row(row)
            return row

    return blp


KINDS = (
    Kind("sites", Site, SiteSchema, SiteSchema, "", service.SiteFacts, _site),
    Kind(
        *("buildings", Building, BuildingSchema, BuildingChangeSchema, "site_id"),
        service.BuildingFacts,
        _inside(Site, "site_id", service.BuildingFacts, service.add_building),
    ),
    Kind(
        *("floors", Floor, FloorSchema, FloorChangeSchema, "building_id"),
        service.FloorFacts,
        _inside(Building, "building_id", service.FloorFacts, service.add_floor),
    ),
    Kind(
        *("rooms", Room, RoomSchema, RoomChangeSchema, "floor_id"),
        service.RoomFacts,
        _inside(Floor, "floor_id", service.RoomFacts, service.add_room),
    ),
    Kind(
        *("rows", RackRow, RowSchema, RowChangeSchema, "room_id"),
        service.RowFacts,
        _inside(Room, "room_id", service.RowFacts, service.add_row),
    ),
)
blueprints = tuple(places(kind) for kind in KINDS)
