"""The notes verbales of a delegation: its own register of what it sent and received, which nobody else ever reads.

What a note says is sealed under the delegation's key, so its owners search by opening. A note is never deleted, and the
numbers of a year have no gap: one is given out only with the note that it is of.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from app.db import GuardedSession
from app.domain import notes_verbales as rules
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.notes_verbales import NoteContent
from app.domain.plaintext import one_line
from app.domain.visibility import Action, can, party_key
from app.models import Document, Meeting, NoteVerbale, Party
from app.models.sealed import Private, Unopened
from app.services.documents import keep_paper
from app.services.meetings import find_meeting
from app.services.paging import PAGE_SIZE, pages_of
from app.services.references import next_number
from app.services.registered_documents import SentFile

# Notes are opened one by one to be searched; a delegation writes some hundreds a year.
SEARCHED: Final = 3000


@dataclass(frozen=True, slots=True)
class NoteWords:
    """A note as a form says it; `reference` is what one that came in calls itself, `answers` the id of another note."""

    direction: str
    content: NoteContent
    dated_on: dt.date | None
    reference: str = ""
    other_party: str | None = None
    answer_due_on: dt.date | None = None
    answers: str = ""
    meeting: str = ""
    file: SentFile | None = None


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note in the register; `content` is None where it does not open now, and `unopened` says why.

    `is_answered`: another note of the register answers it.
    """

    note: NoteVerbale
    content: NoteContent | None
    unopened: Unopened | None
    is_answered: bool = False


@dataclass(frozen=True, slots=True)
class NotePage:
    """One page of the register, the newest note first."""

    lines: tuple[NoteLine, ...]
    total: int
    page: int
    page_count: int


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note with what it answers, what answers it, its meeting and its file."""

    line: NoteLine
    answers: NoteVerbale | None
    answered_by: tuple[NoteVerbale, ...]
    meeting: Meeting | None
    file: Document | None


# Reading ------------------------------------------------------------------------------------------


def notes_of(
    session: GuardedSession, *, direction: str = "", words: str = "", is_due: bool = False, page: int = 1
) -> NotePage:
    """Return a page (from 1) of the own register: of one direction, with these words in it, or still to be answered.

    Raises `NotFound` beyond the last page, and for who keeps no notes.
    """
    _check(session)
    query = _narrowed(direction, is_due=is_due)
    if words.strip():
        rows = session.execute(query.limit(SEARCHED)).all()
        lines = [_line(note, answer_id is not None) for note, answer_id in rows]
        found = [line for line in lines if line.content is not None and line.content.has(words)]
        page_count = pages_of(len(found), page)
        return NotePage(tuple(found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]), len(found), page, page_count)
    total = session.execute(select(func.count()).select_from(query.order_by(None).subquery())).scalar_one()
    page_count = pages_of(total, page)
    rows = session.execute(query.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()
    return NotePage(tuple(_line(note, answer is not None) for note, answer in rows), total, page, page_count)


def _narrowed(direction: str, *, is_due: bool) -> Select[Any]:
    answer = aliased(NoteVerbale)
    first_answer = (
        select(func.min(answer.number))
        .where(answer.answers_id == NoteVerbale.id)
        .correlate(NoteVerbale)
        .scalar_subquery()
    )
    query = select(NoteVerbale, first_answer).order_by(
        NoteVerbale.dated_on.desc(), NoteVerbale.year.desc(), NoteVerbale.number.desc(), NoteVerbale.id
    )
    if direction:
        query = query.where(NoteVerbale.direction == direction)
    if is_due:
        query = query.where(NoteVerbale.answer_due_on.is_not(None), first_answer.is_(None))
    return query


def _line(note: NoteVerbale, is_answered: bool) -> NoteLine:  # noqa: FBT001  a column of the row
    unopened = note.content.unopened
    content = NoteContent.from_json(note.content.text) if unopened is None else None
    return NoteLine(note, content, unopened, is_answered)


def find_note(session: GuardedSession, note_id: uuid.UUID, *, lock: bool = False) -> NoteVerbale:
    """Return a note of the own register; raises `NotFound`."""
    query = select(NoteVerbale).where(NoteVerbale.id == note_id)
    if lock:
        query = query.with_for_update(of=NoteVerbale).execution_options(populate_existing=True)
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def note_view(session: GuardedSession, note_id: uuid.UUID) -> NoteView:
    """Return a note with all that its page shows; raises `NotFound`."""
    note = find_note(session, note_id)
    others = session.execute(
        select(NoteVerbale)
        .where(or_(NoteVerbale.answers_id == note.id, NoteVerbale.id == note.answers_id))
        .order_by(NoteVerbale.dated_on, NoteVerbale.number)
    ).scalars().all()  # fmt: skip
    answered_by = tuple(each for each in others if each.answers_id == note.id)
    return NoteView(
        line=_line(note, bool(answered_by)),
        answers=next((each for each in others if each.id == note.answers_id), None),
        answered_by=answered_by,
        meeting=_by_id(session, Meeting, note.meeting_id),
        file=_by_id(session, Document, note.file_id),
    )


def _by_id(session: GuardedSession, model: type[Any], identity: uuid.UUID | None) -> Any:
    return session.execute(select(model).where(model.id == identity)).scalar_one_or_none() if identity else None


# Writing ------------------------------------------------------------------------------------------


def register_note(session: GuardedSession, words: NoteWords) -> NoteVerbale:
    """Enter a note into the own register under the next number of its year and direction.

    Raises `NotFound`; `Refusal` `forbidden`, `unknown_direction`, `unknown_party`, `unknown_note`, what the rules of
    notes raise, and what a file raises on `file`.
    """
    party = _check(session)
    if words.direction not in rules.DIRECTIONS:
        raise Refusal("unknown_direction", field="direction")
    values = _values(session, words)
    year = values["dated_on"].year
    audience_id = session.audience({party_key(party)})
    number = next_number(session, rules.counter(party, words.direction, year))
    note = NoteVerbale(
        id=uuid.uuid4(), audience_id=audience_id, owner_party=party, direction=words.direction, year=year,
        number=number, created_by=session.bound_viewer.person_id, created_at=session.now, **values,
    )  # fmt: skip
    if words.direction == "out":
        note.reference = rules.note_reference(party, year, number)
    note.content = Private(party, rules.checked(words.content, words.direction).to_json())
    note.file_id = _kept(session, words, audience_id)
    session.add(note)
    act = "note_verbale_sent" if words.direction == "out" else "note_verbale_received"
    session.record(act, "note_verbale", note.id, audience_id, number=number, year=year)
    return note


def change_note(session: GuardedSession, note_id: uuid.UUID, words: NoteWords, *, version: int) -> NoteVerbale:
    """Change what a note says; its number, its direction and the year of its number stay.

    Raises what `register_note` raises, `StaleVersion`, and `Refusal("note_of_another_year")`.
    """
    party = _check(session)
    note = find_note(session, note_id, lock=True)
    if version != note.version:
        raise StaleVersion(said_of(words.content), said_of(_line(note, False).content))
    values = _values(session, words, note)
    if values["dated_on"].year != note.year:
        raise Refusal("note_of_another_year", field="dated_on", year=note.year)
    content = rules.checked(words.content, note.direction).to_json()
    if note.direction == "out":
        values["reference"] = note.reference
    for name, value in values.items():
        setattr(note, name, value)
    if note.content.unopened is not None or content != note.content.text:
        note.content = Private(party, content)
    if words.file is not None:
        note.file_id = _kept(session, words, note.audience_id)
    session.record("note_verbale_changed", "note_verbale", note.id, note.audience_id, number=note.number)
    return note


def said_of(content: NoteContent | None) -> dict[str, object]:
    """Return what a note says, by the fields of its form."""
    names = ("language", "sender", "addressee", "subject", "body", "opening", "closing")
    return {name: getattr(content, name) if content is not None else "" for name in names}


def _check(session: GuardedSession) -> str:
    """Return the party whose register it is; raises `Refusal("forbidden")` for who has none."""
    viewer = session.bound_viewer
    if not can(viewer, Action.KEEP_NOTES_VERBALES) or viewer.party is None:
        raise Refusal("forbidden")
    return viewer.party


def _values(session: GuardedSession, words: NoteWords, own: NoteVerbale | None = None) -> dict[str, Any]:
    rules.check_days(words.dated_on, words.answer_due_on)
    is_out = (own.direction if own is not None else words.direction) == "out"
    return {
        "dated_on": words.dated_on,
        "answer_due_on": words.answer_due_on,
        "reference": "" if is_out else one_line(words.reference, "reference", 64, required=True),
        "other_party": _known_party(session, words.other_party),
        "answers_id": _answered(session, words.answers, own),
        "meeting_id": find_meeting(session, words.meeting).id if words.meeting.strip() else None,
    }


def _known_party(session: GuardedSession, code: str | None) -> str | None:
    if not code:
        return None
    if session.execute(select(Party.code).where(Party.code == code)).scalar_one_or_none() is None:
        raise Refusal("unknown_party", field="other_party")
    return code


def _answered(session: GuardedSession, written: str, own: NoteVerbale | None) -> uuid.UUID | None:
    """Return the note that is answered, one of the own register; raises `Refusal("unknown_note")`."""
    if not written:
        return None
    try:
        found = find_note(session, uuid.UUID(written))
    except (ValueError, NotFound):
        raise Refusal("unknown_note", field="answers") from None
    if own is not None and found.id == own.id:
        raise Refusal("unknown_note", field="answers")
    return found.id


def _kept(session: GuardedSession, words: NoteWords, audience_id: uuid.UUID) -> uuid.UUID | None:
    if words.file is None:
        return None
    kept = keep_paper(
        session, file_name=words.file.file_name, content=words.file.content, audience_id=audience_id, field="file"
    )
    return kept.id
