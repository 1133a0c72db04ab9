"""The act of choosing a slot: what `poll_choice` says will happen is done, the poll ends, and all are told once."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.errors import StaleVersion
from app.models import Meeting, OutboxMessage, Poll
from app.services import outbox
from app.services.meeting_audience import rows_audience
from app.services.meeting_state import apply_state
from app.services.poll_choice import Choice, choice_of
from app.services.poll_people import people_who_answered
from app.services.poll_post import tell_people, those_asked
from app.services.poll_reports import show_reports
from app.services.practice import is_example
from app.services.proposing import propose
from app.services.slot_use import Elsewhere, move_meeting, use_in_draft


def choose_slot(
    session: GuardedSession, reference: str, slot_id: uuid.UUID, *, promise: str, uid_host: str, reason: str = ""
) -> Meeting:
    """Give the meeting of a poll one of its slots, end the poll, and tell everybody once; return the meeting.

    `promise` is that of the page that said what will happen; `reason` is asked for where a confirmed meeting moves.
    Raises what `choice_of`, proposing and moving raise; `StaleVersion` with both slots where another was chosen, and
    with the same one twice where something else would happen by now.
    """
    choice = choice_of(session, reference, slot_id, lock=True)
    if choice.promise != promise:
        raise StaleVersion({"slot": slot_id}, {"slot": slot_id})
    meeting = _act(session, choice, uid_host, reason)
    _bear_out(session, choice, meeting)
    _end(session, choice, meeting)
    _tell_others(session, choice.poll, meeting)
    return meeting


def _act(session: GuardedSession, choice: Choice, uid_host: str, reason: str) -> Meeting:
    said = choice.said_yes.keys()
    if choice.draft is not None:
        draft = use_in_draft(session, choice.draft.id, choice.planned)
        return propose(session, draft.id, version=draft.version, uid_host=uid_host, said_yes=said)
    if choice.meeting is None:
        raise AssertionError("a choice is of a draft or of a meeting")
    if choice.way == "answer":
        return _answer(session, choice, choice.meeting)
    elsewhere = Elsewhere(choice.poll.place, choice.poll.format)  # what was asked about is what is said yes to
    return move_meeting(session, choice.meeting, choice.planned, reason, elsewhere, said_yes=said)


def _answer(session: GuardedSession, choice: Choice, meeting: Meeting) -> Meeting:
    """Write the answers to the poll beside a meeting that has that time already; all are told if it is confirmed."""
    was = meeting.state
    apply_state(meeting, choice.state, session, session.now)
    if was != meeting.state:
        parties = [row.party_code for row in meeting.parties]
        outbox.tell_parties(session, "meeting_confirmed", meeting, parties, session.bound_viewer.person_id)
    return meeting


def _bear_out(session: GuardedSession, choice: Choice, meeting: Meeting) -> None:
    """Write who gave each yes that counts and when, and record it; the chooser's own is of the choosing itself."""
    audience_id, viewer = rows_audience(session, meeting), session.bound_viewer
    for row in meeting.parties:
        word = choice.said_yes.get(row.party_code)
        if word is None or row.answer != "yes" or (row.party_code == viewer.party and viewer.speaks_for_party):
            continue
        row.answered_by, row.answered_at = word.person_id, word.at
        session.record(
            "meeting_answered", "meeting", meeting.id, audience_id, party=row.party_code, answer="yes",
            poll=choice.poll.reference,
        )  # fmt: skip
    if meeting.state == "confirmed" and choice.way in {"propose", "change", "answer"}:
        session.record("meeting_confirmed", "meeting", meeting.id, audience_id, sequence=meeting.sequence)


def _end(session: GuardedSession, choice: Choice, meeting: Meeting) -> None:
    poll, slot = choice.poll, choice.slot
    poll.state, poll.chosen_slot_id, poll.meeting_id = "chosen", slot.id, meeting.id
    poll.ended_at = poll.changed_at = session.now
    show_reports(session, poll)
    session.record(
        "poll_chosen", "poll", poll.id, poll.audience_id, reference=poll.reference, meeting=str(meeting.id),
        starts_on=slot.starts_on.isoformat(), way=choice.way,
    )  # fmt: skip


def _tell_others(session: GuardedSession, poll: Poll, meeting: Meeting) -> None:
    """Tell those asked and those who answered whom no mail about the meeting tells in this moment."""
    if is_example(session, poll):
        return
    with session.whole_truth("find whom the choice of a slot was not told yet") as truth:
        told = truth.execute(
            select(OutboxMessage.recipient_id).where(
                OutboxMessage.subject_id == str(meeting.id), OutboxMessage.created_at == session.now
            )
        ).scalars()
        others = those_asked(truth, poll) | people_who_answered(truth, poll)
        others -= {*told, session.bound_viewer.person_id}
    tell_people(session, "poll_chosen", poll, others)
