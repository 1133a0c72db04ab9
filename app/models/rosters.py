"""Rosters: who goes to one meeting for each delegation, in which order, and who was there."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import ClassVar

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Code, Guarded, Line, PartyCode, UuidKey, Versioned, one_of

ROSTER_ROLES = ("head", "alternate", "adviser", "interpreter", "liaison", "support")
LEVELS = ("leader", "minister", "deputy_minister", "assistant_secretary", "director_general", "director", "expert")
ROSTER_STATES = ("proposed", "approved", "refused", "withdrawn")


class RosterEntry(Guarded, Versioned, Base):
    """A person who goes to a meeting for a party, with an account or without.

    Proposed by anybody of the delegation, and its own until its coordinator or head approves: then the row is pointed
    at the audience of the meeting's parties. `acts_for_id` is whom an alternate represents. A refused or withdrawn
    entry is kept. `reply` is what the person said to the invitation.
    """

    __tablename__ = "roster_entries"
    __table_args__ = (
        one_of("role", *ROSTER_ROLES, name="role"),
        one_of("state", *ROSTER_STATES, name="state"),
        one_of("mode", "in_person", "remote", name="mode"),
        CheckConstraint("reply IS NULL OR reply IN ('accepted', 'tentative', 'declined')", name="reply"),
        one_of("expected_level", *LEVELS, name="expected_level"),  # or NULL, which no CHECK refuses
        one_of("actual_level", *LEVELS, name="actual_level"),
    )

    id: Mapped[UuidKey]
    meeting_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True)
    party_code: Mapped[PartyCode]
    role: Mapped[str] = mapped_column(String(16))
    position: Mapped[int] = mapped_column(default=1)
    name: Mapped[Line]
    title: Mapped[str | None] = mapped_column(String(300))
    office_code: Mapped[str | None] = mapped_column(String(32), ForeignKey("offices.code", ondelete="RESTRICT"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"), index=True)
    acts_for_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("roster_entries.id", ondelete="RESTRICT"))
    acts_for_name: Mapped[str | None] = mapped_column(String(300))
    expected_level: Mapped[str | None] = mapped_column(String(32))
    actual_level: Mapped[str | None] = mapped_column(String(32))
    mode: Mapped[str] = mapped_column(String(16), default="in_person")
    credentials_on: Mapped[dt.date | None] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(16), default="proposed")
    reply: Mapped[str | None] = mapped_column(String(16))
    replied_at: Mapped[dt.datetime | None]
    proposed_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    proposed_at: Mapped[dt.datetime]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    decided_at: Mapped[dt.datetime | None]


class RosterAddress(Guarded, Base):
    """Where somebody on a roster who has no account is written to; their own delegation's alone."""

    raises_revision: ClassVar[bool] = False

    __tablename__ = "roster_addresses"
    __table_args__ = (one_of("language", "en", "es", "fr", name="language"),)

    id: Mapped[UuidKey]
    entry_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("roster_entries.id", ondelete="RESTRICT"), unique=True)
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2), default="en")
    time_zone: Mapped[Code]


class RosterAttendance(Guarded, Base):
    """Whether somebody was there on one day of a meeting (a day of the meeting's own zone)."""

    __tablename__ = "roster_attendances"
    __table_args__ = (
        UniqueConstraint("entry_id", "sat_on"),
        one_of("presence", "present", "remote", "absent", name="presence"),
    )

    id: Mapped[UuidKey]
    meeting_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True)
    entry_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("roster_entries.id", ondelete="RESTRICT"))
    sat_on: Mapped[dt.date] = mapped_column(Date)
    presence: Mapped[str] = mapped_column(String(16))
    recorded_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    recorded_at: Mapped[dt.datetime]


class MeetingProtocol(Guarded, Versioned, Base):
    """In which order the parties of a meeting are named and seated, and the level that it is held at.

    `precedence` is rotating (from `first_party` on, in the mechanism's order) or alphabetical in `language`, the
    host's.
    """

    raises_revision: ClassVar[bool] = False

    __tablename__ = "meeting_protocols"
    __table_args__ = (
        one_of("precedence", "rotating", "alphabetical", name="precedence"),
        one_of("language", "en", "es", "fr", name="language"),
        one_of("expected_level", *LEVELS, name="expected_level"),
    )

    id: Mapped[UuidKey]
    meeting_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), unique=True)
    precedence: Mapped[str] = mapped_column(String(16), default="alphabetical")
    language: Mapped[str] = mapped_column(String(2), default="en")
    first_party: Mapped[str | None] = mapped_column(String(16), ForeignKey("parties.code", ondelete="RESTRICT"))
    expected_level: Mapped[str | None] = mapped_column(String(32))
    changed_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    changed_at: Mapped[dt.datetime]
