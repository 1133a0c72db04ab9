"""Documents: files kept in the database so that one backup holds everything, and the register of what they are."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import (
    Base,
    Digest,
    Guarded,
    Line,
    OptionalPartyCode,
    PartyCode,
    UuidKey,
    Versioned,
    one_of,
)
from app.models.sealed import Private, Sealed

HANDLING_STEPS = ("public", "parties", "delegations", "persons")
LANGUAGE_STATES = ("not_needed", "requested", "draft", "in_revision", "cleared", "authentic")
DOCUMENT_STATES = ("expected", "received", "withdrawn")
TEMPLATE_KINDS = ("agenda", "annotated_agenda", "minutes", "outcome")


class Document(Guarded, Base):
    """A paper as it was received: name, type by its content, and bytes."""

    __tablename__ = "documents"
    __table_args__ = (CheckConstraint("size > 0", name="size"),)

    id: Mapped[UuidKey]
    file_name: Mapped[Line]
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    digest: Mapped[Digest]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    owner_party: Mapped[OptionalPartyCode]
    added_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    added_at: Mapped[dt.datetime]


class RegisteredDocument(Guarded, Versioned, Base):
    """A document of a meeting or mechanism, whatever languages it is in: symbol, marking, handling step, due date.

    `symbol` (`UNC/2026/4/Rev.1`) is counted among documents of the same audience, so that no number betrays another;
    what only named persons read has none. `marking` is `marking_party`'s national one, word for word. `named` are the
    parties or persons of the two narrow handling steps. `due_on` is a day in the meeting's zone that was set by hand;
    without it the day is counted back from the meeting: `lead_weeks`, else the lead of its kind. Before `release_at`
    (an instant that was set in `release_zone`) it is under embargo.
    """

    __tablename__ = "registered_documents"
    __table_args__ = (
        one_of("kind", "paper", "agenda", "text", "report", name="kind"),
        one_of("state", *DOCUMENT_STATES, name="state"),
        one_of("handling_step", *HANDLING_STEPS, name="handling_step"),
        CheckConstraint("(release_at IS NULL) = (release_zone IS NULL)", name="release_with_zone"),
        CheckConstraint("(marking IS NULL) = (marking_party IS NULL)", name="marking_with_party"),
    )

    id: Mapped[UuidKey]
    symbol: Mapped[str | None] = mapped_column(String(64), unique=True)
    amends_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("registered_documents.id", ondelete="RESTRICT"), index=True
    )
    meeting_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True
    )
    mechanism_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("mechanisms.id", ondelete="RESTRICT"), index=True
    )
    kind: Mapped[str] = mapped_column(String(16), default="paper")
    state: Mapped[str] = mapped_column(String(16), default="expected")
    title: Mapped[dict[str, str]]
    original_language: Mapped[str] = mapped_column(String(8))
    owner_party: Mapped[OptionalPartyCode]
    marking: Mapped[str | None] = mapped_column(String(300))
    marking_party: Mapped[OptionalPartyCode]
    handling_step: Mapped[str] = mapped_column(String(16), default="parties")
    named: Mapped[list[str]] = mapped_column(default=list)
    due_on: Mapped[dt.date | None]
    lead_weeks: Mapped[int | None]
    release_at: Mapped[dt.datetime | None]
    release_zone: Mapped[str | None] = mapped_column(String(64))
    created_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    created_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]


class LanguageVersion(Guarded, Versioned, Base):
    """A document in one language: how far it is, and its file; `translated_from` is the language that it was made from.

    An older file stays in `documents`; the audit record says which it was.
    """

    __tablename__ = "language_versions"
    __table_args__ = (
        UniqueConstraint("document_id", "language"),
        one_of("state", *LANGUAGE_STATES, name="state"),
    )

    id: Mapped[UuidKey]
    document_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("registered_documents.id", ondelete="RESTRICT"), index=True
    )
    language: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(16))
    file_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("documents.id", ondelete="RESTRICT"), index=True)
    translated_from: Mapped[str | None] = mapped_column(String(8))
    due_on: Mapped[dt.date | None]
    changed_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    changed_at: Mapped[dt.datetime]


class ItemPaper(Guarded, Base):
    """That a document is a paper of an item; whoever may see the document sees this."""

    __tablename__ = "item_papers"
    __table_args__ = (UniqueConstraint("item_id", "document_id"),)

    id: Mapped[UuidKey]
    item_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("agenda_items.id", ondelete="RESTRICT"), index=True)
    document_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("registered_documents.id", ondelete="RESTRICT"), index=True
    )
    position: Mapped[int]
    removed: Mapped[bool] = mapped_column(default=False)


class NoteVerbale(Guarded, Versioned, Base):
    """A note verbale that a delegation sent or received, in its own register; `content` is JSON, sealed.

    `number` is the delegation's own count of a year for what goes out; `reference` is what the note calls itself.
    """

    __tablename__ = "notes_verbales"
    __table_args__ = (
        UniqueConstraint("owner_party", "direction", "year", "number"),
        one_of("direction", "out", "in", name="direction"),
    )

    id: Mapped[UuidKey]
    owner_party: Mapped[PartyCode]
    direction: Mapped[str] = mapped_column(String(8))
    year: Mapped[int]
    number: Mapped[int]
    reference: Mapped[str] = mapped_column(String(64))
    other_party: Mapped[OptionalPartyCode]
    dated_on: Mapped[dt.date]
    answer_due_on: Mapped[dt.date | None]
    answers_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("notes_verbales.id", ondelete="RESTRICT"))
    meeting_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True
    )
    content: Mapped[Private] = mapped_column(Sealed("notes_verbales.content"))
    file_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("documents.id", ondelete="RESTRICT"))
    created_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    created_at: Mapped[dt.datetime]


class PaperTemplate(Guarded, Base):
    """A text document that a secretariat, or a delegation, puts in place of our own form of a paper; its own to use."""

    __tablename__ = "paper_templates"
    __table_args__ = (one_of("kind", *TEMPLATE_KINDS, name="kind"),)

    id: Mapped[UuidKey]
    kind: Mapped[str] = mapped_column(String(24))
    owner_party: Mapped[OptionalPartyCode]
    owner_appointment: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("appointments.id", ondelete="RESTRICT")
    )
    file_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("documents.id", ondelete="RESTRICT"))
    added_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    added_at: Mapped[dt.datetime]
    replaced_at: Mapped[dt.datetime | None]
