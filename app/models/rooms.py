"""Holding a meeting: the room, which item is taken, what is captured for the minutes, and what the meeting found."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Guarded, OptionalPartyCode, UuidKey, Versioned, one_of

ENTRY_KINDS = ("conclusion", "decision", "action", "point")


class Room(Guarded, Versioned, Base):
    """A meeting as it is held: open or closed, the item that is taken, and whether words have a speaker.

    `beat` rises with each change that others see, so that a page can ask whether there is any. Not `is_attributed`:
    neither speakers nor participants are named in anything that comes out of it (Chatham House Rule).
    """

    raises_revision: ClassVar[bool] = False

    __tablename__ = "rooms"
    __table_args__ = (
        one_of("state", "open", "closed", name="state"),
        CheckConstraint("(current_item_id IS NULL) = (item_started_at IS NULL)", name="started_at_with_item"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_at_with_state"),
    )

    id: Mapped[UuidKey]
    meeting_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), unique=True)
    state: Mapped[str] = mapped_column(String(16), default="open")
    chair_party: Mapped[OptionalPartyCode]
    is_attributed: Mapped[bool] = mapped_column(default=True)
    current_item_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("agenda_items.id", ondelete="RESTRICT"))
    item_started_at: Mapped[dt.datetime | None]
    opened_at: Mapped[dt.datetime]
    closed_at: Mapped[dt.datetime | None]
    beat: Mapped[int] = mapped_column(default=0)


class ItemTaken(Guarded, Versioned, Base):
    """When an item was taken, and until when; one that was taken up again has a row of its own."""

    raises_revision: ClassVar[bool] = False

    __tablename__ = "items_taken"
    __table_args__ = (CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name="order"),)

    id: Mapped[UuidKey]
    meeting_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True)
    item_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("agenda_items.id", ondelete="RESTRICT"))
    started_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]


class MinuteEntry(Guarded, Versioned, Base):
    """Something captured for the minutes: a conclusion, a decision, an action item, a point that was made.

    Its id is made by the note-taker's page, so that one that is sent twice is there once. What is captured is seen
    by those who see its item, and is not agreed before the minutes are. It has a speaker only where the room
    attributes. An action that was recorded from it is `action_id`.
    """

    raises_revision: ClassVar[bool] = False

    __tablename__ = "minute_entries"
    __table_args__ = (
        one_of("kind", *ENTRY_KINDS, name="kind"),
        CheckConstraint("position >= 1", name="position"),
    )

    id: Mapped[UuidKey]
    meeting_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True)
    item_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("agenda_items.id", ondelete="RESTRICT"))
    kind: Mapped[str] = mapped_column(String(16))
    position: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8))
    speaker_party: Mapped[OptionalPartyCode]
    speaker: Mapped[str | None] = mapped_column(String(300))
    owed_by: Mapped[list[str]] = mapped_column(default=list)
    due_on: Mapped[dt.date | None]
    action_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("actions.id", ondelete="RESTRICT"))
    paragraph_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("text_paragraphs.id", ondelete="RESTRICT"))
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    written_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]
    removed: Mapped[bool] = mapped_column(default=False)


class BestPractice(Guarded, Versioned, Base):
    """A practice that a meeting found good, in its mechanism's register; `found_in` are the parties that keep it."""

    __tablename__ = "best_practices"

    id: Mapped[UuidKey]
    meeting_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True)
    mechanism_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("mechanisms.id", ondelete="RESTRICT"), index=True
    )
    item_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("agenda_items.id", ondelete="RESTRICT"))
    title: Mapped[dict[str, str]]
    words: Mapped[dict[str, str]]
    found_in: Mapped[list[str]] = mapped_column(default=list)
    recorded_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    recorded_at: Mapped[dt.datetime]
    removed: Mapped[bool] = mapped_column(default=False)
