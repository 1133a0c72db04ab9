"""Inner notes: what a delegation writes to itself beside a meeting, an item, a text or a paragraph of one."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, select

from app.db import GuardedSession
from app.domain.errors import NotFound, Refusal
from app.domain.plaintext import paragraphs
from app.domain.visibility import Action, Facts, can, party_key
from app.models import AgendaItem, AgreedText, InnerNote, Meeting, Person, TextParagraph
from app.models.sealed import Private, Unopened

NOTE_LIMIT: Final = 4000


@dataclass(frozen=True, slots=True)
class InnerNoteLine:
    """A note with its author's name, and what it says; `text` is None where it does not open now."""

    note: InnerNote
    author: str | None
    text: str | None
    unopened: Unopened | None
    may_remove: bool


def notes_on(
    session: GuardedSession,
    *,
    meeting_id: uuid.UUID | None = None,
    item_id: uuid.UUID | None = None,
    text_id: uuid.UUID | None = None,
) -> tuple[InnerNoteLine, ...]:
    """Return the notes of the viewer's delegation on one of these, the oldest first, opened; one statement.

    On a meeting as a whole, not on its items; on a text with all its paragraphs (see `note.paragraph_id`). Who is of
    no delegation has none.
    """
    if text_id is not None:
        about = [InnerNote.text_id == text_id]
    elif item_id is not None:
        about = [InnerNote.item_id == item_id, InnerNote.text_id.is_(None)]
    else:
        about = [InnerNote.meeting_id == meeting_id, InnerNote.item_id.is_(None), InnerNote.text_id.is_(None)]
    return _lines(session, *about)


def notes_of_meeting(session: GuardedSession, meeting_id: uuid.UUID) -> dict[uuid.UUID | None, list[InnerNoteLine]]:
    """Return the notes of the viewer's delegation on a meeting, by item, under None those on it as a whole.

    One statement, opened, the oldest first; those on its texts are not among them.
    """
    found: dict[uuid.UUID | None, list[InnerNoteLine]] = {}
    for line in _lines(session, InnerNote.meeting_id == meeting_id, InnerNote.text_id.is_(None)):
        found.setdefault(line.note.item_id, []).append(line)
    return found


def _lines(session: GuardedSession, *about: ColumnElement[bool]) -> tuple[InnerNoteLine, ...]:
    rows = session.execute(
        select(InnerNote, Person.name)
        .outerjoin(Person, Person.id == InnerNote.person_id)
        .where(*about, InnerNote.removed.is_(False))
        .order_by(InnerNote.written_at, InnerNote.id)
    ).all()
    return tuple(_line(session, note, name) for note, name in rows)


def write_note(
    session: GuardedSession,
    text: str,
    *,
    meeting_id: uuid.UUID | None = None,
    item_id: uuid.UUID | None = None,
    text_id: uuid.UUID | None = None,
    paragraph_id: uuid.UUID | None = None,
) -> InnerNote:
    """Write a note of the viewer's delegation on one of these; raises `NotFound` for what the viewer does not see.

    Raises `Refusal("forbidden")` for who is of no delegation, `KeyServiceDown`, and what texts raise.
    """
    viewer = session.bound_viewer
    if viewer.party is None or not can(viewer, Action.PREPARE_POSITION, Facts(owner=viewer.party)):
        raise Refusal("forbidden")
    about = _about(session, meeting_id, item_id, text_id, paragraph_id)
    clean = paragraphs(text, "note", NOTE_LIMIT, required=True)
    if not clean:
        raise Refusal("required", field="note")
    note = InnerNote(
        id=uuid.uuid4(), owner_party=viewer.party, text=Private(viewer.party, clean), person_id=viewer.person_id,
        written_at=session.now, audience_id=session.audience({party_key(viewer.party)}), **about,
    )  # fmt: skip
    session.add(note)
    session.flush()
    session.record("inner_note_written", "inner_note", note.id, note.audience_id)
    return note


def remove_note(session: GuardedSession, note_id: uuid.UUID) -> InnerNote:
    """Take a note away: one's own, or as who speaks for the party any of it; raises `NotFound`, `forbidden`."""
    return _set_removed(session, note_id, is_removed=True)


def restore_note(session: GuardedSession, note_id: uuid.UUID) -> InnerNote:
    """Put a note back that was taken away; raises as `remove_note` does."""
    return _set_removed(session, note_id, is_removed=False)


def find_note(session: GuardedSession, note_id: uuid.UUID) -> InnerNote:
    """Return a note of the viewer's delegation; raises `NotFound`."""
    found = session.execute(select(InnerNote).where(InnerNote.id == note_id)).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def _set_removed(session: GuardedSession, note_id: uuid.UUID, *, is_removed: bool) -> InnerNote:
    note = find_note(session, note_id)
    if not _may_remove(session, note):
        raise Refusal("forbidden")
    if note.removed != is_removed:
        note.removed = is_removed
        act = "inner_note_removed" if is_removed else "inner_note_restored"
        session.record(act, "inner_note", note.id, note.audience_id)
    return note


def _may_remove(session: GuardedSession, note: InnerNote) -> bool:
    viewer = session.bound_viewer
    is_own = viewer.sits_at_a_table and viewer.party == note.owner_party
    return is_own and (note.person_id == viewer.person_id or viewer.speaks_for_party)


def _line(session: GuardedSession, note: InnerNote, author: str | None) -> InnerNoteLine:
    unopened = note.text.unopened
    text = None if unopened else note.text.text
    return InnerNoteLine(note, author, text, unopened, _may_remove(session, note))


def _about(
    session: GuardedSession,
    meeting_id: uuid.UUID | None,
    item_id: uuid.UUID | None,
    text_id: uuid.UUID | None,
    paragraph_id: uuid.UUID | None,
) -> dict[str, Any]:
    """Return what a note hangs on, of what the viewer sees; the most exact one that was named counts."""
    if paragraph_id is not None:
        paragraph = _seen(session, TextParagraph, paragraph_id)
        return {"text_id": paragraph.text_id, "paragraph_id": paragraph.id}
    if text_id is not None:
        return {"text_id": _seen(session, AgreedText, text_id).id}
    if item_id is not None:
        item = _seen(session, AgendaItem, item_id)
        return {"meeting_id": item.meeting_id, "item_id": item.id}
    if meeting_id is None:
        raise NotFound
    return {"meeting_id": _seen(session, Meeting, meeting_id).id}


def _seen(session: GuardedSession, model: type[Any], row_id: uuid.UUID) -> Any:
    found = session.execute(select(model).where(model.id == row_id)).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


# Where a note is shown ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NotePlace:
    """What a note is about, of what the viewer still sees: a meeting, an item of it, or a text, by their references."""

    meeting: str | None = None
    item_id: uuid.UUID | None = None
    text: str | None = None


def place_of_note(session: GuardedSession, note: InnerNote) -> NotePlace:
    """Return what a note is about; one statement."""
    row = session.execute(
        select(Meeting.reference, AgendaItem.id, AgreedText.reference)
        .select_from(InnerNote)
        .outerjoin(Meeting, Meeting.id == InnerNote.meeting_id)
        .outerjoin(AgendaItem, AgendaItem.id == InnerNote.item_id)
        .outerjoin(AgreedText, AgreedText.id == InnerNote.text_id)
        .where(InnerNote.id == note.id)
    ).one()
    return NotePlace(*row)
