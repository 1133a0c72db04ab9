"""Texts that are agreed word by word: paragraphs and their wordings, revisions, reservations, signatures, silence."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Digest, Guarded, OptionalPartyCode, PartyCode, UuidKey, Versioned, one_of
from app.models.documents import LANGUAGE_STATES
from app.models.sealed import Private, Sealed

OUTCOME_KINDS = (
    "joint_statement",
    "summary_of_conclusions",
    "minutes",
    "chairs_summary",
    "terms_of_reference",
    "agenda",
)
TEXT_STATES = ("draft", "under_silence", "adopted", "withdrawn")
NAME_ORDERS = ("host_first", "alternat", "alphabetical")
RESERVATION_KINDS = ("reservation", "footnote", "interpretative_statement", "explanation_of_position")
SIGNING_WAYS = ("signed", "ad_referendum")
SILENCE_STATES = ("circulated", "running", "held", "broken", "adopted", "withdrawn", "lapsed")
SILENCE_ANSWERS = ("objection", "agreement")


class AgreedText(Guarded, Versioned, Base):
    """A text that some parties agree word by word; `kind` decides whose agreement it needs.

    `content_hash` is that of its original language as it stands, `revision` the number of the last revision that was
    issued (0: none). With `needs_all_languages` nothing is adopted before each language is cleared; without, adoption
    is subject to translation. With `brackets_noted` it may be adopted with open brackets, which stay in it. An adopted
    text never changes: `corrects_id` and `replaces_id` say which one a corrigendum or a revision is of.
    `adopted_at` is the instant that adopted it: of the last signature needed, or the end of the silence.
    """

    __tablename__ = "texts"
    __table_args__ = (
        one_of("kind", *OUTCOME_KINDS, name="kind"),
        one_of("state", *TEXT_STATES, name="state"),
        one_of("name_order", *NAME_ORDERS, name="name_order"),
        CheckConstraint("adopted_way IS NULL OR adopted_way IN ('signatures', 'silence', 'chair')", name="adopted_way"),
        CheckConstraint("(state = 'adopted') = (adopted_at IS NOT NULL)", name="adopted_at_with_state"),
        CheckConstraint("(adopted_at IS NULL) = (adopted_way IS NULL)", name="adopted_way_with_at"),
        CheckConstraint("meeting_id IS NOT NULL OR mechanism_id IS NOT NULL", name="of_something"),
    )

    id: Mapped[UuidKey]
    reference: Mapped[str] = mapped_column(String(64), unique=True)
    meeting_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True
    )
    mechanism_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("mechanisms.id", ondelete="RESTRICT"), index=True
    )
    kind: Mapped[str] = mapped_column(String(32))
    title: Mapped[dict[str, str]]
    original_language: Mapped[str] = mapped_column(String(8))
    parties: Mapped[list[str]]
    state: Mapped[str] = mapped_column(String(16), default="draft")
    revision: Mapped[int] = mapped_column(default=0)
    content_hash: Mapped[Digest]
    needs_all_languages: Mapped[bool] = mapped_column(default=True)
    brackets_noted: Mapped[bool] = mapped_column(default=False)
    name_order: Mapped[str] = mapped_column(String(16), default="host_first")
    chair_party: Mapped[OptionalPartyCode]
    adopted_at: Mapped[dt.datetime | None]
    adopted_way: Mapped[str | None] = mapped_column(String(16))
    document_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("registered_documents.id", ondelete="RESTRICT")
    )
    corrects_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("texts.id", ondelete="RESTRICT"))
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("texts.id", ondelete="RESTRICT"))
    proposed_by: Mapped[OptionalPartyCode]
    created_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    created_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]


class TextParagraph(Guarded, Versioned, Base):
    """A paragraph of a text: its id never changes, its place does; `position` is dense from 1 among those that stand.

    `opened_brackets` counts the brackets that were ever opened in it.
    """

    __tablename__ = "text_paragraphs"
    __table_args__ = (
        one_of("kind", "paragraph", "heading", name="kind"),
        CheckConstraint("removed OR position >= 1", name="position"),
    )

    id: Mapped[UuidKey]
    text_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("texts.id", ondelete="RESTRICT"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16), default="paragraph")
    item_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("agenda_items.id", ondelete="RESTRICT"))
    opened_brackets: Mapped[int] = mapped_column(default=0)
    removed: Mapped[bool] = mapped_column(default=False)


class ParagraphWording(Guarded, Versioned, Base):
    """What a paragraph says in one language: Markdown, with brackets in the original and its translations alike.

    A translation was made `of_version` of the original's wording, and is out of date where that is another by now.
    """

    __tablename__ = "paragraph_wordings"
    __table_args__ = (UniqueConstraint("paragraph_id", "language"),)

    id: Mapped[UuidKey]
    paragraph_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("text_paragraphs.id", ondelete="RESTRICT"), index=True
    )
    text_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("texts.id", ondelete="RESTRICT"), index=True)
    language: Mapped[str] = mapped_column(String(8))
    markdown: Mapped[str] = mapped_column(Text)
    of_version: Mapped[int | None]
    changed_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    changed_party: Mapped[OptionalPartyCode]
    changed_at: Mapped[dt.datetime]


class TextRevision(Guarded, Base):
    """A revision of a text as it was issued, in all its languages, with the reservations that it had; never changed.

    `hashes` are those of each language by its code; `content_hash` is that of the original.
    """

    __tablename__ = "text_revisions"
    __table_args__ = (UniqueConstraint("text_id", "number"),)

    id: Mapped[UuidKey]
    text_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("texts.id", ondelete="RESTRICT"), index=True)
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    hashes: Mapped[dict[str, str]]
    content_hash: Mapped[Digest]
    note: Mapped[str | None] = mapped_column(Text)
    issued_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    issued_party: Mapped[OptionalPartyCode]
    issued_at: Mapped[dt.datetime]


class TextLanguage(Guarded, Versioned, Base):
    """How far a text is in one language; `due_on` is a day in the meeting's zone."""

    __tablename__ = "text_languages"
    __table_args__ = (UniqueConstraint("text_id", "language"), one_of("state", *LANGUAGE_STATES, name="state"))

    id: Mapped[UuidKey]
    text_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("texts.id", ondelete="RESTRICT"), index=True)
    language: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(16))
    due_on: Mapped[dt.date | None]
    changed_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    changed_at: Mapped[dt.datetime]


class TextComment(Guarded, Versioned, Base):
    """A remark on a text or a paragraph to all of its parties; one for the own delegation alone is an `InnerNote`."""

    __tablename__ = "text_comments"

    id: Mapped[UuidKey]
    text_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("texts.id", ondelete="RESTRICT"), index=True)
    paragraph_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("text_paragraphs.id", ondelete="RESTRICT"))
    party_code: Mapped[OptionalPartyCode]
    words: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8))
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    written_at: Mapped[dt.datetime]
    settled_at: Mapped[dt.datetime | None]
    removed: Mapped[bool] = mapped_column(default=False)


class Reservation(Guarded, Versioned, Base):
    """What a party appends to a text or a paragraph of it: travels with the text, in every language and export.

    `wording` is by language with its `original`. One that was withdrawn before adoption is kept and not printed.
    """

    __tablename__ = "reservations"
    __table_args__ = (one_of("kind", *RESERVATION_KINDS, name="kind"),)

    id: Mapped[UuidKey]
    text_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("texts.id", ondelete="RESTRICT"), index=True)
    paragraph_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("text_paragraphs.id", ondelete="RESTRICT"))
    party_code: Mapped[PartyCode]
    kind: Mapped[str] = mapped_column(String(32))
    wording: Mapped[dict[str, str]]
    made_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    made_at: Mapped[dt.datetime]
    withdrawn_at: Mapped[dt.datetime | None]


class TextSignature(Guarded, Versioned, Base):
    """That a party agrees to exactly this content, through its coordinator or head; never reported, never presumed.

    `excepted` are the ids of the paragraphs that it does not endorse. One that is given ad referendum counts from
    `confirmed_at` on, and lapses after `confirm_by_on`. Any edit of the text sets `voided_at`.
    """

    __tablename__ = "text_signatures"
    __table_args__ = (
        one_of("way", *SIGNING_WAYS, name="way"),
        CheckConstraint("(way = 'ad_referendum') = (confirm_by_on IS NOT NULL)", name="confirm_by_with_way"),
    )

    id: Mapped[UuidKey]
    text_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("texts.id", ondelete="RESTRICT"), index=True)
    revision_number: Mapped[int]
    party_code: Mapped[PartyCode]
    content_hash: Mapped[Digest]
    way: Mapped[str] = mapped_column(String(16))
    excepted: Mapped[list[str]] = mapped_column(default=list)
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    signed_at: Mapped[dt.datetime]
    confirm_by_on: Mapped[dt.date | None]
    confirmed_at: Mapped[dt.datetime | None]
    confirmed_by: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    voided_at: Mapped[dt.datetime | None]
    void_reason: Mapped[str | None] = mapped_column(String(64))


# A party has one signature on a text that stands.
_STANDS = TextSignature.voided_at.is_(None)
Index(
    "uq_text_signatures_standing",
    TextSignature.text_id,
    TextSignature.party_code,
    unique=True,
    sqlite_where=_STANDS,
    postgresql_where=_STANDS,
)


class Silence(Guarded, Versioned, Base):
    """A revision of a text under the silence procedure (OSCE Rules of Procedure 2006, Annex 1(A)).

    It is circulated to `parties`, and runs from the last of their receipts (`opened_at`), which fixes `ends_at`: the
    instant `until_at` that the chair wished (set in `time_zone`), or `hours` after the last receipt where that is
    later. An objection strictly before `ends_at` breaks it; unbroken then, the text is adopted at that instant,
    whenever `settled_at` it was recorded. A reported answer holds it for the chair to settle. It lapses where not all
    had received it.
    """

    __tablename__ = "silences"
    __table_args__ = (
        one_of("state", *SILENCE_STATES, name="state"),
        CheckConstraint("hours >= 1", name="hours"),
        CheckConstraint("(opened_at IS NULL) = (ends_at IS NULL)", name="ends_at_with_opened"),
        Index("ix_silences_state_ends_at", "state", "ends_at"),
    )

    id: Mapped[UuidKey]
    text_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("texts.id", ondelete="RESTRICT"), index=True)
    revision_number: Mapped[int]
    content_hash: Mapped[Digest]
    parties: Mapped[list[str]]
    state: Mapped[str] = mapped_column(String(16), default="circulated")
    hours: Mapped[int]
    until_at: Mapped[dt.datetime]
    time_zone: Mapped[str] = mapped_column(String(64))
    tzdata_version: Mapped[str] = mapped_column(String(16))
    circulated_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    circulated_party: Mapped[OptionalPartyCode]
    circulated_at: Mapped[dt.datetime]
    opened_at: Mapped[dt.datetime | None]
    ends_at: Mapped[dt.datetime | None]
    extended_count: Mapped[int] = mapped_column(default=0)
    settled_at: Mapped[dt.datetime | None]
    settle_note: Mapped[str | None] = mapped_column(Text)


# A text has one silence that is not over.
_IS_NOT_OVER = Silence.state.in_(("circulated", "running", "held"))
Index("uq_silences_standing", Silence.text_id, unique=True, sqlite_where=_IS_NOT_OVER, postgresql_where=_IS_NOT_OVER)


class SilenceReceipt(Guarded, Base):
    """That a party has received what is under silence: of its own word, or reported."""

    __tablename__ = "silence_receipts"
    __table_args__ = (UniqueConstraint("silence_id", "party_code"),)

    id: Mapped[UuidKey]
    silence_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("silences.id", ondelete="RESTRICT"), index=True)
    party_code: Mapped[PartyCode]
    received_at: Mapped[dt.datetime]
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    is_reported: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str | None] = mapped_column(Text)


class SilenceAnswer(Guarded, Versioned, Base):
    """What a party said while a silence ran: its written objection, or its early agreement.

    One that came by note, mail or telephone `is_reported`: it holds the adoption until the chair has settled it
    (`settled_at`), and is never silence kept.
    """

    __tablename__ = "silence_answers"
    __table_args__ = (
        one_of("kind", *SILENCE_ANSWERS, name="kind"),
        CheckConstraint("kind != 'objection' OR words IS NOT NULL", name="objection_in_writing"),
    )

    id: Mapped[UuidKey]
    silence_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("silences.id", ondelete="RESTRICT"), index=True)
    party_code: Mapped[PartyCode]
    kind: Mapped[str] = mapped_column(String(16))
    words: Mapped[str | None] = mapped_column(Text)
    is_reported: Mapped[bool] = mapped_column(default=False)
    document_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("documents.id", ondelete="RESTRICT"))
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    said_at: Mapped[dt.datetime]
    settled_at: Mapped[dt.datetime | None]
    settled_by: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))


class SilenceOptIn(Guarded, Versioned, Base):
    """That a party takes part in the silence procedure for one mechanism, until it ends that."""

    __tablename__ = "silence_opt_ins"

    id: Mapped[UuidKey]
    mechanism_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("mechanisms.id", ondelete="RESTRICT"), index=True)
    party_code: Mapped[PartyCode]
    opted_in_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    opted_in_at: Mapped[dt.datetime]
    ended_by: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    ended_at: Mapped[dt.datetime | None]


class Readout(Guarded, Base):
    """One party's own account of a meeting as it published it to the others; a later one replaces it."""

    __tablename__ = "readouts"
    __table_args__ = (UniqueConstraint("meeting_id", "party_code", "number"),)

    id: Mapped[UuidKey]
    meeting_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True)
    party_code: Mapped[PartyCode]
    number: Mapped[int]
    wording: Mapped[dict[str, str]]
    published_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    published_at: Mapped[dt.datetime]


class ReadoutDraft(Guarded, Versioned, Base):
    """A readout that a delegation is writing; its own, sealed; `content` is JSON."""

    raises_revision: ClassVar[bool] = False

    __tablename__ = "readout_drafts"
    __table_args__ = (UniqueConstraint("meeting_id", "owner_party"),)

    id: Mapped[UuidKey]
    meeting_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True)
    owner_party: Mapped[PartyCode]
    content: Mapped[Private] = mapped_column(Sealed("readout_drafts.content"))
    changed_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    changed_at: Mapped[dt.datetime]
