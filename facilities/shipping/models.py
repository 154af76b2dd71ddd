"""Rows: bins, deliveries with their tracking numbers and lines, pickups, the dock's policy.

Nothing here is ever deleted: an entry is voided with a reason. Who held what from when to when is
in `models_custody`.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilities.accounts.recorded import Recorded
from facilities.db import Base, Versioned, now
from facilities.hosting.models import Equipment
from facilities.parties.models import Party
from facilities.shipping.values import delivery_name, pickup_name
from facilities.sites.models import Site


class DockPolicy(Recorded, Versioned, Base):
    """What a site's dock may leave out and when a parcel counts as old; no row: a small dock."""

    __tablename__ = "dock_policy"
    history_kind = "dock_policy"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), unique=True)
    inbound_skips: Mapped[list[str]] = mapped_column()
    outbound_skips: Mapped[list[str]] = mapped_column()
    ageing_days: Mapped[int] = mapped_column(default=7)


class DockCounter(Base):
    """The last number of a site's deliveries or pickups; its row is the lock of the dock."""

    __tablename__ = "dock_counter"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class Bin(Recorded, Versioned, Base):
    """A place for parcels: room, cage, shelf ... as a tree; `code` is what its label says."""

    __tablename__ = "storage_bin"
    __table_args__ = (UniqueConstraint("site_id", "code"),)
    history_kind = "bin"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("storage_bin.id"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str | None] = mapped_column(String(120))
    active: Mapped[bool] = mapped_column(default=True)

    site: Mapped[Site] = relationship()
    parent: Mapped["Bin | None"] = relationship(remote_side="Bin.id")

    @property
    def history_label(self) -> str:
        """The name in the history."""
        return self.code


class Voidable:
    """An entry that can be voided with a reason, and never deleted."""

    voided_at: Mapped[datetime | None]
    voided_by: Mapped[str | None] = mapped_column(String(160))
    void_reason: Mapped[str | None] = mapped_column(String(300))


class Delivery(Voidable, Recorded, Versioned, Base):
    """One consignment coming in.

    number:     counts per site. entry_key: of the form or device that made it, so that one sent
                twice is one entry.
    state:      SR-01; reached: the last state of the line, which it keeps while it is parked.
    recipient:  a party where it is known, and the name as written on the parcel.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("site_id", "number"),
        UniqueConstraint("site_id", "entry_key"),
        Index("ix_delivery_arrived", "site_id", "arrived_at"),
        Index("ix_delivery_state", "site_id", "state"),
    )
    history_kind = "delivery"
    history_hidden = frozenset({"entry_key"})

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    number: Mapped[int]
    entry_key: Mapped[str | None] = mapped_column(String(64))
    announced: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(24))
    reached: Mapped[str] = mapped_column(String(24))
    carrier_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), index=True)
    carrier_name: Mapped[str | None] = mapped_column(String(120))
    sender: Mapped[str | None] = mapped_column(String(120))
    po_number: Mapped[str | None] = mapped_column(String(60), index=True)
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), index=True)
    recipient_name: Mapped[str | None] = mapped_column(String(120), index=True)
    pieces: Mapped[int | None]
    condition: Mapped[str | None] = mapped_column(String(20))
    seal: Mapped[str | None] = mapped_column(String(60))
    bin_id: Mapped[int | None] = mapped_column(ForeignKey("storage_bin.id"), index=True)
    notes: Mapped[str | None] = mapped_column(Text)
    expected_at: Mapped[datetime | None] = mapped_column(index=True)
    arrived_at: Mapped[datetime | None]
    stored_at: Mapped[datetime | None]
    handed_over_at: Mapped[datetime | None]
    handed_to: Mapped[str | None] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    created_by: Mapped[str | None] = mapped_column(String(160))

    site: Mapped[Site] = relationship()
    carrier: Mapped[Party | None] = relationship(foreign_keys=[carrier_id])
    recipient: Mapped[Party | None] = relationship(foreign_keys=[recipient_id])
    bin: Mapped[Bin | None] = relationship()
    tracking: Mapped[list["DeliveryTracking"]] = relationship(
        back_populates="delivery", order_by="DeliveryTracking.id"
    )
    lines: Mapped[list["DeliveryLine"]] = relationship(
        back_populates="delivery", order_by="DeliveryLine.position"
    )

    @property
    def label(self) -> str:
        """What people call it: D00012."""
        return delivery_name(self.number)

    history_label = label

    @property
    def for_whom(self) -> str:
        """The recipient in words; `unknown` where nobody knows yet."""
        party = self.recipient.name if self.recipient else None
        if self.recipient_name and party and self.recipient_name.lower() != party.lower():
            return f"{self.recipient_name}, {party}"
        return self.recipient_name or party or "unknown"

    @property
    def carried_by(self) -> str:
        """The carrier in words."""
        return (self.carrier.name if self.carrier else self.carrier_name) or "unknown"

    @property
    def number_shown(self) -> str:
        """Its tracking numbers as scanned, in one text."""
        return ", ".join(t.number for t in self.tracking) or "no number"


class DeliveryTracking(Recorded, Base):
    """A carrier's number on a delivery. `number` is normalised, `scanned` as it was read."""

    __tablename__ = "delivery_tracking"
    __table_args__ = (
        UniqueConstraint("delivery_id", "number"),
        Index("ix_delivery_tracking_number", "number", "site_id"),
    )
    history_kind = "delivery_tracking"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"))
    number: Mapped[str] = mapped_column(String(80))
    scanned: Mapped[str] = mapped_column(String(320))
    kind: Mapped[str | None] = mapped_column(String(24))
    check_ok: Mapped[bool | None]

    delivery: Mapped[Delivery] = relationship(back_populates="tracking")

    @property
    def history_label(self) -> str:
        """The name in the history."""
        return self.number

    @property
    def history_parents(self) -> tuple[tuple[str, int], ...]:
        """Shown on the delivery's history as well."""
        return (("delivery", self.delivery_id),)


class DeliveryLine(Recorded, Versioned, Base):
    """One line of what was ordered; counts are rows of their own, the newest one holds."""

    __tablename__ = "delivery_line"
    __table_args__ = (UniqueConstraint("delivery_id", "position"),)
    history_kind = "delivery_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"))
    position: Mapped[int]
    description: Mapped[str] = mapped_column(String(200))
    part_number: Mapped[str | None] = mapped_column(String(80), index=True)
    expected: Mapped[int | None]

    delivery: Mapped[Delivery] = relationship(back_populates="lines")
    counts: Mapped[list["LineCount"]] = relationship(order_by="LineCount.id")

    @property
    def history_label(self) -> str:
        """The name in the history."""
        return self.description

    @property
    def history_parents(self) -> tuple[tuple[str, int], ...]:
        """Shown on the delivery's history as well."""
        return (("delivery", self.delivery_id),)


class LineCount(Recorded, Base):
    """What somebody counted on a line (SR-02). A correction is another row; the first stays."""

    __tablename__ = "line_count"
    history_kind = "line_count"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("delivery_line.id"), index=True)
    received: Mapped[int]
    damaged: Mapped[int] = mapped_column(default=0)
    serials: Mapped[list[str]] = mapped_column(default=list)
    note: Mapped[str | None] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[str] = mapped_column(String(160))

    @property
    def history_parents(self) -> tuple[tuple[str, int], ...]:
        """Shown on the delivery's history as well."""
        return (("delivery", self.delivery_id),)


class Pickup(Voidable, Recorded, Versioned, Base):
    """One consignment going out (SR-10). `pieces` is what is listed, `loaded` what left."""

    __tablename__ = "pickup"
    __table_args__ = (
        UniqueConstraint("site_id", "number"),
        UniqueConstraint("site_id", "entry_key"),
        Index("ix_pickup_state", "site_id", "state"),
    )
    history_kind = "pickup"
    history_hidden = frozenset({"entry_key"})

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    number: Mapped[int]
    entry_key: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(24))
    reached: Mapped[str] = mapped_column(String(24))
    reason: Mapped[str] = mapped_column(String(20))
    requested_by: Mapped[str | None] = mapped_column(String(120))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), index=True)
    carrier_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), index=True)
    carrier_name: Mapped[str | None] = mapped_column(String(120))
    destination: Mapped[str | None] = mapped_column(String(300))
    reference: Mapped[str | None] = mapped_column(String(60), index=True)  # RMA, pick-up number
    tracking_number: Mapped[str | None] = mapped_column(String(80), index=True)
    pieces: Mapped[int | None]
    notes: Mapped[str | None] = mapped_column(Text)
    planned_at: Mapped[datetime | None]
    approved_by: Mapped[str | None] = mapped_column(String(120))
    authorised_by: Mapped[str | None] = mapped_column(String(120))
    driver: Mapped[str | None] = mapped_column(String(120))
    company: Mapped[str | None] = mapped_column(String(120))
    plate: Mapped[str | None] = mapped_column(String(30))
    seal: Mapped[str | None] = mapped_column(String(60))
    loaded: Mapped[int | None]
    flagged: Mapped[str | None] = mapped_column(String(300))
    released_at: Mapped[datetime | None] = mapped_column(index=True)
    delivered_at: Mapped[datetime | None]
    received_by: Mapped[str | None] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    created_by: Mapped[str | None] = mapped_column(String(160))

    site: Mapped[Site] = relationship()
    owner: Mapped[Party | None] = relationship(foreign_keys=[owner_id])
    carrier: Mapped[Party | None] = relationship(foreign_keys=[carrier_id])
    lines: Mapped[list["PickupLine"]] = relationship(
        back_populates="pickup", order_by="PickupLine.position"
    )

    @property
    def label(self) -> str:
        """What people call it: P00012."""
        return pickup_name(self.number)

    history_label = label

    @property
    def carried_by(self) -> str:
        """The carrier in words."""
        return (self.carrier.name if self.carrier else self.carrier_name) or "unknown"


class PickupLine(Recorded, Base):
    """One item of a pickup; equipment of the house by its record, anything else in words."""

    __tablename__ = "pickup_line"
    __table_args__ = (UniqueConstraint("pickup_id", "position"),)
    history_kind = "pickup_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    pickup_id: Mapped[int] = mapped_column(ForeignKey("pickup.id"))
    position: Mapped[int]
    description: Mapped[str] = mapped_column(String(200))
    serial: Mapped[str | None] = mapped_column(String(80))
    equipment_id: Mapped[int | None] = mapped_column(ForeignKey("equipment.id"), index=True)

    pickup: Mapped[Pickup] = relationship(back_populates="lines")
    equipment: Mapped[Equipment | None] = relationship()

    @property
    def history_label(self) -> str:
        """The name in the history."""
        return self.description

    @property
    def history_parents(self) -> tuple[tuple[str, int], ...]:
        """Shown on the pickup's history and on the equipment's as well."""
        equipment = (("equipment", self.equipment_id),) if self.equipment_id else ()
        return (("pickup", self.pickup_id), *equipment)
