"""What the machinery keeps: the outbox, repeated submits, heartbeats, and facts fixed at first start."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Guarded, SystemOnly, UuidKey


class OutboxMessage(SystemOnly, Base):
    """Something to be sent, written in the transaction that caused it; delivered at least once.

    It goes to somebody with an account, or to an entry of a roster. While `held_at` is set it waits for a person.
    `attempts` are those that ended without a word from the mail server, `failing_since` when it first refused.
    """

    __tablename__ = "outbox_messages"
    __table_args__ = (
        Index("ix_outbox_messages_due", "sent_at", "due_at"),
        CheckConstraint("(recipient_id IS NULL) != (entry_id IS NULL)", name="one_recipient"),
    )

    id: Mapped[UuidKey]
    kind: Mapped[str] = mapped_column(String(64))
    recipient_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    entry_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("roster_entries.id", ondelete="RESTRICT"))
    dispatch_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("dispatches.id", ondelete="RESTRICT"), index=True
    )
    held_at: Mapped[dt.datetime | None]
    subject_id: Mapped[str | None] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    leased_until: Mapped[dt.datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[dt.datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[dt.datetime | None]
    abandoned_at: Mapped[dt.datetime | None]


class Submission(Guarded, Base):
    """A form that was sent once: the same form sent again leads to the same result."""

    __tablename__ = "submissions"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    made_at: Mapped[dt.datetime]
    result: Mapped[str] = mapped_column(String(500))


class Heartbeat(SystemOnly, Base):
    """When the job worker last said that it lives."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    beat_at: Mapped[dt.datetime]


class InstanceFact(Base):
    """Something fixed at first start and never changed, such as the domain of calendar UIDs."""

    __tablename__ = "instance_facts"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(String(255))
