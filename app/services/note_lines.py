"""The notes on an action as its page shows them: each with what it corrects or contests, and what bears it out."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from app.db import GuardedSession
from app.models import Action, ActionNote, Document, Leg
from app.services.people_names import names_of


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note that stands, and those that it has corrected, the latest first; authors by name to those who know them.

    `contests` is what others reported and this note, of the party that it was reported for, contests. `paper` is the
    name of the file that bears it out, for those who may see that.
    """

    note: ActionNote
    author: str | None
    earlier: tuple[NoteLine, ...]
    is_own: bool
    contests: NoteLine | None = None
    paper: str | None = None

    @property
    def is_report(self) -> bool:
        """Say whether it is what another party told, entered for it."""
        return self.note.kind == "reported"


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of all notes of an action: themselves, whose they are, and the names of their papers."""

    by_id: Mapping[uuid.UUID | None, ActionNote]
    names: Mapping[uuid.UUID, str]
    papers: Mapping[uuid.UUID | None, str]


def note_lines(session: GuardedSession, action: Action) -> tuple[NoteLine, ...]:
    """Return the notes of an action that stand, newest first; two statements, the second where there are papers."""
    known = _known(session, action)
    superseded = {note.supersedes_id for note in action.notes}
    standing = [note for note in action.notes if note.id not in superseded]
    newest_first = sorted(standing, key=lambda note: note.created_at, reverse=True)
    return tuple(_line(session, note, known, stands=True) for note in newest_first)


def every_note(session: GuardedSession, action: Action) -> tuple[NoteLine, ...]:
    """Return every note of an action by itself, those that were corrected too, as they were written."""
    known = _known(session, action)
    return tuple(_line(session, note, known, stands=False) for note in action.notes)


def _known(session: GuardedSession, action: Action) -> _Known:
    names = names_of(session, (note.person_id for note in action.notes))
    return _Known({note.id: note for note in action.notes}, names, _papers(session, action.notes))


def _line(session: GuardedSession, note: ActionNote, known: _Known, *, stands: bool) -> NoteLine:
    earlier: list[NoteLine] = []
    contests: NoteLine | None = None
    later, before = note, known.by_id.get(note.supersedes_id)
    while stands and before is not None:
        if is_contest(later, before):
            contests = _line(session, before, known, stands=True)
            break
        earlier.append(_line(session, before, known, stands=False))
        later, before = before, known.by_id.get(before.supersedes_id)
    is_own = stands and may_correct(session, note)
    author, paper = known.names.get(note.person_id), known.papers.get(note.document_id)
    return NoteLine(note, author, tuple(earlier), is_own, contests, paper)


def is_contest(note: ActionNote, earlier: ActionNote) -> bool:
    """Say whether a note contests the earlier one that it supersedes, and does not correct it."""
    return earlier.kind == "reported" and note.kind != "reported" and note.party_code == earlier.for_party


def may_correct(session: GuardedSession, note: ActionNote) -> bool:
    """Say whether the viewer may correct a note: people of the delegation that wrote it, else only who wrote it.

    What somebody wrote with a secretariat's hat on is not their delegation's to correct.
    """
    viewer = session.bound_viewer
    if note.party_code is not None:
        return viewer.sits_at_a_table and viewer.party == note.party_code
    return bool(note.person_id == viewer.person_id and not viewer.sits_at_a_table)


def reported_beside(lines: Iterable[NoteLine], legs: Iterable[Leg]) -> dict[str, NoteLine]:
    """Return by party the latest that others reported of its leg, where it has said nothing of it itself since.

    What the party contests is no longer said beside its leg.
    """
    own = {leg.party_code: leg for leg in legs}
    found: dict[str, NoteLine] = {}
    for line in lines:
        leg = own.get(line.note.for_party or "")
        if line.is_report and leg is not None and tells_more(line.note, leg):
            found.setdefault(leg.party_code, line)
    return found


def tells_more(note: ActionNote, leg: Leg) -> bool:
    """Say whether a report tells of another state than the leg, of which its party has said nothing itself since."""
    differs = note.reported_state is not None and (note.reported_state != leg.state or not leg.is_accepted)
    return differs and note.created_at >= leg.changed_at


def _papers(session: GuardedSession, notes: Iterable[ActionNote]) -> dict[uuid.UUID | None, str]:
    """Return the names of the files that bear notes out, by their ids, of those that the viewer may see."""
    wanted = {note.document_id for note in notes if note.document_id is not None}
    if not wanted:
        return {}
    rows = session.execute(select(Document.id, Document.file_name).where(Document.id.in_(wanted)))
    return {row.id: row.file_name for row in rows}
