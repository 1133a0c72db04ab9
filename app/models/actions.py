"""Action items: who does what by when, with one leg per party that owes something."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    ScalarSelect,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    and_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, aliased, foreign, mapped_column, relationship, validates

from app.domain.action_query_words import folded
from app.models.base import Base, Guarded, OptionalPartyCode, PartyCode, UuidKey, Versioned, one_of
from app.models.sealed import Private, Sealed

LEG_STATES = ("open", "under_way", "blocked", "done", "verified", "dropped")
ACTION_KINDS = ("task", "evaluation", "data_exchange", "protocol", "exercise", "candidature")
PRIORITIES = ("low", "normal", "high")
HORIZONS = ("immediate", "long_term")
DUE_BASES = ("none", "date", "next_meeting", "clock")
ENDINGS = ("closed", "merged", "split", "withdrawn")
NOTE_KINDS = ("note", "no_change", "reported")
NOTE_WAYS = ("page", "link")
LINK_KINDS = ("blocks", "follows", "same_as", "merged_into", "split_from")
CARRY_OUTCOMES = ("closed", "carried", "merged", "split")


class Action(Guarded, Versioned, Base):
    """A promise to do something, recorded at a meeting, from a commitment, or alone.

    `body` says more than the title, `conclusion` is the sentence of a conclusion that it comes from; both texts
    by language, with the `original`. `kind_facts` are what its kind asks for, `due_basis` says how its days are
    found, `clock` the clock that they count by. `state`, `due_on` and `news_at` are read from its legs and notes
    and kept for lists by `settle` of `app.services.action_whole`; nobody else writes them. One that ended stays:
    `ended_as` closed, merged or split at a meeting, or withdrawn with the import that brought it.
    """

    __tablename__ = "actions"
    __table_args__ = (
        one_of("kind", *ACTION_KINDS, name="kind"),
        one_of("priority", *PRIORITIES, name="priority"),
        one_of("due_basis", *DUE_BASES, name="due_basis"),
        one_of("state", *LEG_STATES, name="state"),
        CheckConstraint("horizon IS NULL OR horizon IN ('immediate', 'long_term')", name="horizon"),
        CheckConstraint("ended_as IS NULL OR ended_as IN ('closed', 'merged', 'split', 'withdrawn')", name="ended_as"),
        CheckConstraint("(ended_as IS NULL) = (ended_at IS NULL)", name="ended_at_with_ending"),
        Index("ix_actions_due_on_reference", "due_on", "reference"),
        Index("ix_actions_mechanism_id_due_on", "mechanism_id", "due_on"),
        Index("ix_actions_news_at_reference", "news_at", "reference"),
        Index("ix_actions_changed_at_reference", "changed_at", "reference"),
    )

    id: Mapped[UuidKey]
    reference: Mapped[str] = mapped_column(String(80), unique=True)
    meeting_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True
    )
    mechanism_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("mechanisms.id", ondelete="RESTRICT"))
    title: Mapped[dict[str, str]]
    created_by_party: Mapped[OptionalPartyCode]
    created_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]
    body: Mapped[dict[str, str] | None]
    kind: Mapped[str] = mapped_column(String(16), default="task")
    kind_facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    lead_party: Mapped[OptionalPartyCode]
    priority: Mapped[str] = mapped_column(String(8), default="normal")
    horizon: Mapped[str | None] = mapped_column(String(16))
    agenda_item_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("agenda_items.id", ondelete="RESTRICT"))
    conclusion: Mapped[dict[str, str] | None]
    due_basis: Mapped[str] = mapped_column(String(16), default="none")
    clock: Mapped[dict[str, Any] | None]
    state: Mapped[str] = mapped_column(String(16), default="open")
    due_on: Mapped[dt.date | None] = mapped_column(Date)
    news_at: Mapped[dt.datetime] = mapped_column(default=lambda context: context.get_current_parameters()["created_at"])
    ended_as: Mapped[str | None] = mapped_column(String(16))
    ended_at: Mapped[dt.datetime | None]
    batch_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("action_batches.id", ondelete="RESTRICT"), index=True
    )

    found_by: Mapped[str] = mapped_column(Text, default=lambda context: found_by(**context.get_current_parameters()))

    legs: Mapped[list[Leg]] = relationship(back_populates="action", order_by="Leg.party_code")
    notes: Mapped[list[ActionNote]] = relationship(back_populates="action", order_by="ActionNote.created_at")

    latest_note: Mapped[ActionNote | None] = relationship(
        primaryjoin=lambda: and_(
            Action.id == foreign(ActionNote.action_id), ActionNote.id == _latest_of(ActionNote.action_id)
        ),
        viewonly=True,
        uselist=False,
    )

    @validates("reference", "title")
    def _keep_words(self, name: str, value: Any) -> Any:
        self.found_by = found_by(**{"reference": self.reference, "title": self.title, name: value})
        return value


def found_by(reference: str | None = None, title: dict[str, str] | None = None, **_others: object) -> str:
    """Return what words are looked for in of an action: its reference, and its title in each language."""
    said = [text for language, text in (title or {}).items() if language != "original"]
    return " | ".join(folded(text) for text in [reference or "", *said])


# Lists of what is still to be done read these in order from the first one on; `owed_as_a_whole` of
# `app.services.action_whole` writes the same condition, by which alone an index of some rows is found.
for _name, _columns in {
    "due_on_reference": (Action.due_on, Action.reference),
    "mechanism_id_due_on": (Action.mechanism_id, Action.due_on, Action.reference),
    "news_at_reference": (Action.news_at, Action.reference),
}.items():
    _owed = Action.state.in_(("blocked", "open", "under_way"))
    Index(f"ix_actions_owed_{_name}", *_columns, sqlite_where=_owed, postgresql_where=_owed)


class Leg(Guarded, Versioned, Base):
    """What one party owes of an action: the office and person who do it, by when, and how far they are.

    A leg that another party wrote down is not accepted until its own party writes to it, and is not late before.
    `person_id` is an account of the party, where the person has one; `person_name` is what all read.
    `first_due_on` is the day that was promised first; each move since is a `DueMove`.
    """

    __tablename__ = "legs"
    __table_args__ = (
        UniqueConstraint("action_id", "party_code"),
        one_of("state", *LEG_STATES, name="state"),
        Index("ix_legs_party_code_state_due_on", "party_code", "state", "due_on"),
    )

    id: Mapped[UuidKey]
    action_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("actions.id", ondelete="RESTRICT"), index=True)
    party_code: Mapped[PartyCode]
    office_code: Mapped[str | None] = mapped_column(
        String(32), ForeignKey("offices.code", ondelete="RESTRICT"), index=True
    )
    person_name: Mapped[str | None] = mapped_column(String(300), index=True)
    person_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"), index=True)
    due_on: Mapped[dt.date | None] = mapped_column(index=True)
    first_due_on: Mapped[dt.date | None]
    state: Mapped[str] = mapped_column(String(16), default="open")
    reason: Mapped[str | None] = mapped_column(Text)
    is_accepted: Mapped[bool] = mapped_column(default=False)
    accepted_at: Mapped[dt.datetime | None]
    done_at: Mapped[dt.datetime | None]
    changed_at: Mapped[dt.datetime]

    action: Mapped[Action] = relationship(back_populates="legs")


class ActionNote(Guarded, Base):
    """A dated update on an action, never altered: a later one may supersede it.

    `no_change` says that nothing is new. `reported` is what `for_party` told by note, mail or telephone on
    `told_on`, entered for it; it changes no leg, and `reported_state` is what was told of theirs. Evidence is a
    document or a link. `way` is how it came in: on the page, or by the signed link of a reminder.
    """

    __tablename__ = "action_notes"
    __table_args__ = (
        one_of("kind", *NOTE_KINDS, name="kind"),
        one_of("way", *NOTE_WAYS, name="way"),
        CheckConstraint("kind <> 'reported' OR for_party IS NOT NULL", name="reported_for_a_party"),
        Index("ix_action_notes_action_id_created_at", "action_id", "created_at"),
    )

    id: Mapped[UuidKey]
    action_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("actions.id", ondelete="RESTRICT"))
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    party_code: Mapped[OptionalPartyCode]
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    supersedes_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("action_notes.id", ondelete="RESTRICT"))
    created_at: Mapped[dt.datetime]
    kind: Mapped[str] = mapped_column(String(16), default="note")
    way: Mapped[str] = mapped_column(String(8), default="page")
    for_party: Mapped[OptionalPartyCode]
    reported_state: Mapped[str | None] = mapped_column(String(16))
    told_on: Mapped[dt.date | None]
    evidence_url: Mapped[str | None] = mapped_column(String(2000))
    document_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("documents.id", ondelete="RESTRICT"))

    action: Mapped[Action] = relationship(back_populates="notes")


def _latest_of(action_id: InstrumentedAttribute[uuid.UUID]) -> ScalarSelect[uuid.UUID]:
    """Return the query for the id of the latest note of an action."""
    other = aliased(ActionNote)
    latest = select(other.id).where(other.action_id == action_id).order_by(other.created_at.desc(), other.id).limit(1)
    return latest.correlate(ActionNote).scalar_subquery()


class DueMove(Guarded, Base):
    """A leg's day that was moved: from when, to when, why, and who moved it; never altered."""

    __tablename__ = "due_moves"

    id: Mapped[UuidKey]
    action_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("actions.id", ondelete="RESTRICT"), index=True)
    leg_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("legs.id", ondelete="RESTRICT"), index=True)
    was_on: Mapped[dt.date | None]
    now_on: Mapped[dt.date | None]
    reason: Mapped[str] = mapped_column(Text)
    party_code: Mapped[OptionalPartyCode]
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    moved_at: Mapped[dt.datetime]


class Subtask(Guarded, Versioned, Base):
    """A step of one delegation towards its leg; its own alone, and sealed under its key."""

    __tablename__ = "subtasks"

    id: Mapped[UuidKey]
    action_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("actions.id", ondelete="RESTRICT"), index=True)
    owner_party: Mapped[PartyCode]
    text: Mapped[Private] = mapped_column(Sealed("subtasks.text"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    due_on: Mapped[dt.date | None]
    done_at: Mapped[dt.datetime | None]
    removed_at: Mapped[dt.datetime | None]
    created_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    created_at: Mapped[dt.datetime]


class ActionLink(Guarded, Base):
    """What one action is to another: it blocks it, follows it, is the same, went into it, or was split from it.

    It is seen by those who see both. `ended_at` takes it back.
    """

    __tablename__ = "action_links"
    __table_args__ = (
        one_of("kind", *LINK_KINDS, name="kind"),
        CheckConstraint("from_id <> to_id", name="two_actions"),
    )

    id: Mapped[UuidKey]
    from_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("actions.id", ondelete="RESTRICT"), index=True)
    to_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("actions.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    made_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    made_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]


class CarryOver(Guarded, Base):
    """What a later meeting did with an open action: closed it, carried it on, merged or split it.

    The action itself stays as it was; what it went into is told by its links. `undone_at` takes it back.
    """

    __tablename__ = "carry_overs"
    __table_args__ = (one_of("outcome", *CARRY_OUTCOMES, name="outcome"),)

    id: Mapped[UuidKey]
    action_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("actions.id", ondelete="RESTRICT"), index=True)
    meeting_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True)
    outcome: Mapped[str] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(Text)
    party_code: Mapped[OptionalPartyCode]
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    made_at: Mapped[dt.datetime]
    undone_at: Mapped[dt.datetime | None]


class SavedView(Guarded, Versioned, Base):
    """A filter of the register of actions with its columns and order, kept under a name.

    It is a person's own, or, shared, their delegation's or secretariat's. The list of who made it opens with the one
    that `is_default`.
    """

    __tablename__ = "saved_views"

    id: Mapped[UuidKey]
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    query: Mapped[str] = mapped_column(Text)
    columns: Mapped[list[str]] = mapped_column(default=list)
    sort: Mapped[str] = mapped_column(String(32), default="due")
    is_default: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime]
    removed_at: Mapped[dt.datetime | None]


class ActionBatch(Guarded, Versioned, Base):
    """Many changes made at once, by an import or by hand, that can be undone at once; of those who made it.

    `content` says of each row what it was and what it became, by ids; the rows themselves say who may read them.
    """

    __tablename__ = "action_batches"
    __table_args__ = (one_of("kind", "import", "bulk", name="kind"),)

    id: Mapped[UuidKey]
    kind: Mapped[str] = mapped_column(String(8))
    content: Mapped[dict[str, Any]]
    row_count: Mapped[int]
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    made_at: Mapped[dt.datetime]
    undone_at: Mapped[dt.datetime | None]
    undone_by: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))


class ActionImport(Guarded, Versioned, Base):
    """A table that was brought to be imported, and how its columns are read; its delegation's own, and sealed.

    `content` is JSON, encrypted under the key of the delegation (or secretariat) that imports it.
    """

    __tablename__ = "action_imports"

    id: Mapped[UuidKey]
    owner_party: Mapped[OptionalPartyCode]
    owner_appointment: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("appointments.id", ondelete="RESTRICT")
    )
    content: Mapped[Private] = mapped_column(Sealed("action_imports.content"))
    created_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    created_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    batch_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("action_batches.id", ondelete="RESTRICT"))
