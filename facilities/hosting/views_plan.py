"""What hosting shows on pages of rooms and rows: the rack plan, racks side by side, overlays."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from facilities.accounts.permissions import Permission
from facilities.accounts.permit import permit, require
from facilities.hosting.footprint import footprint
from facilities.hosting.models import Rack
from facilities.hosting.plan_drawing import Plan, PlanRack, draw_plan, extent, shade_class
from facilities.hosting.queries_racks import racks_of_room, racks_of_row
from facilities.hosting.views_blueprint import blueprint
from facilities.hosting.views_drawing import elevations_of
from facilities.readings import ObjectRef, Readings
from facilities.sites import service as sites
from facilities.sites.models import RackRow, Room
from facilities.sites.tiles import column_letters, grid_lines, tiles_under
from facilities.web.house import house, session, viewer
from facilities.web.registry import PlanOverlay, Shade

VIEW = Permission.RACKS_VIEW


def space_shades(
    records: Session, readings: Readings, rack_ids: Sequence[int]
) -> Mapping[int, Shade]:
    """The space overlay: the share of units used."""
    del readings
    wanted = select(Rack.id, Rack.height_u, Rack.used_half_u).where(Rack.id.in_(rack_ids))
    return {
        id_: Shade(used / (2 * height), f"{used / 2:g} of {height} U used")
        for id_, height, used in records.execute(wanted)
    }


def room_plan(ref: ObjectRef) -> str:
    """The rack plan of a room, coloured by the overlay that `?overlay=` names."""
    room = sites.get(session(), Room, ref.id)
    racks = racks_of_room(session(), room.id)
    overlays = [o for o in house().registries.overlays if viewer().may(o.permission)]
    overlays.sort(key=lambda overlay: overlay.order)
    asked = request.args.get("overlay", "")
    chosen = next((o for o in overlays if o.key == asked), overlays[0])
    shades = _shades(chosen, racks)
    ages = [shade.age_s for shade in shades.values() if shade.age_s is not None]
    return render_template(
        "hosting/plan.html",
        room=room,
        racks=racks,
        plan=_plan(room, racks),
        tiles=_tile_words(room, racks),
        overlays=overlays,
        chosen=chosen,
        shades=shades,
        shade_class=shade_class,
        oldest_s=max(ages, default=None),
    )


def _shades(overlay: PlanOverlay, racks: Sequence[Rack]) -> dict[int, Shade]:
    ids = [rack.id for rack in racks]
    known = overlay.shades(session(), house().readings, ids)
    nothing = Shade(None, "no data")
    return {id_: known.get(id_, nothing) for id_ in ids}


def _plan(room: Room, racks: Sequence[Rack]) -> Plan:
    shapes = [
        PlanRack(r.id, r.name, r.x_mm, r.y_mm, r.outer_width_mm, r.outer_depth_mm, r.facing)
        for r in racks
    ]
    areas = [area for rack in racks if (area := _area(rack)) is not None]
    size = (room.width_mm, room.depth_mm)
    width, depth = extent(size, areas)
    lines = (grid_lines(width, room.tile_mm), grid_lines(depth, room.tile_mm))
    labels = {
        "columns": [column_letters(n) for n in range(len(lines[0]) - 1)],
        "rows": [str(n + 1) for n in range(len(lines[1]) - 1)],
    }
    return draw_plan(size, lines, labels, shapes)


def _tile_words(room: Room, racks: Sequence[Rack]) -> dict[int, str]:
    words = {}
    for rack in racks:
        area = _area(rack)
        if area is not None:
            span = tiles_under(area.x, area.y, area.width, area.depth, room.tile_mm)
            words[rack.id] = span.words()
    return words


def _area(rack: Rack) -> Any:
    if rack.x_mm is None or rack.y_mm is None:
        return None
    return footprint(rack.x_mm, rack.y_mm, rack.outer_width_mm, rack.outer_depth_mm, rack.facing)


@blueprint.get("/rooms/<int:room_id>/plan")
@permit(VIEW)
def plan(room_id: int) -> str:
    """The plan by itself, for its own refresh."""
    require(VIEW, sites.get(session(), Room, room_id).site_id)
    return room_plan(ObjectRef("room", room_id))


def row_view(ref: ObjectRef) -> str:
    """The racks of a row side by side, from the front or the rear."""
    row = sites.get(session(), RackRow, ref.id)
    racks = racks_of_row(session(), row.id)
    drawn = elevations_of(racks) if racks else {}
    face = "rear" if request.args.get("face") == "rear" else "front"
    new = url_for("hosting.new_rack", room=row.room_id, row=row.id)
    page = {"row": row, "racks": racks, "drawn": drawn, "face": face, "new": new}
    return render_template("hosting/row.html", **page)
