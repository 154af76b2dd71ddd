"""Rows that machines write: points found, poll health, heartbeats. Never history."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from facilities.db import Base, now


class DevicePoint(Base):
    """A point that a device has, as its newest layout tells.

    A point that left the layout stays as a row with `present` False, so that what is bound to it
    can say so.
    """

    __tablename__ = "device_point"
    __table_args__ = (UniqueConstraint("device_id", "point"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id", ondelete="CASCADE"))
    poll_class: Mapped[str] = mapped_column(String(8))
    place: Mapped[int]  # in the order of the layout
    every_s: Mapped[float]
    present: Mapped[bool] = mapped_column(default=True)
    point: Mapped[str] = mapped_column(String(160))
    label: Mapped[str] = mapped_column(String(160))
    quantity: Mapped[str] = mapped_column(String(20))
    unit: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(10))
    phase: Mapped[str | None] = mapped_column(String(8))
    source: Mapped[str] = mapped_column(String(160))
    names: Mapped[dict[str, Any]] = mapped_column(default=dict)


class DeviceHealth(Base):
    """How polling a device goes, as its collector last said.

    state:       healthy, backing_off, quarantined, refused (its URL or profile cannot be used).
    fresh_until: until when its values count as live (AL-08), unless a newer answer comes.
    counts:      requests, time-outs, refusals by code, identity ... (rule 29).
    """

    __tablename__ = "device_health"

    device_id: Mapped[int] = mapped_column(
        ForeignKey("device.id", ondelete="CASCADE"), primary_key=True
    )
    state: Mapped[str] = mapped_column(String(12), default="healthy")
    since: Mapped[datetime]
    last_good_at: Mapped[datetime | None]
    fresh_until: Mapped[datetime | None] = mapped_column(index=True)
    latency_ms: Mapped[float | None]
    polls_ok: Mapped[int] = mapped_column(default=0)
    polls_failed: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    error: Mapped[str] = mapped_column(Text, default="")
    collector: Mapped[str] = mapped_column(String(120))
    updated_at: Mapped[datetime] = mapped_column(default=now)


class CollectorHeartbeat(Base):
    """A collector says every few seconds that it lives and what it did since its start."""

    __tablename__ = "collector_heartbeat"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    started_at: Mapped[datetime]
    at: Mapped[datetime] = mapped_column(index=True)
    polling: Mapped[bool] = mapped_column(default=False)  # False: stands by for the lease
    devices: Mapped[int] = mapped_column(default=0)
    blocks_written: Mapped[int] = mapped_column(default=0)
    blocks_waiting: Mapped[int] = mapped_column(default=0)
    blocks_lost: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str] = mapped_column(Text, default="")
