"""Rows: parties (customers, departments, carriers, suppliers) and the people to reach there."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilities.accounts.recorded import Recorded
from facilities.db import Base, Versioned, now

#: What a party may be; one party may own racks and also send parcels.
PARTY_KINDS = ("customer", "department", "carrier", "supplier", "contractor")


class Party(Recorded, Versioned, Base):
    """An organisation or department. Never deleted, only made inactive."""

    __tablename__ = "party"
    __table_args__ = (UniqueConstraint("kind", "name"),)
    history_kind = "party"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120), index=True)
    code: Mapped[str | None] = mapped_column(String(20), index=True)  # a carrier's SCAC ...
    notes: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)

    contacts: Mapped[list["Contact"]] = relationship(
        back_populates="party", cascade="all, delete-orphan", order_by="Contact.rank"
    )


class Contact(Recorded, Base):
    """A person of a party; rank 1 is called first. Phone and mail are personal data."""

    __tablename__ = "contact"
    __table_args__ = (Index("ix_contact_name", "name"),)
    history_kind = "contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str | None] = mapped_column(String(60))
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(40))
    rank: Mapped[int] = mapped_column(default=1)

    party: Mapped[Party] = relationship(back_populates="contacts")

    @property
    def history_parents(self) -> tuple[tuple[str, int], ...]:
        """Shown on the party's history as well."""
        return (("party", self.party_id),)
