"""The agenda of a meeting: its items, what was proposed for it, and the revisions that were issued."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Digest, Guarded, OptionalPartyCode, UuidKey, Versioned, one_of

ITEM_KINDS = (
    "opening",
    "adoption_of_agenda",
    "progress_since_last",
    "substance",
    "other_business",
    "adoption_of_outcome",
    "closing",
)
AGENDA_STATES = ("draft", "provisional", "adopted")
PROPOSAL_STATES = ("open", "taken", "merged", "declined", "withdrawn")


class AgendaItem(Guarded, Versioned, Base):
    """One item: what it is for, who leads, how long; `position` is dense from 1 within its series.

    An item for all of the meeting's parties has no `parties` and stands in the series of the meeting. One for some
    of them names them: it stands apart, in a series of these parties, and takes none of the meeting's time, so that
    neither a number nor an hour betrays it. `annotation` and `expected_result` are Markdown by language. One that came
    after the provisional agenda `is_supplementary`; other business has `announced_at`, or was never announced.
    """

    __tablename__ = "agenda_items"
    __table_args__ = (
        one_of("kind", *ITEM_KINDS, name="kind"),
        one_of("type", "information", "discussion", "decision", name="type"),
        CheckConstraint("minutes >= 0", name="minutes"),
        CheckConstraint("removed OR position >= 1", name="position"),
    )

    id: Mapped[UuidKey]
    meeting_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(32))
    type: Mapped[str] = mapped_column(String(16))
    title: Mapped[dict[str, str]]
    lead_party: Mapped[OptionalPartyCode]
    minutes: Mapped[int]
    removed: Mapped[bool] = mapped_column(default=False)
    parties: Mapped[list[str]] = mapped_column(default=list)
    proposed_by: Mapped[OptionalPartyCode]
    presenters: Mapped[str | None] = mapped_column(String(300))
    annotation: Mapped[dict[str, str]] = mapped_column(default=dict)
    expected_result: Mapped[dict[str, str]] = mapped_column(default=dict)
    is_supplementary: Mapped[bool] = mapped_column(default=False)
    announced_at: Mapped[dt.datetime | None]


class Agenda(Guarded, Versioned, Base):
    """The standing of a meeting's agenda; a meeting without one has a draft.

    `revision` is the number of the last one issued, 0 for none. The provisional agenda is due
    `provisional_days` before the meeting, supplementary items are taken until `supplementary_days` before it.
    """

    __tablename__ = "agendas"
    __table_args__ = (
        one_of("state", *AGENDA_STATES, name="state"),
        CheckConstraint("provisional_days >= supplementary_days AND supplementary_days >= 0", name="lead_times"),
        CheckConstraint("(state = 'adopted') = (adopted_at IS NOT NULL)", name="adopted_at_with_state"),
    )

    id: Mapped[UuidKey]
    meeting_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), unique=True)
    state: Mapped[str] = mapped_column(String(16), default="draft")
    revision: Mapped[int] = mapped_column(default=0)
    provisional_days: Mapped[int] = mapped_column(default=30)
    supplementary_days: Mapped[int] = mapped_column(default=14)
    issued_at: Mapped[dt.datetime | None]
    adopted_at: Mapped[dt.datetime | None]
    changed_at: Mapped[dt.datetime]


class AgendaRevision(Guarded, Base):
    """A revision of the provisional agenda as it was issued, or the agenda as it was adopted; never changed.

    It has the items of all the meeting's parties and no others.
    """

    __tablename__ = "agenda_revisions"
    __table_args__ = (
        UniqueConstraint("meeting_id", "number"),
        one_of("state", "provisional", "adopted", name="state"),
    )

    id: Mapped[UuidKey]
    meeting_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    content: Mapped[dict[str, Any]]
    digest: Mapped[Digest]
    issued_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    issued_at: Mapped[dt.datetime]


class ItemProposal(Guarded, Versioned, Base):
    """An item that a party (or the secretariat, then no party) proposes: for a meeting, or for a mechanism's backlog.

    It is seen by `parties`, or by all of the meeting's (of the mechanism's, in the backlog) where it names none.
    What became of it stays: the item that it was taken as or joined to, or why it was not.
    """

    __tablename__ = "item_proposals"
    __table_args__ = (
        one_of("type", "information", "discussion", "decision", name="type"),
        one_of("state", *PROPOSAL_STATES, name="state"),
        CheckConstraint("minutes >= 0", name="minutes"),
        CheckConstraint("meeting_id IS NOT NULL OR mechanism_id IS NOT NULL", name="of_something"),
    )

    id: Mapped[UuidKey]
    meeting_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True
    )
    mechanism_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("mechanisms.id", ondelete="RESTRICT"), index=True
    )
    party_code: Mapped[OptionalPartyCode]
    title: Mapped[dict[str, str]]
    type: Mapped[str] = mapped_column(String(16))
    minutes: Mapped[int]
    parties: Mapped[list[str]] = mapped_column(default=list)
    note: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16), default="open")
    is_late: Mapped[bool] = mapped_column(default=False)
    item_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("agenda_items.id", ondelete="RESTRICT"))
    reason: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    proposed_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
