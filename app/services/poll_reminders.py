"""Reminders of a poll: only to those who answer for a seat that has yet to, and none of them twice the same.

They go out when its makers ask for them, and by themselves two days and one day before the deadline. What decides is
what was put into the outbox before, so that a worker that runs twice, or was down, sends nothing again.
"""

from __future__ import annotations

import uuid
from typing import Final

from sqlalchemy import select

from app.db import Database, GuardedSession
from app.domain.errors import Refusal
from app.domain.poll_reminders import AHEAD, QUIET, Reminded, stage_of, still_to_remind
from app.models import OutboxMessage, Poll
from app.services.poll_acts import run_by_viewer
from app.services.poll_people import people_awaited
from app.services.poll_post import tell_people
from app.services.polls import is_running
from app.services.practice import is_example

KIND: Final = "poll_reminder"
ASKED: Final = "asked"


def remind_now(session: GuardedSession, reference: str) -> Poll:
    """Remind those whose answer is missing, as its makers ask; who and how many they are is not told.

    Raises what `run_by_viewer` raises; `Refusal` `poll_is_closed`, `reminded_already` within half a day.
    """
    poll = run_by_viewer(session, reference)
    if not is_running(poll, session.now):
        raise Refusal("poll_is_closed")
    if poll.reminded_at is not None and session.now < poll.reminded_at + QUIET:
        raise Refusal("reminded_already")
    poll.reminded_at = session.now
    session.record("poll_reminded", "poll", poll.id, poll.audience_id, reference=poll.reference)
    if not is_example(session, poll):
        stage = f"{ASKED} {session.now.isoformat()}"
        with session.whole_truth("find whose answer to a poll is missing") as truth:
            told = _to_remind(truth, poll, stage) - {session.bound_viewer.person_id}
        tell_people(session, KIND, poll, told, stage=stage)
    return poll


def post_poll_reminders(database: Database) -> int:
    """Put the reminders of polls that close soon into the outbox, and return how many they are."""
    with database.system_session("remind of polls that close soon", "write") as session:
        closing = select(Poll).where(
            Poll.state == "open", Poll.closes_at > session.now, Poll.closes_at <= session.now + AHEAD
        )
        made = 0
        for poll in session.execute(closing.order_by(Poll.id).with_for_update(skip_locked=True)).scalars():
            stage = stage_of(session.now, poll.closes_at, poll.created_at)
            if stage is not None and not is_example(session, poll):
                key = f"{stage} {poll.closes_at.isoformat()}"
                told = _to_remind(session, poll, key)
                tell_people(session, KIND, poll, told, stage=key)
                made += len(told)
        session.commit()
        return made


def _to_remind(truth: GuardedSession, poll: Poll, stage: str) -> frozenset[uuid.UUID]:
    """Return whose answer is missing and who was neither reminded so before nor of this poll within half a day."""
    before = [
        Reminded(person_id, str(payload.get("stage")), at)
        for person_id, payload, at in truth.execute(
            select(OutboxMessage.recipient_id, OutboxMessage.payload, OutboxMessage.created_at).where(
                OutboxMessage.kind == KIND, OutboxMessage.subject_id == str(poll.id)
            )
        )
        if person_id is not None
    ]
    return still_to_remind(people_awaited(truth, poll, poll.parties), before, stage, truth.now)
