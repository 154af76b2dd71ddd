"""What the power chain's REST takes and gives."""

import marshmallow as ma

from facilities.power.models import NODE_KINDS
from facilities.power.service import STATES
from facilities.web.rest import Schema

text = ma.fields.String
real = ma.fields.Float
whole = ma.fields.Integer


class NodePatch(Schema):
    """Fields of a node that may change. None is unknown."""

    name = text()
    feed = text()
    room_id = whole(allow_none=True)
    rack_id = whole(allow_none=True)
    equipment_id = whole(allow_none=True)
    voltage_v = real(allow_none=True)
    phases = text()
    neutral = ma.fields.Boolean(allow_none=True)
    rating_a = real(allow_none=True)
    rating_w = real(allow_none=True)
    rating_va = real(allow_none=True)
    continuous_factor = real(allow_none=True)
    derate = real()
    curve = text(allow_none=True)
    spaces = whole(allow_none=True)
    layout = text(allow_none=True)
    positions = ma.fields.List(whole(), validate=ma.validate.Length(0, 3))
    usage = text()
    destination = text(allow_none=True)
    state = text(validate=ma.validate.OneOf(STATES))
    reason = text(load_only=True)


class NodeSchema(NodePatch):
    """A node. A new one is closed; it is opened by a change, with a reason."""

    class Meta(Schema.Meta):
        """A new node has no reason to give."""

        exclude = ("reason",)

    id = whole(dump_only=True)
    site_id = whole(required=True)
    kind = text(required=True, validate=ma.validate.OneOf(NODE_KINDS))
    name = text()
    panel_id = whole(allow_none=True)
    state = text(dump_only=True)
    title = text(dump_only=True)
    version = whole(dump_only=True)


class ListQuery(Schema):
    """Filters of the lists."""

    site = whole()
    pdu = whole()
    equipment = whole()


class NodeQuery(Schema):
    """Filters of the list of nodes."""

    site = whole()
    kind = text(validate=ma.validate.OneOf(NODE_KINDS))
    feed = text()
    panel = whole()
    q = text(validate=ma.validate.Length(max=100))


class LinkPatch(Schema):
    """Fields of a link that may change."""

    phases = text()
    normally_open = ma.fields.Boolean()
    preference = whole(validate=ma.validate.Range(1, 9))


class LinkSchema(LinkPatch):
    """A link."""

    id = whole(dump_only=True)
    site_id = whole(dump_only=True)
    source_id = whole(required=True)
    target_id = whole(required=True)
    version = whole(dump_only=True)


class OutletPatch(Schema):
    """Fields of an outlet that may change."""

    number = whole()
    name = text(allow_none=True)
    connector = text(allow_none=True, validate=ma.validate.Length(max=30))
    rating_a = real(allow_none=True)
    phases = text(allow_none=True)
    bank = whole(allow_none=True)


class OutletSchema(OutletPatch):
    """An outlet."""

    id = whole(dump_only=True)
    site_id = whole(dump_only=True)
    pdu_id = whole(required=True)
    number = whole(required=True)
    version = whole(dump_only=True)


class InletPatch(Schema):
    """Fields of an inlet that may change."""

    name = text(validate=ma.validate.Length(1, 64))
    connector = text(allow_none=True, validate=ma.validate.Length(max=30))
    rated_w = real(allow_none=True)


class InletSchema(InletPatch):
    """An inlet."""

    id = whole(dump_only=True)
    site_id = whole(dump_only=True)
    equipment_id = whole(required=True)
    name = text(required=True, validate=ma.validate.Length(1, 64))
    version = whole(dump_only=True)


class CordPatch(Schema):
    """What may change of a cord."""

    label = text(allow_none=True, validate=ma.validate.Length(max=60))


class CordSchema(CordPatch):
    """A cord."""

    id = whole(dump_only=True)
    site_id = whole(dump_only=True)
    outlet_id = whole(required=True)
    inlet_id = whole(required=True)
    version = whole(dump_only=True)
