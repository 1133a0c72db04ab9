"""Action items: who does what by when, with one leg per party that owes something."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Guarded, OptionalPartyCode, PartyCode, UuidKey, Versioned, one_of

LEG_STATES = ("open", "under_way", "blocked", "done", "verified", "dropped")


class Action(Guarded, Versioned, Base):
    """A promise to do something, recorded at a meeting or alone."""

    __tablename__ = "actions"

    id: Mapped[UuidKey]
    reference: Mapped[str] = mapped_column(String(80), unique=True)
    meeting_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True
    )
    mechanism_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("mechanisms.id", ondelete="RESTRICT"), index=True
    )
    title: Mapped[dict[str, str]]
    created_by_party: Mapped[OptionalPartyCode]
    created_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]

    legs: Mapped[list[Leg]] = relationship(back_populates="action", order_by="Leg.party_code")
    notes: Mapped[list[ActionNote]] = relationship(back_populates="action", order_by="ActionNote.created_at")


class Leg(Guarded, Versioned, Base):
    """What one party owes of an action: the office and person who do it, by when, and how far they are.

    A leg that another party wrote down is not accepted until its own party writes to it.
    """

    __tablename__ = "legs"
    __table_args__ = (UniqueConstraint("action_id", "party_code"), one_of("state", *LEG_STATES, name="state"))

    id: Mapped[UuidKey]
    action_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("actions.id", ondelete="RESTRICT"), index=True)
    party_code: Mapped[PartyCode] = mapped_column(index=True)
    office_code: Mapped[str | None] = mapped_column(String(32), ForeignKey("offices.code", ondelete="RESTRICT"))
    person_name: Mapped[str | None] = mapped_column(String(300))
    due_on: Mapped[dt.date | None] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(16), default="open")
    reason: Mapped[str | None] = mapped_column(Text)
    is_accepted: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[dt.datetime]

    action: Mapped[Action] = relationship(back_populates="legs")


class ActionNote(Guarded, Base):
    """A dated note on an action, never altered: a later one may supersede it."""

    __tablename__ = "action_notes"

    id: Mapped[UuidKey]
    action_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("actions.id", ondelete="RESTRICT"), index=True)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    party_code: Mapped[OptionalPartyCode]
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    supersedes_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("action_notes.id", ondelete="RESTRICT"))
    created_at: Mapped[dt.datetime]

    action: Mapped[Action] = relationship(back_populates="notes")
