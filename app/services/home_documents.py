"""What papers wait for the viewer on the first page: those that their side owes soon, and notes verbales to answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import ColumnElement, exists, false, func, select
from sqlalchemy.orm import aliased

from app.db import GuardedSession
from app.models import Meeting, NoteVerbale, RegisteredDocument
from app.services.registered_documents import PaperLine, line_of

# A paper is told of this long before it is due.
AHEAD: Final = dt.timedelta(weeks=3)


@dataclass(frozen=True, slots=True)
class PaperNeed:
    """A paper that the viewer's side owes, or a note that waits for an answer, with the day that it is wanted by."""

    kind: Literal["paper", "note"]
    due_on: dt.date | None
    paper: PaperLine | None = None
    note: NoteVerbale | None = None


def waiting_papers_count(session: GuardedSession) -> ColumnElement[int]:
    """Return how many papers and notes may wait for the viewer, as a part of a statement."""
    papers = select(func.count(RegisteredDocument.id)).where(*_owed(session)).scalar_subquery()
    notes = select(func.count(NoteVerbale.id)).where(*_to_answer(session)).scalar_subquery()
    return papers + notes


def paper_needs(session: GuardedSession, waiting_count: int) -> Iterable[PaperNeed]:
    """Yield the papers that are due within three weeks, at once or overdue, and the notes to answer; two statements."""
    if not waiting_count:
        return
    rows = session.execute(
        select(RegisteredDocument, Meeting)
        .outerjoin(Meeting, Meeting.id == RegisteredDocument.meeting_id)
        .where(*_owed(session))
        .order_by(RegisteredDocument.created_at, RegisteredDocument.id)
    )
    for document, meeting in rows:
        line = line_of(session, document, {}, meeting)
        due_on = line.dates.due_on
        if due_on is not None and due_on <= line.today + AHEAD:
            yield PaperNeed("paper", due_on, paper=line)
    for note in session.execute(select(NoteVerbale).where(*_to_answer(session))).scalars():
        yield PaperNeed("note", note.answer_due_on, note=note)


def _owed(session: GuardedSession) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a document is to come from the viewer's delegation, or from their secretariat."""
    party = session.bound_viewer.party
    owner = RegisteredDocument.owner_party
    return (RegisteredDocument.state == "expected", owner == party if party else owner.is_(None))


def _to_answer(session: GuardedSession) -> tuple[ColumnElement[bool], ...]:
    if not session.bound_viewer.sits_at_a_table:
        return (false(),)
    answer = aliased(NoteVerbale)
    return (
        NoteVerbale.direction == "in",
        NoteVerbale.answer_due_on.is_not(None),
        ~exists().where(answer.answers_id == NoteVerbale.id),
    )
