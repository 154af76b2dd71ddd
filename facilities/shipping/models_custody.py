"""Rows: custody events (append-only, one hash chain per delivery or pickup) and signatures."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from facilities.db import Base, now


class Signature(Base):
    """Somebody's hand: the typed name and, where it was drawn, its strokes as a drawing.

    strokes: [[x, y, x, y, ...], ...] on a field `width` x `height`. One may serve several parcels.
    """

    __tablename__ = "signature"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    method: Mapped[str] = mapped_column(String(10))  # drawn, typed
    strokes: Mapped[list[list[int]]] = mapped_column(JSON)
    address: Mapped[str | None] = mapped_column(String(64))
    device: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(default=now)


class CustodyEvent(Base):
    """One step of a delivery or pickup: from state to state, from hand to hand (SR-06).

    at: the server's clock; device_at: the clock of the device that was there, where it said.
    payload is what was hashed, word for word; the columns are for reading.
    """

    __tablename__ = "custody_event"
    __table_args__ = (
        UniqueConstraint("delivery_id", "seq"),
        UniqueConstraint("pickup_id", "seq"),
        CheckConstraint("(delivery_id IS NULL) <> (pickup_id IS NULL)", name="one_subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"))
    pickup_id: Mapped[int | None] = mapped_column(ForeignKey("pickup.id"))
    seq: Mapped[int]
    action: Mapped[str] = mapped_column(String(24))
    from_state: Mapped[str | None] = mapped_column(String(24))
    to_state: Mapped[str] = mapped_column(String(24))
    giver: Mapped[str] = mapped_column(String(160))
    taker: Mapped[str] = mapped_column(String(160))
    place: Mapped[str | None] = mapped_column(String(160))
    condition: Mapped[str | None] = mapped_column(String(20))
    seal: Mapped[str | None] = mapped_column(String(60))
    note: Mapped[str | None] = mapped_column(String(500))
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id"))
    actor: Mapped[str] = mapped_column(String(160))
    at: Mapped[datetime]
    device_at: Mapped[datetime | None]
    payload: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    signature: Mapped[Signature | None] = relationship()


@event.listens_for(CustodyEvent, "before_update")
@event.listens_for(CustodyEvent, "before_delete")
@event.listens_for(Signature, "before_update")
@event.listens_for(Signature, "before_delete")
def _append_only(mapper: Mapper[Any], connection: Connection, row: object) -> None:
    del mapper, connection
    raise AssertionError(f"{type(row).__name__} is append-only; add an event that corrects it")
