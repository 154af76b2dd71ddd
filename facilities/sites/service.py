"""Sites, buildings, floors, rooms, rows: add and edit. Codes build the place of everything."""

import re
from dataclasses import dataclass, fields
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from facilities.errors import Conflict, NotFound, Refused
from facilities.sites.models import Building, Floor, RackRow, Room, Site

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,19}")
POLICY_PACKS = ("nec", "nec_100", "iec", "custom")
PHASE_NAMES = ("L1 L2 L3", "A B C")
ROOM_KINDS = ("white_space", "electrical", "mechanical", "storage", "dock", "office")
LARGEST_MM = 1_000_000
Row = TypeVar("Row", Site, Building, Floor, Room, RackRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    """What a person enters of a site."""

    code: str
    name: str
    time_zone: str = "UTC"
    address: str | None = None
    policy_pack: str = "nec"
    phase_names: str = "L1 L2 L3"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildingFacts:
    """What a person enters of a building."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorFacts:
    """What a person enters of a floor; level 0 is the ground."""

    code: str
    name: str
    level: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomFacts:
    """What a person enters of a room; sizes in mm, the floor's limit in kg/m2."""

    code: str
    name: str
    kind: str = "white_space"
    width_mm: int | None = None
    depth_mm: int | None = None
    tile_mm: float = 600.0
    floor_limit_kg_m2: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFacts:
    """What a person enters of a row of racks."""

    code: str
    name: str | None = None


Facts = SiteFacts | BuildingFacts | FloorFacts | RoomFacts | RowFacts


def add_site(session: Session, facts: SiteFacts) -> Site:
    """Add a site. Its code is unique in the house."""
    return _saved(session, Site(), facts)


def add_building(session: Session, site: Site, facts: BuildingFacts) -> Building:
    """Add a building to a site."""
    return _saved(session, Building(site_id=site.id), facts)


def add_floor(session: Session, building: Building, facts: FloorFacts) -> Floor:
    """Add a floor to a building."""
    return _saved(session, Floor(site_id=building.site_id, building_id=building.id), facts)


def add_room(session: Session, floor: Floor, facts: RoomFacts) -> Room:
    """Add a room to a floor."""
    return _saved(session, Room(site_id=floor.site_id, floor_id=floor.id), facts)


def add_row(session: Session, room: Room, facts: RowFacts) -> RackRow:
    """Add a row to a room."""
    return _saved(session, RackRow(site_id=room.site_id, room_id=room.id), facts)


def edit(session: Session, row: Row, facts: Facts) -> Row:
    """Change a site, building, floor, room or row. Raises Refused, Conflict."""
    return _saved(session, row, facts)


def get(session: Session, model: type[Row], id_: int) -> Row:
    """One of them by id. Raises NotFound."""
    found = session.get(model, id_)
    if found is None:
        raise NotFound(f"There is no such {model.history_kind}.")
    return found


def _saved(session: Session, row: Row, facts: Facts) -> Row:
    _check(facts)
    try:
        with session.begin_nested():
            for item in fields(facts):
                setattr(row, item.name, getattr(facts, item.name))
            session.add(row)
            session.flush()
    except IntegrityError as error:
        words = f"There is a {type(row).history_kind} {facts.code} here already."
        raise Conflict(words, "code", "UN-06") from error
    session.refresh(row)
    return row


def _check(facts: Facts) -> None:
    if not CODE.fullmatch(facts.code):
        words = "A code has 1 to 20 letters, digits, dots, dashes or underlines, no blanks."
        raise Refused(words, "code", "UN-06")
    if not isinstance(facts, RowFacts) and not facts.name.strip():
        raise Refused("This needs a name for people.", "name")
    if isinstance(facts, SiteFacts):
        _check_site(facts)
    if isinstance(facts, RoomFacts):
        _check_room(facts)


def _check_site(facts: SiteFacts) -> None:
    try:
        ZoneInfo(facts.time_zone)
    except (KeyError, ValueError, OSError) as error:
        words = f"{facts.time_zone!r} is no time zone; write for example Europe/Berlin."
        raise Refused(words, "time_zone") from error
    _among(facts.policy_pack, POLICY_PACKS, "policy_pack")
    _among(facts.phase_names, PHASE_NAMES, "phase_names")


def _check_room(facts: RoomFacts) -> None:
    _among(facts.kind, ROOM_KINDS, "kind")
    sizes: dict[str, Any] = {"width_mm": facts.width_mm, "depth_mm": facts.depth_mm}
    for name, value in sizes.items():
        if value is not None and not 0 < value <= LARGEST_MM:
            raise Refused(f"A room measures between 1 and {LARGEST_MM} mm.", name)
    if not 100 <= facts.tile_mm <= 2000:
        words = "A tile measures between 100 and 2000 mm; 600 or 609.6 are usual."
        raise Refused(words, "tile_mm", "SP-09")
    if facts.floor_limit_kg_m2 is not None and facts.floor_limit_kg_m2 <= 0:
        words = "This must be more than zero; leave it empty if unknown."
        raise Refused(words, "floor_limit_kg_m2", "SP-08")


def _among(value: str, allowed: tuple[str, ...], field: str) -> None:
    if value not in allowed:
        raise Refused(f"This is one of {', '.join(allowed)}.", field)
