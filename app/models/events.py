"""Events of others that meetings are held on the margins of: an assembly, a summit, a conference."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code, Guarded, Line, OptionalPartyCode, UuidKey, Versioned


class Event(Guarded, Versioned, Base):
    """An event from a day to a day, in its own zone; everybody who reads the register sees it."""

    __tablename__ = "events"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="days_in_order"),)

    id: Mapped[UuidKey]
    code: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[dict[str, str]]
    place: Mapped[str | None] = mapped_column(String(300))
    time_zone: Mapped[Code | None]
    starts_on: Mapped[dt.date] = mapped_column(Date)
    ends_on: Mapped[dt.date] = mapped_column(Date)
    is_attested: Mapped[bool] = mapped_column(default=False)
    source: Mapped[Line | None]
    added_by_party: Mapped[OptionalPartyCode]
    added_by: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    created_at: Mapped[dt.datetime]
    cancelled_at: Mapped[dt.datetime | None]
