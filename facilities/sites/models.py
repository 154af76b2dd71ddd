"""Rows: site, building, floor, room, row. Codes build the place of everything (UN-06)."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilities.accounts.recorded import Recorded
from facilities.db import Base, Versioned


class Site(Recorded, Versioned, Base):
    """A site. `capacity_version` is bumped by every claim on its space or power."""

    __tablename__ = "site"
    history_kind = "site"
    history_hidden = frozenset({"capacity_version"})

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    address: Mapped[str | None] = mapped_column(String(300))
    # The electrical policy pack: nec, nec_100, iec, custom (domain reference, section 0).
    policy_pack: Mapped[str] = mapped_column(String(10), default="nec")
    # How people here call the phases: "L1 L2 L3" or "A B C". Rows always say L1 L2 L3 (UN-03).
    phase_names: Mapped[str] = mapped_column(String(12), default="L1 L2 L3")
    capacity_version: Mapped[int] = mapped_column(default=0)

    buildings: Mapped[list["Building"]] = relationship(back_populates="site")

    @property
    def history_site_id(self) -> int | None:
        """Its own chain."""
        return self.id


class Building(Recorded, Versioned, Base):
    """A building of a site."""

    __tablename__ = "building"
    __table_args__ = (UniqueConstraint("site_id", "code"),)
    history_kind = "building"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))

    site: Mapped[Site] = relationship(back_populates="buildings")
    floors: Mapped[list["Floor"]] = relationship(back_populates="building", order_by="Floor.level")


class Floor(Recorded, Versioned, Base):
    """A floor of a building; level 0 is the ground."""

    __tablename__ = "floor"
    __table_args__ = (UniqueConstraint("building_id", "code"),)
    history_kind = "floor"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    building_id: Mapped[int] = mapped_column(ForeignKey("building.id"))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    level: Mapped[int] = mapped_column(default=0)

    building: Mapped[Building] = relationship(back_populates="floors")
    rooms: Mapped[list["Room"]] = relationship(back_populates="floor", order_by="Room.code")


class Room(Recorded, Versioned, Base):
    """A room to scale: the origin is its lower left corner, x to the right, y up the plan."""

    __tablename__ = "room"
    __table_args__ = (UniqueConstraint("floor_id", "code"),)
    history_kind = "room"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    floor_id: Mapped[int] = mapped_column(ForeignKey("floor.id"))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    # white_space, electrical, mechanical, storage, dock, office
    kind: Mapped[str] = mapped_column(String(20), default="white_space")
    width_mm: Mapped[int | None]
    depth_mm: Mapped[int | None]
    tile_mm: Mapped[float] = mapped_column(default=600.0)
    floor_limit_kg_m2: Mapped[float | None]

    floor: Mapped[Floor] = relationship(back_populates="rooms")
    rows: Mapped[list["RackRow"]] = relationship(back_populates="room", order_by="RackRow.code")


class RackRow(Recorded, Versioned, Base):
    """A row of racks in a room. (The table is not called row: that word belongs to SQL.)"""

    __tablename__ = "rack_row"
    __table_args__ = (UniqueConstraint("room_id", "code"),)
    history_kind = "row"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str | None] = mapped_column(String(120))

    room: Mapped[Room] = relationship(back_populates="rows")
