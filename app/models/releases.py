"""Releases: a meeting, and what of it, that guests and observers may see."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Guarded, UuidKey, Versioned


class Release(Guarded, Versioned, Base):
    """A meeting that its parties released to one guest: its time and place, and the agenda where they said so.

    `withdrawn_at` takes it back from then on; what was seen was seen.
    """

    __tablename__ = "releases"
    __table_args__ = (UniqueConstraint("meeting_id", "person_id"),)

    id: Mapped[UuidKey]
    meeting_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"), index=True)
    shows_agenda: Mapped[bool] = mapped_column(default=False)
    documents: Mapped[list[str]] = mapped_column(default=list)
    released_at: Mapped[dt.datetime]
    withdrawn_at: Mapped[dt.datetime | None]
