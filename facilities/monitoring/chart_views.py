"""The chart of any point, its data, the Readings tab of any object, the list of rack inlets."""

from datetime import datetime
from functools import lru_cache

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit, require
from facilities.errors import NotFound, Unavailable
from facilities.monitoring import inlets, windows
from facilities.monitoring.device_readings import Snapshot
from facilities.monitoring.machine import DevicePoint
from facilities.monitoring.models import Calibration, Device
from facilities.monitoring.ports import port
from facilities.monitoring.readings_port import StoreReadings
from facilities.monitoring.spark import Spark, spark
from facilities.monitoring.views import blueprint, load
from facilities.readings import LiveValue, ObjectRef, Series
from facilities.web import show
from facilities.web.house import house, session, viewer

#: Buckets of a sparkline over the last day.
SPARK_BUCKETS = 48


@blueprint.get("/devices/<int:device_id>/chart")
@permit(Permission.READINGS_VIEW)
def chart(device_id: int) -> str:
    """One point from an hour to a year, with its gaps."""
    device = load(device_id, Permission.READINGS_VIEW)
    row = point_row(device)
    chosen = chosen_window()
    shown, problem = Series(device.key, row.point, row.unit, 1, ()), ""
    try:
        shown, _ = series_of(device, row, chosen)
        live = live_of(device, row.point)
    except Unavailable as error:
        problem, live = str(error), None
    return render_template(
        "monitoring/chart.html",
        device=device,
        point=row,
        live=live,
        series=shown,
        problem=problem,
        chosen=chosen,
        windows=windows.WINDOWS,
        drawable=row.kind not in ("identity", "flags"),
        summary=in_words(shown, row, device.site.time_zone),
        at=lambda moment: show.moment(moment, device.site.time_zone, True),
        told=lambda value: told(value, row),
        correction=correction_of(device, row.point),
    )


@blueprint.get("/devices/<int:device_id>/chart/now")
@permit(Permission.READINGS_VIEW)
def chart_now(device_id: int) -> str:
    """The newest value above a chart, for refreshing."""
    device = load(device_id, Permission.READINGS_VIEW)
    live = live_of(device, request.args.get("point", ""))
    return render_template("monitoring/chart_now.html", live=live)


@blueprint.get("/devices/<int:device_id>/chart/data")
@permit(Permission.READINGS_VIEW)
def chart_data(device_id: int) -> ResponseReturnValue:
    """Aligned columns for the chart: one entry a step, null where nothing was read."""
    device = load(device_id, Permission.READINGS_VIEW)
    row = point_row(device)
    shown, window = series_of(device, row, chosen_window())
    steps = windows.with_gaps(window, shown.buckets)
    start_s = int(window.start.timestamp())
    return jsonify(
        unit=shown.unit,
        step_s=window.step_s,
        at=[start_s + n * window.step_s for n in range(len(steps))],
        min=[b.min if b else None for b in steps],
        mean=[b.mean if b else None for b in steps],
        max=[b.max if b else None for b in steps],
        summary=in_words(shown, row, device.site.time_zone),
    )


@blueprint.get("/readings/of/<kind>/<int:object_id>")
@permit(Permission.READINGS_VIEW)
def object_live(kind: str, object_id: int) -> str:
    """The Readings tab of an object, for refreshing."""
    link = house().registries.link(session(), ObjectRef(kind, object_id))
    if link is None:
        raise NotFound("There is no such object.")
    require(Permission.READINGS_VIEW, link.site_id)
    return readings_tab(ObjectRef(kind, object_id))


@blueprint.get("/readings/rack-inlets")
@permit(Permission.READINGS_VIEW)
def rack_inlets() -> str:
    """Every rack with a front sensor, the hottest first."""
    sites = viewer().sites_for(Permission.READINGS_VIEW)
    rows = inlets.listed(session(), house().readings, sites)
    return render_template("monitoring/hot_racks.html", rows=rows, limit=f"{inlets.HIGH_C:g}")


def readings_tab(ref: ObjectRef) -> str:
    """Every bound value of an object with its last day."""
    values = house().readings.latest([ref]).get(ref, ())
    keys = {value.device for value in values if value.device}
    found = select(Device.key, Device.id).where(Device.key.in_(keys))
    ids = dict(session().execute(found).all())
    rows = [(value, ids.get(value.device), _spark(value)) for value in values]
    return render_template("monitoring/readings_tab.html", ref=ref, rows=rows)


def point_row(device: Device) -> DevicePoint:
    """The point that the URL names. Raises NotFound."""
    name = request.args.get("point", "")
    row = session().scalar(
        select(DevicePoint).where(DevicePoint.device_id == device.id, DevicePoint.point == name)
    )
    if row is None:
        raise NotFound(f"Device {device.key} has no point {name!r}, or was never read.")
    return row


def chosen_window() -> str:
    """The window that the URL names, a day for any other."""
    asked = request.args.get("window", "24h")
    return asked if asked in windows.WINDOWS else "24h"


def series_of(device: Device, row: DevicePoint, chosen: str) -> tuple[Series, windows.Window]:
    """The series of a window that ends now. Raises Unavailable."""
    window = windows.window(chosen, house().clock(), row.every_s)
    series = port().series(device.key, row.point, window.start, window.end, window.step_s)
    return series, window


def live_of(device: Device, point: str) -> LiveValue | None:
    """The newest value of one point, None when it was never read."""
    rows = Snapshot(session(), port(), [device.id], only=[(device.key, point)]).rows()
    return rows[0].live if rows else None


def correction_of(device: Device, point: str) -> Calibration | None:
    """The calibration of a point, if it has one."""
    return session().scalar(
        select(Calibration).where(Calibration.device_id == device.id, Calibration.point == point)
    )


def told(value: float, row: DevicePoint) -> str:
    """A number of a series with its unit; a state by its name where it is one."""
    if row.kind == "state" and value == int(value):
        return str(row.names.get(str(int(value)), f"unknown({int(value)})"))
    return show.quantity(value, row.unit, 2 if row.kind == "state" else None)


def in_words(series: Series, row: DevicePoint, zone: str) -> str:
    """What the curve says, for those who do not see it."""
    if not series.buckets:
        return "Nothing was read in this time."
    least = min(series.buckets, key=lambda b: b.min)
    greatest = max(series.buckets, key=lambda b: b.max)
    low = f"{told(least.min, row)} about {show.moment(least.at, zone)}"
    high = f"{told(greatest.max, row)} about {show.moment(greatest.at, zone)}"
    step = show.age(series.step_s)
    return f"Least {low}, greatest {high}. Band: least to greatest of each {step}."


def _spark(value: LiveValue) -> Spark | None:
    if not value.device or not isinstance(house().readings, StoreReadings):
        return None
    minute = int(house().clock().timestamp()) // 60
    return _spark_at(port(), value.device, value.point, minute)


@lru_cache(maxsize=1024)
def _spark_at(of: StoreReadings, device: str, point: str, minute: int) -> Spark | None:
    """A sparkline a minute is enough, however often its page refreshes."""
    now = datetime.fromtimestamp(minute * 60, tz=house().clock().tzinfo)
    window = windows.window("24h", now, 60.0, SPARK_BUCKETS)
    try:
        series = of.series(device, point, window.start, window.end, window.step_s)
    except (NotFound, Unavailable):
        return None
    return spark(windows.with_gaps(window, series.buckets), series.unit)
