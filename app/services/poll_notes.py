"""Notes beside the answers of a poll: to all who see it, or sealed for one's own delegation alone."""

from __future__ import annotations

import uuid
from typing import Final

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.errors import NotFound, Refusal
from app.domain.plaintext import paragraphs
from app.domain.visibility import Action, can, party_key
from app.models import Poll, PollInnerNote, PollNote
from app.models.sealed import Private
from app.services.polls import facts_of_poll, find_poll

NOTE_LIMIT: Final = 2000


def add_note(
    session: GuardedSession, reference: str, text: str, *, slot_id: uuid.UUID | None = None, is_for_all: bool = False
) -> None:
    """Write a note on a poll or on one of its slots: to all who see it, else for the writer's own delegation.

    A secretariat writes to all alone. Raises `NotFound`; `Refusal` `forbidden`, `unknown_slot`, and what texts raise.
    """
    poll = find_poll(session, reference)
    viewer = session.bound_viewer
    needed = Action.REPORT_POLL_ANSWER if is_for_all else Action.ANSWER_POLL
    if not can(viewer, needed, facts_of_poll(session, poll)):
        raise Refusal("forbidden")
    clean = check_note(text)
    if not clean:
        raise Refusal("required", field="note")
    if slot_id is not None and slot_id not in {slot.id for slot in poll.slots}:
        raise Refusal("unknown_slot", field="about")
    if is_for_all:
        audience_id = poll.audience_id
        session.add(
            PollNote(
                poll_id=poll.id, slot_id=slot_id, party_code=viewer.party, text=clean, language=viewer.language,
                person_id=viewer.person_id, written_at=session.now, audience_id=audience_id,
            )
        )  # fmt: skip
    else:
        owner = viewer.party or ""
        audience_id = session.audience({party_key(owner)})
        session.add(
            PollInnerNote(
                poll_id=poll.id, slot_id=slot_id, owner_party=owner, text=Private(owner, clean),
                person_id=viewer.person_id, written_at=session.now, audience_id=audience_id,
            )
        )  # fmt: skip
    session.record("poll_note_written", "poll", poll.id, audience_id, reference=poll.reference)


def check_note(text: str) -> str:
    """Return a note cleaned, before anything beside it is written; raises what texts raise."""
    return paragraphs(text, "note", NOTE_LIMIT)


def withdraw_note(session: GuardedSession, reference: str, note_id: uuid.UUID) -> None:
    """Take a note of one's own back, or as who speaks for a delegation one of its people's.

    Raises `NotFound`, and `Refusal("forbidden")`.
    """
    poll = find_poll(session, reference)
    note = _note(session, poll, note_id)
    if note is None:
        raise NotFound
    if not may_withdraw(session, note):
        raise Refusal("forbidden")
    note.withdrawn_at = session.now
    session.record("poll_note_withdrawn", "poll", poll.id, note.audience_id, reference=poll.reference)


def may_withdraw(session: GuardedSession, note: PollNote | PollInnerNote) -> bool:
    """Say whether the viewer may take a note back."""
    viewer = session.bound_viewer
    party = note.party_code if isinstance(note, PollNote) else note.owner_party
    return note.person_id == viewer.person_id or (viewer.speaks_for_party and viewer.party == party)


def _note(session: GuardedSession, poll: Poll, note_id: uuid.UUID) -> PollNote | PollInnerNote | None:
    """Return a note of the poll that stands, of either kind."""
    to_all = select(PollNote).where(
        PollNote.id == note_id, PollNote.poll_id == poll.id, PollNote.withdrawn_at.is_(None)
    )
    own = select(PollInnerNote).where(
        PollInnerNote.id == note_id, PollInnerNote.poll_id == poll.id, PollInnerNote.withdrawn_at.is_(None)
    )
    return session.execute(to_all).scalar_one_or_none() or session.execute(own).scalar_one_or_none()
