"""Rows: devices to poll, their points, what the points mean to objects, calibration."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilities.accounts.recorded import Recorded
from facilities.db import Base, Versioned, now
from facilities.hosting.models import Equipment, Rack
from facilities.monitoring.machine import DeviceHealth
from facilities.power.models import PowerNode
from facilities.sites.models import Room, Site

#: in_service, or maintenance: then its values are shown as such and alarm nobody.
DEVICE_STATES = ("in_service", "maintenance")


class Device(Recorded, Versioned, Base):
    """A device that is polled. `key` names it in samples and scripts and never changes.

    url:     how it is reached, without its secret; `sealed` holds the secret, encrypted.
    every_s: seconds by poll class where they differ from the profile's.
    The place is whichever of room, rack, equipment and power node is known.
    """

    __tablename__ = "device"
    history_kind = "device"
    history_hidden = frozenset({"sealed", "bound_at"})

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120), index=True)
    kind: Mapped[str] = mapped_column(String(20), index=True)  # the profile's: rack_pdu, ups ...
    profile: Mapped[str] = mapped_column(String(80))
    url: Mapped[str] = mapped_column(String(300))
    sealed: Mapped[str | None] = mapped_column(Text)
    secret_set_at: Mapped[datetime | None]
    enabled: Mapped[bool] = mapped_column(default=True)
    state: Mapped[str] = mapped_column(String(12), default="in_service")
    every_s: Mapped[dict[str, Any]] = mapped_column(default=dict)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"), index=True)
    rack_id: Mapped[int | None] = mapped_column(ForeignKey("rack.id"), index=True)
    equipment_id: Mapped[int | None] = mapped_column(ForeignKey("equipment.id"), index=True)
    power_node_id: Mapped[int | None] = mapped_column(ForeignKey("power_node.id"), index=True)
    notes: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    # When its points were bound by rule; None until it was read once.
    bound_at: Mapped[datetime | None]

    site: Mapped[Site] = relationship()
    room: Mapped[Room | None] = relationship()
    rack: Mapped[Rack | None] = relationship()
    equipment: Mapped[Equipment | None] = relationship()
    power_node: Mapped[PowerNode | None] = relationship()
    health: Mapped[DeviceHealth | None] = relationship(viewonly=True)

    @property
    def history_label(self) -> str:
        """The name in the history."""
        return self.key

    @property
    def history_parents(self) -> tuple[tuple[str, int], ...]:
        """Shown on the histories of its rack and its power node as well."""
        above = (("rack", self.rack_id), ("power_node", self.power_node_id))
        return tuple((kind, id_) for kind, id_ in above if id_ is not None)


class Binding(Recorded, Versioned, Base):
    """What a point of a device is to an object: `metric` after UN-03, `feed` A, B or "".

    The point is named, not referred to: it may be bound before the device was ever reached, and
    stays bound while a device leaves it out.
    """

    __tablename__ = "binding"
    __table_args__ = (
        UniqueConstraint("device_id", "point", "object_kind", "object_id", "metric", "feed"),
        Index("ix_binding_object", "object_kind", "object_id"),
        Index("ix_binding_metric", "metric", "object_kind"),
    )
    history_kind = "binding"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id", ondelete="CASCADE"))
    point: Mapped[str] = mapped_column(String(160))
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int]
    metric: Mapped[str] = mapped_column(String(60))
    feed: Mapped[str] = mapped_column(String(2), default="")

    device: Mapped[Device] = relationship()

    @property
    def history_label(self) -> str:
        """The name in the history."""
        return f"{self.point} as {self.metric}"

    @property
    def history_parents(self) -> tuple[tuple[str, int], ...]:
        """Shown on its device's and its object's histories as well."""
        return (("device", self.device_id), (self.object_kind, self.object_id))


class Calibration(Recorded, Versioned, Base):
    """The correction of one sensor: shown = decoded x scale + offset (EN-05).

    It belongs to the point, so that the point reads the same on every page, in charts and alarms.
    """

    __tablename__ = "calibration"
    __table_args__ = (UniqueConstraint("device_id", "point"),)
    history_kind = "calibration"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id", ondelete="CASCADE"))
    point: Mapped[str] = mapped_column(String(160))
    scale: Mapped[float] = mapped_column(default=1.0)
    offset: Mapped[float] = mapped_column(default=0.0)
    calibrated_on: Mapped[date | None]

    @property
    def history_label(self) -> str:
        """The name in the history."""
        return f"calibration of {self.point}"

    @property
    def history_parents(self) -> tuple[tuple[str, int], ...]:
        """Shown on its device's history as well."""
        return (("device", self.device_id),)
