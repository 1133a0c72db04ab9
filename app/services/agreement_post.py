"""Telling people of a text: its parties' coordinators and heads, and the secretariats that see it, all at once."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from app.db import GuardedSession
from app.domain.visibility import appointments_in
from app.models import AgreedText, Mechanism, Meeting
from app.services import outbox
from app.services.practice import ORIGIN
from app.services.recipients import keys_behind, serving, speakers


def tell_of_text(
    session: GuardedSession, kind: str, text: AgreedText, *, parties: Collection[str] | None = None, **facts: object
) -> None:
    """Tell the coordinators and heads of a text's parties, and its secretariats, that something became of it.

    With `parties`, of these parties alone, and no secretariat. Who acted is not told; `facts` are ids. Nobody is told
    of what is practised on the example.
    """
    actor = session.viewer.person_id if session.viewer else None
    with session.whole_truth("find whom to tell of a text") as truth:
        if _is_practised(truth, text):
            return
        told = speakers(truth, text.parties if parties is None else parties)
        if parties is None:
            told |= serving(truth, appointments_in(keys_behind(truth, text.audience_id)))
    tell_people_of_text(session, kind, text, told - {actor}, **facts)


def tell_people_of_text(
    session: GuardedSession, kind: str, text: AgreedText, people: Collection[uuid.UUID | None], **facts: object
) -> None:
    """Write down that these people are to be told of a text."""
    for person_id in sorted((each for each in people if each), key=str):
        outbox.enqueue(session, kind, person_id, {"text_id": str(text.id), **facts}, subject_id=text.id)


def _is_practised(truth: GuardedSession, text: AgreedText) -> bool:
    meeting = truth.get(Meeting, text.meeting_id) if text.meeting_id else None
    mechanism_id = text.mechanism_id or (meeting.mechanism_id if meeting else None)
    mechanism = truth.get(Mechanism, mechanism_id) if mechanism_id else None
    return mechanism is not None and mechanism.origin == ORIGIN
