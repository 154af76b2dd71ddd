"""What the REST calls of deliveries take and give."""

from typing import Any

import marshmallow as ma

from facilities.shipping import queries
from facilities.shipping.values import CONDITIONS
from facilities.web.rest import Schema


def words(most: int, **more: Any) -> ma.fields.String:
    """A text of at most `most` characters, or null."""
    return ma.fields.String(allow_none=True, validate=ma.validate.Length(max=most), **more)


class TrackingSchema(Schema):
    """A tracking number as normalised and as scanned."""

    number = ma.fields.String()
    scanned = ma.fields.String()
    kind = ma.fields.String(allow_none=True)
    check_ok = ma.fields.Boolean(allow_none=True)


class LineSchema(Schema):
    """A line of what was announced, with its last count."""

    id = ma.fields.Integer(dump_only=True)
    description = ma.fields.String(required=True, validate=ma.validate.Length(1, 200))
    part_number = words(80)
    expected = ma.fields.Integer(allow_none=True, validate=ma.validate.Range(0))
    received = ma.fields.Integer(dump_only=True)
    damaged = ma.fields.Integer(dump_only=True)
    over = ma.fields.Integer(dump_only=True)
    short = ma.fields.Integer(dump_only=True)


class DeliveryChange(Schema):
    """What is known of a delivery; in a PUT what is left out becomes unknown."""

    carrier = words(120)
    sender = words(120)
    po_number = words(60)
    recipient = words(120)
    pieces = ma.fields.Integer(allow_none=True, validate=ma.validate.Range(1, 9999))
    condition = ma.fields.String(allow_none=True, validate=ma.validate.OneOf(CONDITIONS))
    seal = words(60)
    notes = words(2000)
    expected_at = ma.fields.AwareDateTime(allow_none=True)


class DeliverySchema(DeliveryChange):
    """A delivery. Posting one without `announced` says that it is here."""

    id = ma.fields.Integer(dump_only=True)
    version = ma.fields.Integer(dump_only=True)
    label = ma.fields.String(dump_only=True)
    site_id = ma.fields.Integer(required=True)
    announced = ma.fields.Boolean(load_default=False)
    state = ma.fields.String(dump_only=True)
    tracking = ma.fields.List(ma.fields.Nested(TrackingSchema), dump_only=True)
    scans = ma.fields.List(
        ma.fields.String(validate=ma.validate.Length(1, 320)),
        load_only=True,
        validate=ma.validate.Length(max=50),
    )
    recipient_id = ma.fields.Integer(dump_only=True)
    bin = words(80)
    device_at = ma.fields.AwareDateTime(load_only=True, allow_none=True)
    again = ma.fields.Boolean(load_only=True, load_default=False)
    arrived_at = ma.fields.DateTime(dump_only=True)
    stored_at = ma.fields.DateTime(dump_only=True)
    handed_over_at = ma.fields.DateTime(dump_only=True)
    handed_to = ma.fields.String(dump_only=True)
    void_reason = ma.fields.String(dump_only=True)
    lines = ma.fields.List(ma.fields.Nested(LineSchema), validate=ma.validate.Length(max=500))
    outcome = ma.fields.String(dump_only=True)
    warnings = ma.fields.List(ma.fields.String(), dump_only=True)


class DeliveryQuery(Schema):
    """Filters of the list, the same as the page's."""

    which = ma.fields.String(load_default="log", validate=ma.validate.OneOf(list(queries.WHICH)))
    text = ma.fields.String(load_default="")
    state = ma.fields.String(load_default="")
    since = ma.fields.String(load_default="")
    until = ma.fields.String(load_default="")


class CountSchema(Schema):
    """What was counted on one line."""

    line_id = ma.fields.Integer(required=True)
    received = ma.fields.Integer(required=True)
    damaged = ma.fields.Integer(load_default=0)
    serials = ma.fields.List(ma.fields.String(), load_default=list)
    note = words(300, load_default=None)


class ActionSchema(Schema):
    """What an action needs: store: bin; assign: recipient; hand-over: signed_name (strokes);
    refuse, void: reason; count: counts; state: state (note); receive: nothing."""

    bin = words(80)
    recipient = words(120)
    signed_name = words(120)
    strokes = ma.fields.List(ma.fields.List(ma.fields.Integer()), load_default=list)
    reason = words(300)
    state = words(24)
    note = words(500)
    counts = ma.fields.List(ma.fields.Nested(CountSchema), load_default=list)
    device_at = ma.fields.AwareDateTime(allow_none=True, load_default=None)
