"""REST: the newest readings, and series of one point."""

from datetime import timedelta
from typing import Any

import marshmallow as ma
from flask.views import MethodView
from sqlalchemy import select

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit, require
from facilities.errors import NotFound, Refused
from facilities.monitoring import device_page
from facilities.monitoring.api.refs import RefText
from facilities.monitoring.bound import bound_points, pdu_parts
from facilities.monitoring.device_readings import Snapshot, as_reading
from facilities.monitoring.models import Device
from facilities.monitoring.ports import port
from facilities.monitoring.windows import MOST_BUCKETS, step_for
from facilities.readings import ObjectRef
from facilities.web.house import house, session, viewer
from facilities.web.rest import ApiBlueprint, Schema

blueprint = ApiBlueprint("readings", __name__, description="Live values and their history")
#: More than a chart needs; an export goes through the store's own tools.
MOST_API_BUCKETS = 20 * MOST_BUCKETS
f = ma.fields


class ReadingSchema(Schema):
    """A reading, everywhere the same. `value` is null unless good, uncertain or maintenance."""

    device = f.String()
    point = f.String()
    label = f.String()
    quantity = f.String()
    phase = f.String(allow_none=True)
    value = f.Raw(allow_none=True)
    unit = f.String()
    quality = f.String()
    at = f.String(allow_none=True)
    raw = f.Raw(allow_none=True)
    source = f.String()
    last_value = f.Raw()
    last_at = f.String()


class LatestReadingsFilter(Schema):
    """Which readings: of an object, a device, a site; of everything when nothing is asked."""

    object = RefText(metadata={"description": "kind:id, as in rack:12"})
    device = f.String(metadata={"description": "the key of a device"})
    site = f.Integer(metadata={"description": "the id of a site"})


class SeriesFilter(Schema):
    """Which series. start and end: ISO 8601; the last hour when left out."""

    device = f.String(required=True)
    point = f.String(required=True)
    start = f.AwareDateTime(default_timezone=None)
    end = f.AwareDateTime(default_timezone=None)
    step_s = f.Integer(validate=ma.validate.Range(min=1))


class SeriesBucketSchema(Schema):
    """Usable numbers of one step; a step without any is left out."""

    at = f.AwareDateTime()
    min = f.Float()
    mean = f.Float()
    max = f.Float()
    count = f.Integer()
    coverage = f.Float()


class SeriesSchema(Schema):
    """One point over [start, end)."""

    point = f.String()
    unit = f.String()
    step_s = f.Integer()
    buckets = f.List(f.Nested(SeriesBucketSchema))


@blueprint.route("/latest")
class Latest(MethodView):
    """The newest readings."""

    @permit(Permission.READINGS_VIEW)
    @blueprint.arguments(LatestReadingsFilter, location="query")
    @blueprint.response(200, ReadingSchema(many=True))
    @blueprint.paginate(max_page_size=1000)
    def get(self, asked: dict[str, Any], pagination_parameters: Any) -> Any:
        """Readings by device and place in it, judged now."""
        snapshot = _asked(asked)
        pagination_parameters.item_count = len(snapshot)
        rows = snapshot.rows(pagination_parameters.first_item, pagination_parameters.page_size)
        return [as_reading(row) for row in rows]


@blueprint.route("/series")
class SeriesView(MethodView):
    """Series of one point."""

    @permit(Permission.READINGS_VIEW)
    @blueprint.arguments(SeriesFilter, location="query")
    @blueprint.response(200, SeriesSchema)
    def get(self, asked: dict[str, Any]) -> Any:
        """Least, mean, greatest of each step; steps begin at whole multiples of step_s."""
        device = device_page.by_key(session(), asked["device"])
        require(Permission.READINGS_VIEW, device.site_id)
        end = asked.get("end") or house().clock()
        start = asked.get("start") or end - timedelta(hours=1)
        span_s = (end - start).total_seconds()
        if span_s <= 0:
            raise Refused("The start must lie before the end.", "start")
        step_s = asked.get("step_s") or step_for(span_s, 1.0)
        if span_s / step_s > MOST_API_BUCKETS:
            least = -(-int(span_s) // MOST_API_BUCKETS)
            raise Refused(
                f"That is more than {MOST_API_BUCKETS} steps; take step_s={least} or more.",
                "step_s",
            )
        return port().series(device.key, asked["point"], start, end, step_s)


def _asked(asked: dict[str, Any]) -> Snapshot:
    if "object" in asked:
        return _of_object(asked["object"])
    sites = viewer().sites_for(Permission.READINGS_VIEW)
    if "device" in asked:
        device = device_page.by_key(session(), asked["device"])
        require(Permission.READINGS_VIEW, device.site_id)
        return Snapshot(session(), port(), [device.id])
    if "site" in asked:
        require(Permission.READINGS_VIEW, asked["site"])
        sites = frozenset({asked["site"]})
    return Snapshot(session(), port(), None, sites)


def _of_object(ref: ObjectRef) -> Snapshot:
    """What is bound to an object, and for a rack what meters its PDUs."""
    link = house().registries.link(session(), ref)
    if link is None:
        raise NotFound(f"There is no {ref.kind} {ref.id}.")
    require(Permission.READINGS_VIEW, link.site_id)
    now = house().clock()
    bound = bound_points(session(), [ref], now)
    if ref.kind == "rack":
        bound += [p for part in pdu_parts(session(), [ref.id], now) for p in part.bound]
    keys = {point.device for point in bound}
    ids = session().scalars(select(Device.id).where(Device.key.in_(keys))).all()
    return Snapshot(session(), port(), ids, only=[(p.device, p.point) for p in bound])
