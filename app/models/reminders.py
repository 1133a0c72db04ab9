"""Reminders of what is due: who let them come by themselves, and each one, so that none is sent twice."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import ClassVar

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Guarded, PartyCode, UuidKey, Versioned, one_of

REMINDER_STAGES = ("before", "on", "after", "coordinator")
REMINDER_STATES = ("prepared", "queued", "sent", "withheld")


class ReminderConsent(Guarded, Base):
    """A party's leave, given by its coordinator or head, that reminders from others come without being looked at."""

    __tablename__ = "reminder_consents"

    id: Mapped[UuidKey]
    party_code: Mapped[PartyCode]
    given_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    given_at: Mapped[dt.datetime]
    ended_by: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    ended_at: Mapped[dt.datetime | None]


class Reminder(Guarded, Versioned, Base):
    """One reminder of one leg to one person, at one stage of one due day: the unique key is what holds it to once.

    One that crosses to another government than that which recorded the action, without that government's leave,
    stays `prepared` until a secretariat sends or withholds it; `note` is what the secretariat adds.
    """

    raises_revision: ClassVar[bool] = False  # no feed shows them

    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint("leg_id", "stage", "due_on", "recipient_id"),
        one_of("stage", *REMINDER_STAGES, name="stage"),
        one_of("state", *REMINDER_STATES, name="state"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_at_with_state"),
    )

    id: Mapped[UuidKey]
    action_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("actions.id", ondelete="RESTRICT"), index=True)
    leg_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("legs.id", ondelete="RESTRICT"))
    stage: Mapped[str] = mapped_column(String(16))
    due_on: Mapped[dt.date] = mapped_column(Date)
    recipient_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"), index=True)
    crosses: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(16), default="prepared", index=True)
    note: Mapped[str | None] = mapped_column(Text)
    prepared_at: Mapped[dt.datetime]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    sent_at: Mapped[dt.datetime | None]
    answered_at: Mapped[dt.datetime | None]
