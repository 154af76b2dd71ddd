"""What hosting shows on the home page of facilities staff."""

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from facilities.accounts.permissions import Permission
from facilities.hosting.models import Equipment, Rack
from facilities.hosting.queries_equipment import position_words
from facilities.readings import Readings
from facilities.sites.models import Room
from facilities.sites.queries import within
from facilities.web.registry import Card, CardRow, Viewer

SHOWN = 6
VIEW = Permission.RACKS_VIEW


def free_space(session: Session, readings: Readings, viewer: Viewer) -> Card:
    """Free units by room, the fullest first."""
    del readings
    free = func.sum(2 * Rack.height_u - Rack.used_half_u)
    columns = (Room.id, Room.code, Room.name, free, func.sum(2 * Rack.height_u))
    wanted = select(*columns).join(Rack, Rack.room_id == Room.id)
    wanted = wanted.where(Rack.status != "retired", *within(Rack.site_id, viewer, VIEW))
    wanted = wanted.group_by(Room.id, Room.code, Room.name)
    rooms = sorted(session.execute(wanted), key=lambda row: row[3] / row[4])
    rows = [
        CardRow(
            f"{code} {name}",
            url_for("sites.room", room_id=id_, overlay="space"),
            f"{left / 2:g} of {all_ / 2:g} U free",
            "warning" if left / all_ < 0.1 else "",
        )
        for id_, code, name, left, all_ in rooms[:SHOWN]
    ]
    total = sum(row[3] for row in rooms)
    empty = "No rack yet: add a room and its racks."
    return Card(int(total / 2), rows, url_for("hosting.racks"), empty)


def lately_moved(session: Session, readings: Readings, viewer: Viewer) -> Card:
    """What was added, moved or removed last."""
    del readings
    wanted = select(Equipment).where(
        Equipment.moved_at.is_not(None), *within(Equipment.site_id, viewer, VIEW)
    )
    wanted = wanted.options(joinedload(Equipment.rack))
    pieces = session.scalars(wanted.order_by(Equipment.moved_at.desc()).limit(SHOWN)).all()
    rows = [
        CardRow(
            piece.name,
            url_for("hosting.equipment", equipment_id=piece.id),
            f"{piece.rack.name}, {position_words(piece)}" if piece.rack else piece.status,
        )
        for piece in pieces
    ]
    return Card(len(rows), rows, url_for("hosting.equipment_list"), "Nothing was moved yet.")


def on_its_way(session: Session, readings: Readings, viewer: Viewer) -> Card:
    """Equipment that is planned, received or staged and waits to be installed."""
    del readings
    waiting = ("planned", "received", "staged")
    own = within(Equipment.site_id, viewer, VIEW)
    grouped = select(Equipment.status, func.count()).where(Equipment.status.in_(waiting), *own)
    counts = {row[0]: row[1] for row in session.execute(grouped.group_by(Equipment.status))}
    rows = [
        CardRow(
            status.capitalize(),
            url_for("hosting.equipment_list", status=status),
            str(counts[status]),
        )
        for status in waiting
        if status in counts
    ]
    page = url_for("hosting.equipment_list")
    return Card(sum(counts.values()), rows, page, "Nothing waits to be installed.")
