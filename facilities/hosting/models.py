"""Rows: makers, equipment and rack types, racks, equipment, and claims on the cells of a rack."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilities.accounts.recorded import Recorded
from facilities.db import Base, Versioned, now
from facilities.parties.models import Party
from facilities.sites.models import RackRow, Room


class Maker(Recorded, Base):
    """A manufacturer."""

    __tablename__ = "maker"
    history_kind = "maker"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)


class EquipmentType(Recorded, Versioned, Base):
    """A model of equipment, with the fields of the community device-type library.

    height_half_u 0 stands for 0U: vertical PDUs, blades, tower models. Weights in kg.
    """

    __tablename__ = "equipment_type"
    __table_args__ = (UniqueConstraint("maker_id", "model"),)
    history_kind = "equipment_type"

    id: Mapped[int] = mapped_column(primary_key=True)
    maker_id: Mapped[int] = mapped_column(ForeignKey("maker.id"))
    model: Mapped[str] = mapped_column(String(120), index=True)
    slug: Mapped[str] = mapped_column(String(160), unique=True)
    part_number: Mapped[str | None] = mapped_column(String(80))
    height_half_u: Mapped[int]
    full_depth: Mapped[bool] = mapped_column(default=True)
    half_width: Mapped[bool] = mapped_column(default=False)
    depth_mm: Mapped[int | None]
    weight_kg: Mapped[float | None]
    airflow: Mapped[str | None] = mapped_column(String(20))
    subdevice_role: Mapped[str | None] = mapped_column(String(10))  # parent, child
    # Nameplate: the sum of what its inlets may draw; redundant supplies count once (PW-13).
    rated_w: Mapped[float | None]
    comments: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(String(200))
    # Whatever the library says of it that has no column yet, so that nothing is lost.
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)

    maker: Mapped[Maker] = relationship()
    ports: Mapped[list["TypePort"]] = relationship(
        back_populates="type", cascade="all, delete-orphan", order_by="TypePort.id"
    )


class TypePort(Base):
    """A power inlet, power outlet or bay that each piece of this type has."""

    __tablename__ = "type_port"
    __table_args__ = (UniqueConstraint("type_id", "kind", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("equipment_type.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(
        String(20)
    )  # power_inlet, power_outlet, device_bay, module_bay
    name: Mapped[str] = mapped_column(String(64))
    connector: Mapped[str | None] = mapped_column(String(50))
    maximum_w: Mapped[float | None]
    allocated_w: Mapped[float | None]
    feed_leg: Mapped[str | None] = mapped_column(String(2))
    inlet_name: Mapped[str | None] = mapped_column(String(64))  # which inlet feeds an outlet
    # Label, description, position and whatever else the library says of it.
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)

    type: Mapped[EquipmentType] = relationship(back_populates="ports")


class ModuleType(Recorded, Versioned, Base):
    """A module for a bay. What matters here are power supplies: many servers have their draw there.

    draw_w is the largest draw of its inlets together, None where it has none or does not say.
    """

    __tablename__ = "module_type"
    __table_args__ = (UniqueConstraint("maker_id", "model"),)
    history_kind = "module_type"

    id: Mapped[int] = mapped_column(primary_key=True)
    maker_id: Mapped[int] = mapped_column(ForeignKey("maker.id"))
    model: Mapped[str] = mapped_column(String(120), index=True)
    part_number: Mapped[str | None] = mapped_column(String(80))
    weight_kg: Mapped[float | None]
    draw_w: Mapped[float | None]
    source: Mapped[str | None] = mapped_column(String(200))
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)

    maker: Mapped[Maker] = relationship()


class RackType(Recorded, Versioned, Base):
    """A model of rack, with the fields of the community library."""

    __tablename__ = "rack_type"
    __table_args__ = (UniqueConstraint("maker_id", "model"),)
    history_kind = "rack_type"

    id: Mapped[int] = mapped_column(primary_key=True)
    maker_id: Mapped[int] = mapped_column(ForeignKey("maker.id"))
    model: Mapped[str] = mapped_column(String(120))
    slug: Mapped[str] = mapped_column(String(160), unique=True)
    form_factor: Mapped[str | None] = mapped_column(String(40))
    width_in: Mapped[int] = mapped_column(default=19)
    height_u: Mapped[int]
    starting_unit: Mapped[int] = mapped_column(default=1)
    desc_units: Mapped[bool] = mapped_column(default=False)
    outer_width_mm: Mapped[float | None]
    outer_height_mm: Mapped[float | None]
    outer_depth_mm: Mapped[float | None]
    rail_depth_mm: Mapped[float | None]
    tare_kg: Mapped[float | None]
    static_limit_kg: Mapped[float | None]
    source: Mapped[str | None] = mapped_column(String(200))
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)

    maker: Mapped[Maker] = relationship()


class Rack(Recorded, Versioned, Base):
    """A rack or cabinet. Units are counted from 1 at the bottom; labels differ (SP-02).

    x_mm, y_mm: the corner of its footprint nearest the room's origin; facing: 0 front to y-,
    90 to x-, 180 to y+, 270 to x+. The three weight limits: standing, on its casters, shipped
    populated (SP-07). channel_slots: how many 0U pieces each side channel takes (SP-04); a channel
    is as long as the units are high unless channel_length_mm says otherwise.
    """

    __tablename__ = "rack"
    __table_args__ = (UniqueConstraint("room_id", "name"),)
    history_kind = "rack"
    history_hidden = frozenset({"capacity_version", "used_half_u", "largest_run_half_u"})

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"), index=True)
    row_id: Mapped[int | None] = mapped_column(ForeignKey("rack_row.id"), index=True)
    type_id: Mapped[int | None] = mapped_column(ForeignKey("rack_type.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), index=True)
    name: Mapped[str] = mapped_column(String(60), index=True)
    status: Mapped[str] = mapped_column(String(20), default="active")
    serial: Mapped[str | None] = mapped_column(String(80), index=True)
    asset_tag: Mapped[str | None] = mapped_column(String(60), unique=True)
    height_u: Mapped[int] = mapped_column(default=42)
    width_in: Mapped[int] = mapped_column(default=19)
    starting_unit: Mapped[int] = mapped_column(default=1)
    desc_units: Mapped[bool] = mapped_column(default=False)
    outer_width_mm: Mapped[float | None]
    outer_depth_mm: Mapped[float | None]
    rail_depth_mm: Mapped[float | None]
    tare_kg: Mapped[float | None]
    static_limit_kg: Mapped[float | None]
    dynamic_limit_kg: Mapped[float | None]
    transport_limit_kg: Mapped[float | None]
    channel_length_mm: Mapped[float | None]
    channel_slots: Mapped[int] = mapped_column(default=2)
    blanked_u: Mapped[float | None]  # units closed by blanking panels; None: nobody has counted
    budget_w: Mapped[float | None]
    x_mm: Mapped[float | None]
    y_mm: Mapped[float | None]
    facing: Mapped[int] = mapped_column(default=0)
    notes: Mapped[str | None] = mapped_column(Text)
    capacity_version: Mapped[int] = mapped_column(default=0)
    # Written with every claim, so that lists and sums need not read the cells.
    used_half_u: Mapped[int] = mapped_column(default=0)
    largest_run_half_u: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)

    room: Mapped[Room] = relationship()
    row: Mapped[RackRow | None] = relationship()
    type: Mapped[RackType | None] = relationship()
    owner: Mapped[Party | None] = relationship()
    equipment: Mapped[list["Equipment"]] = relationship(back_populates="rack")

    @property
    def history_parents(self) -> tuple[tuple[str, int], ...]:
        """Shown on the room's history as well."""
        return (("room", self.room_id),)


class Equipment(Recorded, Versioned, Base):
    """A piece of equipment, in a rack or not.

    start_half_u: 1 is the lower half of U1, so U n begins at 2n - 1 (SP-03); None for 0U and for
    what stands in no rack. height, depth and weight are its own: a type may change later.
    weight_with_children: its weight was taken with the children in it (SP-06). maker_id repeats its
    type's, so that the database itself keeps serials unique per maker (UN-06).
    """

    __tablename__ = "equipment"
    __table_args__ = (
        UniqueConstraint("maker_id", "serial"),
        UniqueConstraint("parent_id", "bay"),
    )
    history_kind = "equipment"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    rack_id: Mapped[int | None] = mapped_column(ForeignKey("rack.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("equipment.id"), index=True)
    bay: Mapped[str | None] = mapped_column(String(64))
    type_id: Mapped[int | None] = mapped_column(ForeignKey("equipment_type.id"), index=True)
    maker_id: Mapped[int | None] = mapped_column(ForeignKey("maker.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), index=True)
    name: Mapped[str] = mapped_column(String(120), index=True)
    # planned received staged installed active decommissioning removed disposed
    status: Mapped[str] = mapped_column(String(20), default="active", index=True)
    serial: Mapped[str | None] = mapped_column(String(80), index=True)
    asset_tag: Mapped[str | None] = mapped_column(String(60), unique=True)
    start_half_u: Mapped[int | None]
    height_half_u: Mapped[int] = mapped_column(default=2)
    face: Mapped[str] = mapped_column(String(5), default="front")  # front, rear
    full_depth: Mapped[bool] = mapped_column(default=True)
    lane: Mapped[str] = mapped_column(String(5), default="full")  # full, left, right
    # 0U only: rear-left, rear-right, front-left, front-right (SP-04)
    channel: Mapped[str | None] = mapped_column(String(12))
    channel_start_mm: Mapped[float | None]
    length_mm: Mapped[float | None]
    depth_mm: Mapped[int | None]
    weight_kg: Mapped[float | None]
    weight_with_children: Mapped[bool] = mapped_column(default=False)
    budget_w: Mapped[float | None]
    rated_w: Mapped[float | None]
    notes: Mapped[str | None] = mapped_column(Text)
    installed_at: Mapped[datetime | None]
    moved_at: Mapped[datetime | None] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)

    rack: Mapped[Rack | None] = relationship(back_populates="equipment")
    type: Mapped[EquipmentType | None] = relationship()
    owner: Mapped[Party | None] = relationship()
    parent: Mapped["Equipment | None"] = relationship(remote_side="Equipment.id")

    @property
    def history_parents(self) -> tuple[tuple[str, int], ...]:
        """Shown on the rack's history as well."""
        return (("rack", self.rack_id),) if self.rack_id is not None else ()


class Claim(Recorded, Versioned, Base):
    """What holds cells of a rack: a piece of equipment, a hold, or a block (SP-12)."""

    __tablename__ = "claim"
    __table_args__ = (Index("ix_claim_expiry", "kind", "expires_at"),)
    history_kind = "claim"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    rack_id: Mapped[int] = mapped_column(ForeignKey("rack.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))  # equipment, hold, blocked
    equipment_id: Mapped[int | None] = mapped_column(
        ForeignKey("equipment.id", ondelete="CASCADE"), unique=True
    )
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    reason: Mapped[str | None] = mapped_column(String(200))
    expires_at: Mapped[datetime | None]
    watts: Mapped[float | None]
    weight_kg: Mapped[float | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    cells: Mapped[list["ClaimCell"]] = relationship(
        back_populates="claim", cascade="all, delete-orphan"
    )
    equipment: Mapped[Equipment | None] = relationship()
    owner: Mapped[Party | None] = relationship()

    @property
    def history_label(self) -> str:
        """The name in the history."""
        return f"{self.kind} in rack {self.rack_id}"

    @property
    def history_parents(self) -> tuple[tuple[str, int], ...]:
        """Shown on the rack's history as well."""
        return (("rack", self.rack_id),)


class ClaimCell(Base):
    """One cell of a rack: half-U, face, lane. The unique key makes double booking impossible.

    Full width takes both lanes; full depth takes both faces.
    """

    __tablename__ = "claim_cell"

    rack_id: Mapped[int] = mapped_column(ForeignKey("rack.id"), primary_key=True)
    half_u: Mapped[int] = mapped_column(primary_key=True)
    face: Mapped[str] = mapped_column(String(5), primary_key=True)
    lane: Mapped[str] = mapped_column(String(5), primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id", ondelete="CASCADE"), index=True)

    claim: Mapped[Claim] = relationship(back_populates="cells")
