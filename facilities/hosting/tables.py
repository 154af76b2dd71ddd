"""Lists of racks and equipment as sheets: exactly what their pages show, for CSV and export."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from facilities.hosting.queries_equipment import equipment_seen, owner_name, position_words
from facilities.hosting.queries_racks import racks_seen
from facilities.web.registry import Viewer

RACKS = (
    *("site", "room", "row", "name", "status", "owner", "serial", "asset_tag", "height_u"),
    *("u_free", "largest_run_u", "rail_depth_mm", "static_limit_kg", "budget_w"),
)
EQUIPMENT = (
    *("name", "status", "maker", "model", "serial", "asset_tag", "owner"),
    *("site", "room", "rack", "position_u", "position", "face", "height_u"),
    *("weight_kg", "budget_w", "rated_w"),
)


def rack_rows(
    session: Session, viewer: Viewer, asked: Mapping[str, str]
) -> Sequence[Sequence[object]]:
    """One row for each rack."""
    return [
        (
            *(rack.room.floor.building.site.code, rack.room.code),
            *(rack.row.code if rack.row else None, rack.name, rack.status),
            *(owner_name(rack.owner), rack.serial, rack.asset_tag, rack.height_u),
            *(rack.height_u - rack.used_half_u / 2, rack.largest_run_half_u / 2),
            *(rack.rail_depth_mm, rack.static_limit_kg, rack.budget_w),
        )
        for rack in session.scalars(racks_seen(viewer, asked))
    ]


def equipment_rows(
    session: Session, viewer: Viewer, asked: Mapping[str, str]
) -> Sequence[Sequence[object]]:
    """One row for each piece; position_u counts from the bottom, position is as printed."""
    rows = []
    for piece in session.scalars(equipment_seen(viewer, asked)):
        rack, start = piece.rack, piece.start_half_u
        site = rack.room.floor.building.site.code if rack else None
        rows.append(
            (
                *(piece.name, piece.status),
                *((piece.type.maker.name, piece.type.model) if piece.type else (None, None)),
                *(piece.serial, piece.asset_tag, owner_name(piece.owner)),
                *(site, rack.room.code if rack else None, rack.name if rack else None),
                None if start is None else (start + 1) / 2,
                *(position_words(piece), piece.face, piece.height_half_u / 2),
                *(piece.weight_kg, piece.budget_w, piece.rated_w),
            )
        )
    return rows
