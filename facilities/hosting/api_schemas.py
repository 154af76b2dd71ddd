"""What the REST interface takes and gives of racks, equipment and types. Units count from 1 at the
bottom; a position of 10.5 is the upper half of U10."""

from typing import Any

import marshmallow as ma

from facilities.hosting import lifecycle
from facilities.hosting.channels import CHANNELS
from facilities.hosting.models import Equipment
from facilities.web.rest import Schema


def maybe(field: type[ma.fields.Field[Any]], **kwargs: Any) -> Any:
    """A field that may be left out or null."""
    return field(load_default=None, allow_none=True, **kwargs)


class RackSchema(Schema):
    """A rack."""

    id = ma.fields.Integer(dump_only=True)
    site_id = ma.fields.Integer(dump_only=True)
    name = ma.fields.String(required=True, validate=ma.validate.Length(1, 60))
    room_id = ma.fields.Integer(required=True)
    row_id = maybe(ma.fields.Integer)
    type_id = maybe(ma.fields.Integer)
    owner_id = maybe(ma.fields.Integer)
    status = ma.fields.String(load_default="active", validate=ma.validate.OneOf(lifecycle.RACK))
    serial = maybe(ma.fields.String, validate=ma.validate.Length(max=80))
    asset_tag = maybe(ma.fields.String, validate=ma.validate.Length(max=60))
    height_u = ma.fields.Integer(load_default=42)
    width_in = ma.fields.Integer(load_default=19)
    starting_unit = ma.fields.Integer(load_default=1)
    desc_units = ma.fields.Boolean(load_default=False)
    outer_width_mm = maybe(ma.fields.Float)
    outer_depth_mm = maybe(ma.fields.Float)
    rail_depth_mm = maybe(ma.fields.Float)
    tare_kg = maybe(ma.fields.Float)
    static_limit_kg = maybe(ma.fields.Float)
    dynamic_limit_kg = maybe(ma.fields.Float)
    transport_limit_kg = maybe(ma.fields.Float)
    channel_length_mm = maybe(ma.fields.Float)
    channel_slots = ma.fields.Integer(load_default=2)
    blanked_u = maybe(ma.fields.Float)
    budget_w = maybe(ma.fields.Float)
    x_mm = maybe(ma.fields.Float)
    y_mm = maybe(ma.fields.Float)
    facing = ma.fields.Integer(load_default=0)
    notes = maybe(ma.fields.String)
    u_free = ma.fields.Function(lambda rack: rack.height_u - rack.used_half_u / 2)
    largest_run_u = ma.fields.Function(lambda rack: rack.largest_run_half_u / 2)


class PlaceSchema(Schema):
    """Where a piece stands: in units, in a side channel, or in a parent."""

    rack_id = maybe(ma.fields.Integer)
    position_u = maybe(ma.fields.Float)
    face = ma.fields.String(load_default="front", validate=ma.validate.OneOf(("front", "rear")))
    lane = ma.fields.String(
        load_default="full", validate=ma.validate.OneOf(("full", "left", "right"))
    )
    channel = maybe(ma.fields.String, validate=ma.validate.OneOf(CHANNELS))
    channel_start_mm = maybe(ma.fields.Float)
    parent_id = maybe(ma.fields.Integer)
    bay = maybe(ma.fields.String, validate=ma.validate.Length(max=64))


class MoveSchema(PlaceSchema):
    """Another place; over_hold_id names the hold that is given up for it."""

    over_hold_id = maybe(ma.fields.Integer)
    reason = ma.fields.String(load_default="", validate=ma.validate.Length(max=200))


class EquipmentChangeSchema(Schema):
    """What can be changed of a piece without moving it."""

    id = ma.fields.Integer(dump_only=True)
    name = ma.fields.String(required=True, validate=ma.validate.Length(1, 120))
    status = ma.fields.String(
        load_default="active", validate=ma.validate.OneOf(lifecycle.EQUIPMENT)
    )
    type_id = maybe(ma.fields.Integer)
    owner_id = maybe(ma.fields.Integer)
    serial = maybe(ma.fields.String, validate=ma.validate.Length(max=80))
    asset_tag = maybe(ma.fields.String, validate=ma.validate.Length(max=60))
    height_u = maybe(ma.fields.Float)
    full_depth = maybe(ma.fields.Boolean)
    depth_mm = maybe(ma.fields.Integer)
    length_mm = maybe(ma.fields.Float)
    weight_kg = maybe(ma.fields.Float)
    weight_with_children = ma.fields.Boolean(load_default=False)
    budget_w = maybe(ma.fields.Float)
    rated_w = maybe(ma.fields.Float)
    notes = maybe(ma.fields.String)


class EquipmentSchema(EquipmentChangeSchema, PlaceSchema):
    """A piece and its place. site_id is needed only for what stands in no rack."""

    site_id = maybe(ma.fields.Integer)
    over_hold_id = maybe(ma.fields.Integer, load_only=True)
    installed_at = ma.fields.AwareDateTime(dump_only=True)
    moved_at = ma.fields.AwareDateTime(dump_only=True)

    @ma.post_dump(pass_original=True)
    def in_units(self, data: dict[str, Any], piece: Equipment, **kwargs: Any) -> dict[str, Any]:
        """Rows keep half-units; people and programs count units."""
        del kwargs
        start = piece.start_half_u
        data["position_u"] = None if start is None else (start + 1) / 2
        data["height_u"] = piece.height_half_u / 2
        return data


class PortSchema(Schema):
    """A power inlet, power outlet or bay."""

    kind = ma.fields.String()
    name = ma.fields.String()
    connector = ma.fields.String(allow_none=True)
    maximum_w = ma.fields.Float(allow_none=True)
    allocated_w = ma.fields.Float(allow_none=True)
    feed_leg = ma.fields.String(allow_none=True)
    inlet_name = ma.fields.String(allow_none=True)


class EquipmentTypeSchema(Schema):
    """A model of equipment; made by imports."""

    id = ma.fields.Integer()
    maker = ma.fields.Function(lambda kind: kind.maker.name)
    model = ma.fields.String()
    slug = ma.fields.String()
    part_number = ma.fields.String()
    height_u = ma.fields.Function(lambda kind: kind.height_half_u / 2)
    full_depth = ma.fields.Boolean()
    half_width = ma.fields.Boolean()
    depth_mm = ma.fields.Integer()
    weight_kg = ma.fields.Float()
    airflow = ma.fields.String()
    subdevice_role = ma.fields.String()
    rated_w = ma.fields.Float()
    comments = ma.fields.String()
    source = ma.fields.String()


class EquipmentTypeDetailSchema(EquipmentTypeSchema):
    """A model with its ports and whatever else its library says."""

    ports = ma.fields.Nested(PortSchema, many=True)
    extra = ma.fields.Dict()


class RackFilter(Schema):
    """What lists of racks are filtered by."""

    site_id = ma.fields.String()
    room_id = ma.fields.String()
    row_id = ma.fields.String()
    owner_id = ma.fields.String()
    status = ma.fields.String()
    q = ma.fields.String(metadata={"description": "part of a name, serial or asset tag"})


class EquipmentFilter(RackFilter):
    """What lists of equipment are filtered by."""

    rack_id = ma.fields.String()
    type_id = ma.fields.String()


class TypeFilter(Schema):
    """What lists of types are filtered by."""

    q = ma.fields.String(metadata={"description": "parts of maker, model or part number"})
    maker_id = ma.fields.String()
