"""Decisions that need the yes of every named party, what each answered, and what one party says of a fact alone."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Digest, Guarded, OptionalPartyCode, PartyCode, UuidKey, Versioned, one_of

DECISION_KINDS = (
    "entry",
    "facts",
    "not_held",
    "merge",
    "hosting",
    "appointment",
    "release",
    "commitment",
    "agenda",
    "topic",
)
DECISION_STATES = ("open", "taken", "withdrawn")


class Decision(Guarded, Versioned, Base):
    """Something that holds once each of `parties` has said yes; until then what stood before stands.

    `content` is what would be, in the form that its kind asks for; `subject_id` the row that it is on, where
    that is neither its mechanism nor its meeting. A no is no end: it can become a yes until it is withdrawn.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        one_of("kind", *DECISION_KINDS, name="kind"),
        one_of("state", *DECISION_STATES, name="state"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_at_with_state"),
    )

    id: Mapped[UuidKey]
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16), default="open", index=True)
    mechanism_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("mechanisms.id", ondelete="RESTRICT"), index=True
    )
    meeting_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True
    )
    subject_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, index=True)
    content: Mapped[dict[str, Any]]
    note: Mapped[str | None] = mapped_column(Text)
    parties: Mapped[list[str]]
    asked_by_party: Mapped[OptionalPartyCode]
    asked_by_appointment: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("appointments.id", ondelete="RESTRICT")
    )
    asked_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    asked_at: Mapped[dt.datetime]
    decided_at: Mapped[dt.datetime | None]

    answers: Mapped[list[DecisionAnswer]] = relationship(
        back_populates="decision", order_by="DecisionAnswer.party_code"
    )


class DecisionAnswer(Guarded, Versioned, Base):
    """What one party answered, through its coordinator or head."""

    __tablename__ = "decision_answers"
    __table_args__ = (UniqueConstraint("decision_id", "party_code"), one_of("answer", "yes", "no", name="answer"))

    id: Mapped[UuidKey]
    decision_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("decisions.id", ondelete="RESTRICT"), index=True)
    party_code: Mapped[PartyCode]
    answer: Mapped[str] = mapped_column(String(8))
    note: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    answered_at: Mapped[dt.datetime]

    decision: Mapped[Decision] = relationship(back_populates="answers")


class FactStatement(Guarded, Base):
    """A party's word on one fact of a mechanism as it stood: it confirms it, or contests it and says why.

    A correction, which would change the fact, is a `Decision`. `value_digest` is of the fact that was meant: a
    statement on a fact that has changed since is history. `withdrawn_at` ends one.
    """

    __tablename__ = "fact_statements"
    __table_args__ = (one_of("kind", "confirm", "contest", name="kind"),)

    id: Mapped[UuidKey]
    mechanism_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("mechanisms.id", ondelete="RESTRICT"), index=True)
    field: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(16))
    value_digest: Mapped[Digest]
    note: Mapped[str | None] = mapped_column(Text)
    party_code: Mapped[PartyCode]
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    made_at: Mapped[dt.datetime]
    withdrawn_at: Mapped[dt.datetime | None]
