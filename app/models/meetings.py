"""Meetings, what their parties answered, their sittings, and the drafts that come before."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import (
    Base,
    Code,
    Guarded,
    OptionalPartyCode,
    PartyCode,
    SystemOnly,
    UuidKey,
    Versioned,
    one_of,
)
from app.models.sealed import Private, Sealed

STATES = ("proposed", "confirmed", "held", "closed", "postponed", "cancelled")
FORMATS = ("in_person", "hybrid", "virtual", "unknown")
KINDS = ("session", "urgent", "preparatory", "panel", "side_session", "training", "exercise", "study_visit")


class Meeting(Guarded, Versioned, Base):
    """One convening of a mechanism, or of none; it exists from the moment it is proposed.

    `starts_at` and `ends_at` are the UTC instants that `starts_on starts_time` and `ends_on
    ends_time` had in `time_zone` under `tzdata_version`; a meeting of days without hours has no
    times, and its instants are the midnights that bound it. A postponed meeting without a new date
    keeps the instants it had and has `date_is_open`. `confirmed_at` is when the date it has was
    confirmed; one that is called off keeps it, one that is proposed again loses it. `parent_id` is the
    meeting that it prepares, is part of or is held beside, `event_id` the event on whose margins it is;
    `parent_starts_on` is that one's first day when this one's time was last set by it. `serves_on` is a
    day of the period that it was held for, where that is not the period of its first day.
    """

    __tablename__ = "meetings"
    __table_args__ = (
        one_of("state", *STATES, name="state"),
        one_of("format", *FORMATS, name="format"),
        one_of("kind", *KINDS, name="kind"),
        CheckConstraint("parent_id IS NULL OR event_id IS NULL", name="one_parent"),
        CheckConstraint("ends_on >= starts_on", name="days_in_order"),
        CheckConstraint("ends_at > starts_at", name="instants_in_order"),
        CheckConstraint("(starts_time IS NULL) = (ends_time IS NULL)", name="both_times_or_none"),
        Index("ix_meetings_starts_at_state", "starts_at", "state"),
        Index("ix_meetings_mechanism_id_starts_at", "mechanism_id", "starts_at"),
        Index("ix_meetings_state_starts_at", "state", "starts_at"),
    )

    id: Mapped[UuidKey]
    reference: Mapped[str] = mapped_column(String(64), unique=True)
    mechanism_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("mechanisms.id", ondelete="RESTRICT"))
    ordinal: Mapped[int | None]
    title: Mapped[dict[str, str]]
    state: Mapped[str] = mapped_column(String(16))
    format: Mapped[str] = mapped_column(String(16))
    place: Mapped[str | None] = mapped_column(String(300))
    conference_url: Mapped[str | None] = mapped_column(String(2000))
    time_zone: Mapped[Code]
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date]
    starts_time: Mapped[dt.time | None]
    ends_time: Mapped[dt.time | None]
    starts_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]
    tzdata_version: Mapped[str] = mapped_column(String(16))
    first_starts_on: Mapped[dt.date | None]
    first_starts_at: Mapped[dt.datetime | None]
    date_is_open: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None] = mapped_column(Text)
    proposed_by: Mapped[OptionalPartyCode]
    proposed_by_appointment: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("appointments.id", ondelete="RESTRICT")
    )
    source: Mapped[str | None] = mapped_column(Text)
    uid: Mapped[str] = mapped_column(String(255), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]
    cancelled_at: Mapped[dt.datetime | None]
    confirmed_at: Mapped[dt.datetime | None]
    kind: Mapped[str] = mapped_column(String(16), default="session")
    parent_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"))
    event_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("events.id", ondelete="RESTRICT"))
    parent_starts_on: Mapped[dt.date | None]
    serves_on: Mapped[dt.date | None]

    parties: Mapped[list[MeetingParty]] = relationship(
        back_populates="meeting",
        order_by="MeetingParty.party_code",
        primaryjoin="and_(MeetingParty.meeting_id == Meeting.id, MeetingParty.removed.is_(False))",
    )
    sittings: Mapped[list[Sitting]] = relationship(back_populates="meeting", order_by="Sitting.position")


# Few meetings are around another, on the margins of an event or held for another period: these leave out the others.
for _column in (Meeting.parent_id, Meeting.event_id, Meeting.serves_on):
    Index(
        f"ix_meetings_{_column.key}",
        _column,
        sqlite_where=_column.is_not(None),
        postgresql_where=_column.is_not(None),
    )


class MeetingParty(Guarded, Versioned, Base):
    """A party that was chosen for a meeting: whether it hosts, and what it answered.

    An answer is the party's own when its coordinator or head gave it; one that came by note, mail
    or telephone and was entered for it `is_reported` and does not confirm. A party that is chosen no
    more keeps its row, `removed`, with what it had answered.
    """

    __tablename__ = "meeting_parties"
    __table_args__ = (
        UniqueConstraint("meeting_id", "party_code"),
        one_of("hosting", "none", "host", "co_host", name="hosting"),
        CheckConstraint("answer IS NULL OR answer IN ('yes', 'no')", name="answer"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_at_with_answer"),
    )

    id: Mapped[UuidKey]
    meeting_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True)
    party_code: Mapped[PartyCode]
    hosting: Mapped[str] = mapped_column(String(8), default="none")
    answer: Mapped[str | None] = mapped_column(String(8))
    answered_at: Mapped[dt.datetime | None]
    answered_by: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    is_reported: Mapped[bool] = mapped_column(default=False)
    report_note: Mapped[str | None] = mapped_column(Text)
    report_document_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("documents.id", ondelete="RESTRICT"))

    removed: Mapped[bool] = mapped_column(default=False)

    meeting: Mapped[Meeting] = relationship(back_populates="parties")


class Sitting(Guarded, Base):
    """One day's part of a meeting, from an instant to an instant (UTC)."""

    __tablename__ = "sittings"
    __table_args__ = (
        UniqueConstraint("meeting_id", "position"),
        CheckConstraint("ends_at > starts_at", name="order"),
    )

    id: Mapped[UuidKey]
    meeting_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True)
    position: Mapped[int]
    starts_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]

    meeting: Mapped[Meeting] = relationship(back_populates="sittings")


class Draft(Guarded, Versioned, Base):
    """A meeting not yet proposed, or changes to one not yet published; its drafters' own, and sealed.

    `content` is JSON, encrypted under the key of the delegation (or secretariat) that drafts it.
    A draft that was proposed, published or discarded is kept, `ended_at` set.
    """

    __tablename__ = "drafts"
    __table_args__ = (one_of("kind", "meeting", "changes", name="kind"),)

    id: Mapped[UuidKey]
    kind: Mapped[str] = mapped_column(String(16))
    owner_party: Mapped[OptionalPartyCode]
    owner_appointment: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("appointments.id", ondelete="RESTRICT")
    )
    meeting_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True
    )
    meeting_version: Mapped[int | None]
    content: Mapped[Private] = mapped_column(Sealed("drafts.content"))
    created_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    created_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]


class ReferenceCounter(SystemOnly, Base):
    """The last number given out in one scope (`UNC-2026`, `UNC-2026-MXUS`)."""

    __tablename__ = "reference_counters"

    scope: Mapped[str] = mapped_column(String(80), primary_key=True)
    last: Mapped[int]
