"""Rows: what is known of a stored file. Its bytes lie in the data folder under their digest."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from facilities.accounts.recorded import Recorded
from facilities.db import Base, now


class StoredFile(Recorded, Base):
    """A document or photo of one object. Taken off the list with a reason, never deleted."""

    __tablename__ = "stored_file"
    __table_args__ = (Index("ix_stored_file_object", "object_kind", "object_id"),)
    history_kind = "file"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int | None]
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(80))
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime] = mapped_column(default=now)
    added_by: Mapped[str] = mapped_column(String(120))
    void_reason: Mapped[str | None] = mapped_column(String(200))

    @property
    def history_parents(self) -> tuple[tuple[str, int], ...]:
        """Shown on the history of what it belongs to."""
        return ((self.object_kind, self.object_id),)
