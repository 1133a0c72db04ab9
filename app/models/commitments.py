"""Commitments: promises of record that action items serve, and what each party says of them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Guarded, OptionalPartyCode, PartyCode, UuidKey, Versioned, one_of

COMMITMENT_ORIGINS = ("catalogue", "here")
COMMITMENT_KINDS = ("pledge", "practice", "repeat")
STATEMENT_KINDS = ("status", "contest")


class Commitment(Guarded, Versioned, Base):
    """A promise of record; its published facts are one document, as the catalogue writes them.

    `facts` is what is shown, `loaded_facts` what the catalogue said when it was last loaded (as with mechanisms).
    Only a `pledge` is counted; a `repeat` says again what `repeats_id` says. How it is accounted for (indicator,
    baseline, data source, sunset) is agreed by its owners in a decision.
    """

    __tablename__ = "commitments"
    __table_args__ = (
        one_of("origin", *COMMITMENT_ORIGINS, name="origin"),
        one_of("kind", *COMMITMENT_KINDS, name="kind"),
        CheckConstraint("(kind = 'repeat') = (repeats_id IS NOT NULL)", name="repeat_of"),
    )

    id: Mapped[UuidKey]
    ref: Mapped[str] = mapped_column(String(80), unique=True)
    origin: Mapped[str] = mapped_column(String(16), default="catalogue")
    kind: Mapped[str] = mapped_column(String(16), default="pledge")
    repeats_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("commitments.id", ondelete="RESTRICT"))
    mechanism_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("mechanisms.id", ondelete="RESTRICT"), index=True
    )
    meeting_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True
    )
    title: Mapped[dict[str, str]]
    owners: Mapped[list[str]]
    due_on: Mapped[dt.date | None] = mapped_column(Date)
    facts: Mapped[dict[str, Any]]
    loaded_facts: Mapped[dict[str, Any]]
    indicator: Mapped[str | None] = mapped_column(Text)
    baseline: Mapped[str | None] = mapped_column(Text)
    data_source: Mapped[str | None] = mapped_column(Text)
    sunset_on: Mapped[dt.date | None] = mapped_column(Date)
    sunset_reason: Mapped[str | None] = mapped_column(Text)
    created_by_party: Mapped[OptionalPartyCode]
    created_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]


class CommitmentAction(Guarded, Base):
    """That an action serves a commitment; seen by those who see the action. `ended_at` takes it back."""

    __tablename__ = "commitment_actions"
    __table_args__ = (UniqueConstraint("commitment_id", "action_id"),)

    id: Mapped[UuidKey]
    commitment_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("commitments.id", ondelete="RESTRICT"), index=True
    )
    action_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("actions.id", ondelete="RESTRICT"), index=True)
    made_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    made_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]


class CommitmentStatement(Guarded, Base):
    """What one party says of a commitment: where it stands with its part, or that it contests what is shown.

    A later statement of the same kind supersedes the one before; none is altered. `limits_met` says what stood in
    the way. `is_reported`: it came by note, mail or telephone and was entered for the party.
    """

    __tablename__ = "commitment_statements"
    __table_args__ = (
        one_of("kind", *STATEMENT_KINDS, name="kind"),
        CheckConstraint(
            "state IS NULL OR state IN ('open', 'under_way', 'blocked', 'done', 'verified', 'dropped')", name="state"
        ),
        CheckConstraint("(kind = 'status') = (state IS NOT NULL)", name="state_with_status"),
    )

    id: Mapped[UuidKey]
    commitment_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("commitments.id", ondelete="RESTRICT"), index=True
    )
    party_code: Mapped[PartyCode]
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str | None] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    limits_met: Mapped[str | None] = mapped_column(Text)
    as_of_on: Mapped[dt.date] = mapped_column(Date)
    evidence_url: Mapped[str | None] = mapped_column(String(2000))
    document_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("documents.id", ondelete="RESTRICT"))
    is_reported: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    made_at: Mapped[dt.datetime]
    withdrawn_at: Mapped[dt.datetime | None]
