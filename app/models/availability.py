"""When people and offices are busy: intervals alone, never what fills them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import ClassVar

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code, Digest, Guarded, OptionalPartyCode, UuidKey, Versioned, one_of
from app.models.sealed import Private, Sealed


class BusyCalendar(Guarded, Versioned, Base):
    """Busy time that a person or an office gave: a calendar that was read once, or a range blocked by hand.

    It is its own delegation's (or its own person's, who has none), who know whose it is and why (`label`, sealed).
    `seen_by` are the keys of those who may see its intervals as busy, and no more. Of a calendar its window and count
    are kept, and the digest of its bytes; nothing of its titles.
    """

    raises_revision: ClassVar[bool] = False

    __tablename__ = "busy_calendars"
    __table_args__ = (
        one_of("kind", "upload", "blackout", name="kind"),
        CheckConstraint("(person_id IS NULL) != (office_code IS NULL)", name="of_one"),
        CheckConstraint("last_day >= first_day", name="days_in_order"),
    )

    id: Mapped[UuidKey]
    kind: Mapped[str] = mapped_column(String(16))
    party_code: Mapped[OptionalPartyCode]
    person_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"), index=True)
    office_code: Mapped[str | None] = mapped_column(
        String(32), ForeignKey("offices.code", ondelete="RESTRICT"), index=True
    )
    label: Mapped[Private | None] = mapped_column(Sealed("busy_calendars.label"))
    time_zone: Mapped[Code]
    first_day: Mapped[dt.date] = mapped_column(Date)
    last_day: Mapped[dt.date] = mapped_column(Date)
    interval_count: Mapped[int] = mapped_column(default=0)
    digest: Mapped[Digest | None]
    seen_by: Mapped[list[str]]
    created_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    created_at: Mapped[dt.datetime]
    removed_at: Mapped[dt.datetime | None]


class BusyInterval(Guarded, Base):
    """From an instant to an instant (UTC) in which a person or an office is busy; said to all in its audience.

    One of a calendar that was replaced or removed is `removed_at`.
    """

    raises_revision: ClassVar[bool] = False

    __tablename__ = "busy_intervals"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="order"),
        CheckConstraint("(person_id IS NULL) != (office_code IS NULL)", name="of_one"),
        Index("ix_busy_intervals_person_id_starts_at", "person_id", "starts_at"),
        Index("ix_busy_intervals_office_code_starts_at", "office_code", "starts_at"),
    )

    id: Mapped[UuidKey]
    calendar_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("busy_calendars.id", ondelete="RESTRICT"), index=True
    )
    person_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    office_code: Mapped[str | None] = mapped_column(String(32), ForeignKey("offices.code", ondelete="RESTRICT"))
    starts_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]
    removed_at: Mapped[dt.datetime | None]
