"""Finding a date: plans for one, and the polls in which delegations say which slots they can keep."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import ClassVar

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Code, Guarded, OptionalPartyCode, PartyCode, UuidKey, Versioned, one_of
from app.models.sealed import Private, Sealed

POLL_STATES = ("open", "closed", "chosen", "withdrawn")
SEAT_KINDS = ("delegation", "office", "person")
POLL_ANSWERS = ("yes", "if_need_be", "no")


class DatePlan(Guarded, Versioned, Base):
    """What somebody looks for a date for: its planners' own, and sealed.

    It is of a draft or of a meeting. `content` is JSON, encrypted under the key of the delegation (or secretariat)
    that plans. `ended_at` is when a date or a poll came of it, or when it was discarded.
    """

    __tablename__ = "date_plans"
    __table_args__ = (CheckConstraint("(draft_id IS NULL) != (meeting_id IS NULL)", name="of_one"),)

    id: Mapped[UuidKey]
    owner_party: Mapped[OptionalPartyCode]
    owner_appointment: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("appointments.id", ondelete="RESTRICT")
    )
    draft_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("drafts.id", ondelete="RESTRICT"), index=True)
    meeting_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True
    )
    content: Mapped[Private] = mapped_column(Sealed("date_plans.content"))
    created_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    created_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]


class Poll(Guarded, Versioned, Base):
    """Slots put to the delegations of chosen parties, until an instant in a zone; counted by delegation.

    It is made by a party or an appointment, of a meeting or of a draft of its makers' (whose id leads nobody else
    anywhere); once a slot was chosen, `meeting_id` is what became of it. Its parties never change. While
    `is_hidden`, nobody is told what another delegation answered before the poll is closed.
    """

    __tablename__ = "polls"
    __table_args__ = (
        one_of("state", *POLL_STATES, name="state"),
        one_of("format", "in_person", "hybrid", "virtual", "unknown", name="format"),
        CheckConstraint("(owner_party IS NULL) != (owner_appointment IS NULL)", name="one_owner"),
        CheckConstraint("days_count BETWEEN 1 AND 5", name="days_count"),
        CheckConstraint("minutes IS NULL OR minutes BETWEEN 30 AND 1440", name="minutes"),
    )

    id: Mapped[UuidKey]
    reference: Mapped[str] = mapped_column(String(80), unique=True)
    mechanism_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("mechanisms.id", ondelete="RESTRICT"))
    meeting_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True
    )
    draft_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("drafts.id", ondelete="RESTRICT"), index=True)
    owner_party: Mapped[OptionalPartyCode]
    owner_appointment: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("appointments.id", ondelete="RESTRICT")
    )
    title: Mapped[dict[str, str]]
    format: Mapped[str] = mapped_column(String(16))
    place: Mapped[str | None] = mapped_column(String(300))
    time_zone: Mapped[Code]
    days_count: Mapped[int] = mapped_column(default=1)
    minutes: Mapped[int | None]
    parties: Mapped[list[str]]
    required_parties: Mapped[list[str]]
    note: Mapped[str | None] = mapped_column(Text)
    closes_at: Mapped[dt.datetime] = mapped_column(index=True)
    closes_zone: Mapped[Code]
    is_hidden: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(16), default="open")
    chosen_slot_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    reason: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    created_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]
    reminded_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]

    slots: Mapped[list[PollSlot]] = relationship(back_populates="poll", order_by="PollSlot.starts_at, PollSlot.id")
    seats: Mapped[list[PollSeat]] = relationship(
        back_populates="poll", order_by="PollSeat.party_code, PollSeat.position"
    )


class PollSlot(Guarded, Base):
    """One time that is put to the delegations: days in the poll's zone, with the daily hours or without.

    `starts_at` and `ends_at` are the UTC instants that bound it. One that is `withdrawn_at` keeps its answers.
    """

    __tablename__ = "poll_slots"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="days_in_order"),
        CheckConstraint("ends_at > starts_at", name="instants_in_order"),
        CheckConstraint("(starts_time IS NULL) = (ends_time IS NULL)", name="both_times_or_none"),
    )

    id: Mapped[UuidKey]
    poll_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("polls.id", ondelete="RESTRICT"), index=True)
    starts_on: Mapped[dt.date] = mapped_column(Date)
    ends_on: Mapped[dt.date] = mapped_column(Date)
    starts_time: Mapped[dt.time | None]
    ends_time: Mapped[dt.time | None]
    starts_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]
    added_at: Mapped[dt.datetime]
    withdrawn_at: Mapped[dt.datetime | None]

    poll: Mapped[Poll] = relationship(back_populates="slots")


class PollSeat(Guarded, Base):
    """Whom a poll asks of a delegation: the delegation itself, an office, or a principal by name.

    The seats that the poll's makers name are seen by all who see the poll; those that a delegation adds for itself
    are its own (`is_inner`) and never counted. `late_counted_at` is when the makers let a late answer count.
    """

    __tablename__ = "poll_seats"
    __table_args__ = (
        one_of("kind", *SEAT_KINDS, name="kind"),
        CheckConstraint("(kind = 'office') = (office_code IS NOT NULL)", name="office_with_kind"),
        CheckConstraint("kind != 'person' OR name IS NOT NULL", name="name_with_kind"),
    )

    id: Mapped[UuidKey]
    poll_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("polls.id", ondelete="RESTRICT"), index=True)
    party_code: Mapped[PartyCode]
    position: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str] = mapped_column(String(16))
    office_code: Mapped[str | None] = mapped_column(String(32), ForeignKey("offices.code", ondelete="RESTRICT"))
    name: Mapped[str | None] = mapped_column(String(300))
    person_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    is_required: Mapped[bool] = mapped_column(default=True)
    is_inner: Mapped[bool] = mapped_column(default=False)
    late_counted_at: Mapped[dt.datetime | None]
    late_counted_by: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))

    poll: Mapped[Poll] = relationship(back_populates="seats")


class PollProxy(Guarded, Base):
    """Who answers for a seat, by the word of its delegation; its own. Without one, anybody of the delegation may."""

    raises_revision: ClassVar[bool] = False

    __tablename__ = "poll_proxies"

    id: Mapped[UuidKey]
    seat_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("poll_seats.id", ondelete="RESTRICT"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    named_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    named_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]


class PollResponse(Guarded, Versioned, Base):
    """What one seat answered, in time or late: its own delegation's to see, and counted without being shown.

    One that is reported was entered for another party, with what bears it out, and is seen by all who see the poll.
    `speaks` says whether a coordinator or head gave it. An answer after the deadline is a row of its own.
    """

    raises_revision: ClassVar[bool] = False

    __tablename__ = "poll_responses"
    __table_args__ = (
        UniqueConstraint("seat_id", "is_late", "is_reported"),
        CheckConstraint("is_reported OR report_note IS NULL", name="note_of_report"),
    )

    id: Mapped[UuidKey]
    poll_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("polls.id", ondelete="RESTRICT"), index=True)
    seat_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("poll_seats.id", ondelete="RESTRICT"))
    party_code: Mapped[PartyCode]
    is_late: Mapped[bool] = mapped_column(default=False)
    is_reported: Mapped[bool] = mapped_column(default=False)
    speaks: Mapped[bool] = mapped_column(default=False)
    report_note: Mapped[str | None] = mapped_column(Text)
    report_document_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("documents.id", ondelete="RESTRICT"))
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    answered_at: Mapped[dt.datetime]

    answers: Mapped[list[PollAnswer]] = relationship(back_populates="response")


class PollAnswer(Guarded, Base):
    """What one seat said to one slot; in the audience of its response."""

    raises_revision: ClassVar[bool] = False

    __tablename__ = "poll_answers"
    __table_args__ = (
        UniqueConstraint("response_id", "slot_id"),
        one_of("value", *POLL_ANSWERS, name="value"),
    )

    id: Mapped[UuidKey]
    response_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("poll_responses.id", ondelete="RESTRICT"))
    slot_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("poll_slots.id", ondelete="RESTRICT"), index=True)
    value: Mapped[str] = mapped_column(String(16))

    response: Mapped[PollResponse] = relationship(back_populates="answers")


class PollNote(Guarded, Base):
    """A note beside an answer that all who see the poll may read."""

    raises_revision: ClassVar[bool] = False

    __tablename__ = "poll_notes"

    id: Mapped[UuidKey]
    poll_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("polls.id", ondelete="RESTRICT"), index=True)
    slot_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("poll_slots.id", ondelete="RESTRICT"))
    party_code: Mapped[OptionalPartyCode]
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    written_at: Mapped[dt.datetime]
    withdrawn_at: Mapped[dt.datetime | None]


class PollInnerNote(Guarded, Base):
    """A note beside an answer for one's own delegation alone, sealed under its key."""

    raises_revision: ClassVar[bool] = False

    __tablename__ = "poll_inner_notes"

    id: Mapped[UuidKey]
    poll_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("polls.id", ondelete="RESTRICT"), index=True)
    slot_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("poll_slots.id", ondelete="RESTRICT"))
    owner_party: Mapped[PartyCode]
    text: Mapped[Private] = mapped_column(Sealed("poll_inner_notes.text"))
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    written_at: Mapped[dt.datetime]
    withdrawn_at: Mapped[dt.datetime | None]
