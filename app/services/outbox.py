"""The outbox: what is to be sent is a row, written with the change that causes it and delivered at least once.

A row holds ids, never text: what its recipient reads is composed when it is sent, from what they may
see then. A worker claims rows for a while; one that dies leaves them to the next, who sends them
again under the same Message-ID.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select

from app.db import Database, GuardedSession
from app.domain.dispatches import is_given_up, wait_after
from app.domain.visibility import appointments_in, parties_in
from app.logs import get_logger
from app.models import (
    Decision,
    Dispatch,
    Meeting,
    OutboxMessage,
    RosterEntry,
)
from app.services.held_mails import dispatch_for
from app.services.practice import is_example
from app.services.recipients import Going, going, invited, is_invited, keys_behind, serving, speakers

KINDS: Final = frozenset(
    {
        "invitation",
        "meeting_proposed",
        "meeting_confirmed",
        "meeting_changed",
        "meeting_postponed",
        "meeting_cancelled",
        "meeting_reinstated",
        "meeting_left",
        "meeting_digest",
        "roster_joined",
        "roster_left",
        "zone_change_hour_kept",
        "zone_change_moment_kept",
        "answer_reported",
        "decision_asked",
        "decision_answered",
        "decision_taken",
        "decision_withdrawn",
        "poll_opened",
        "poll_slots_changed",
        "poll_reminder",
        "poll_extended",
        "poll_withdrawn",
        "poll_chosen",
        "poll_answer_reported",
        "reminder",
        "reminder_digest",
        "silence_accepted",
        "silence_answer_reported",
        "silence_answer_settled",
        "silence_broken",
        "silence_circulated",
        "silence_extended",
        "silence_lapsed",
        "silence_opened",
        "silence_reminder",
        "silence_withdrawn",
        "text_adopted",
        "text_signatures_voided",
        "text_signed",
        "text_taken_up",
        "text_withdrawn",
        "share_received",
    }
)
# What changes an entry in a calendar goes to those on the roster too; that an answer came does not.
TOLD_TO_ROSTER: Final = frozenset(
    {
        "meeting_proposed",
        "meeting_confirmed",
        "meeting_changed",
        "meeting_postponed",
        "meeting_cancelled",
        "meeting_reinstated",
        "zone_change_hour_kept",
        "zone_change_moment_kept",
    }
)
LEASE: Final = dt.timedelta(minutes=5)
ATTEMPTS: Final = 10
WITHHELD: Final = "withheld: nothing that the recipient may see"
_FIRST_DELAY: Final = dt.timedelta(minutes=1)
_LONGEST_DELAY: Final = dt.timedelta(hours=6)

Sift = Callable[[GuardedSession, Sequence[OutboxMessage]], Sequence[OutboxMessage]]
Noted = Callable[[GuardedSession, OutboxMessage], None]

_wake: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this worker may send until its lease ends.

    It goes to somebody with an account (`recipient_id`), or to an entry of a roster (`entry_id`).
    """

    id: uuid.UUID
    kind: str
    recipient_id: uuid.UUID | None
    payload: Mapping[str, Any]
    created_at: dt.datetime
    attempts: int
    entry_id: uuid.UUID | None = None


def wake_with(call: Callable[[], None] | None) -> None:
    """Take what wakes the worker of this process's app once something was enqueued and committed."""
    global _wake  # noqa: PLW0603 - a process has one worker to wake, and sessions know nothing of it
    _wake = call


def enqueue(
    session: GuardedSession,
    kind: str,
    recipient_id: uuid.UUID | None,
    payload: Mapping[str, Any],
    subject_id: object = None,
    due_at: dt.datetime | None = None,
    *,
    entry_id: uuid.UUID | None = None,
    dispatch: Dispatch | None = None,
) -> None:
    """Write down that somebody is to be told, at `due_at` or at once; `payload` holds ids, no private text.

    It is a person with an account, or (`entry_id`) somebody on a roster without one. Mails of a `dispatch` that is
    held wait until its makers send them. Raises `ValueError` for a kind that nobody composes.
    """
    if kind not in KINDS:
        raise ValueError(f"nobody composes {kind}")
    session.add(
        OutboxMessage(
            kind=kind,
            recipient_id=recipient_id,
            entry_id=entry_id,
            dispatch_id=dispatch.id if dispatch else None,
            held_at=session.now if dispatch and dispatch.is_held else None,
            subject_id=str(subject_id) if subject_id is not None else None,
            payload=dict(payload),
            created_at=session.now,
            due_at=due_at or session.now,
        )
    )
    wake_after_commit(session)


def wake_after_commit(session: GuardedSession) -> None:
    """Wake the worker once this session has committed."""
    if _wake is not None and _wake_worker not in session.after_commit_calls:
        session.after_commit_calls.append(_wake_worker)


def _wake_worker() -> None:
    """Wake the worker; should that fail, what was committed stands, and the worker looks by itself within a minute."""
    try:
        if _wake is not None:
            _wake()
    except Exception as error:  # noqa: BLE001 - whatever the queue raises, the change is made
        get_logger().warning("the worker could not be woken", kind=type(error).__name__)


def tell_parties(
    session: GuardedSession,
    kind: str,
    meeting: Meeting,
    parties: Collection[str],
    except_person: uuid.UUID | None,
    *,
    with_secretariat: bool = True,
) -> None:
    """Tell a meeting's coordinators, heads and secretariat, and who goes to it; not the person who acted.

    The coordinators and heads are those of `parties`; the secretariat are today's members of the
    appointments that are in the meeting's audience; who goes is on the roster of `parties`, approved.
    Who acted is told all the same where their own calendar holds an invitation, which has to follow.
    """
    if is_example(session, meeting):
        return
    with session.whole_truth("find whom to tell of a meeting") as truth:
        told = speakers(truth, parties)
        if with_secretariat:
            told |= serving(truth, appointments_in(keys_behind(truth, meeting.audience_id)))
        moves_calendars = kind in TOLD_TO_ROSTER
        rostered = going(truth, meeting.id, parties) if moves_calendars else Going()
        if not moves_calendars or not is_invited(truth, meeting.id, except_person):
            told -= {except_person} - rostered.people
    _tell(session, kind, meeting, told | rostered.people, {}, rostered.entries)


def tell_left(
    session: GuardedSession, meeting: Meeting, keys_before: frozenset[str], except_person: uuid.UUID | None
) -> None:
    """Tell those who could speak on a meeting, ran it or were to go, and see it no more since its parties changed.

    The message has its reference, which they know, and nothing that was decided without them.
    """
    if is_example(session, meeting):
        return
    with session.whole_truth("find whom to tell of a meeting") as truth:
        gone = keys_before - keys_behind(truth, meeting.audience_id)
        told = speakers(truth, parties_in(gone)) | serving(truth, appointments_in(gone))
        told -= {except_person}
        holders = invited(truth, meeting.id, parties_in(gone))
    _tell(session, "meeting_left", meeting, told | holders.people, {"reference": meeting.reference}, holders.entries)


def tell_entry(session: GuardedSession, kind: str, meeting: Meeting, entry: RosterEntry) -> None:
    """Tell somebody on a roster what became of them there (`roster_joined`, `roster_left`), with an account or not."""
    if is_example(session, meeting):
        return
    people = {entry.person_id} if entry.person_id else set()
    entries = set() if entry.person_id else {entry.id}
    _tell(session, kind, meeting, people, {"entry_id": str(entry.id)}, entries)


def tell_of_decision(session: GuardedSession, kind: str, decision: Decision, except_person: uuid.UUID | None) -> None:
    """Tell the coordinators and heads of a decision's parties, and the secretariats that see it, of what was done."""
    with session.whole_truth("find whom to tell of a decision") as truth:
        told = speakers(truth, decision.parties)
        told |= serving(truth, appointments_in(keys_behind(truth, decision.audience_id)))
    for person_id in sorted(told - {except_person}, key=str):
        enqueue(session, kind, person_id, {"decision_id": str(decision.id)}, subject_id=decision.id)


def _tell(
    session: GuardedSession,
    kind: str,
    meeting: Meeting,
    people: Collection[uuid.UUID],
    facts: Mapping[str, str],
    entries: Collection[uuid.UUID] = (),
) -> None:
    if not people and not entries:
        return
    dispatch = dispatch_for(session, kind, meeting)
    payload = {"meeting_id": str(meeting.id), **facts}
    for person_id in sorted(people, key=str):
        enqueue(session, kind, person_id, payload, meeting.id, dispatch=dispatch)
    for entry_id in sorted(entries, key=str):
        enqueue(session, kind, None, payload, meeting.id, entry_id=entry_id, dispatch=dispatch)


# The worker's side ---------------------------------------------------------------------------------


def claim(database: Database, limit: int = 20, sift: Sift | None = None) -> list[Claimed]:
    """Take up to `limit` messages that are due and that nobody holds; the attempt counts from now on.

    It counts before it is made, so that a message which kills its worker is not tried for ever. `sift` is given the
    messages, due and locked, and returns those that go out now as they are: it has put off or ended the others.
    """
    with database.system_session("claim what is to be sent", "write") as session:
        claimed: list[Claimed] = []
        while not claimed and (rows := _due(session, limit)):
            for row in sift(session, rows) if sift else rows:
                if row.attempts >= ATTEMPTS:
                    row.abandoned_at, row.leased_until, row.last_error = session.now, None, "its worker ended each time"
                    get_logger().error("message abandoned", message=str(row.id), message_kind=row.kind)
                    continue
                row.leased_until = session.now + LEASE
                row.attempts += 1
                claimed.append(
                    Claimed(row.id, row.kind, row.recipient_id, row.payload, row.created_at, row.attempts, row.entry_id)
                )
            session.flush()
        session.commit()
        return claimed


def _due(session: GuardedSession, limit: int) -> list[OutboxMessage]:
    rows = session.execute(
        select(OutboxMessage)
        .where(is_waiting(session.now))
        .order_by(OutboxMessage.due_at, OutboxMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(rows.scalars())


def is_waiting(now: dt.datetime) -> ColumnElement[bool]:
    """Return the condition that a message is due, nobody holds it, and no worker has it."""
    return and_(
        OutboxMessage.sent_at.is_(None),
        OutboxMessage.abandoned_at.is_(None),
        OutboxMessage.due_at <= now,
        OutboxMessage.held_at.is_(None),
        or_(OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until <= now),
    )


def give_back(database: Database, ids: Collection[uuid.UUID]) -> None:
    """Give claimed messages back that were not tried; it counts as no attempt, and they stay due."""
    if not ids:
        return
    with database.system_session("hold a message until it may go out", "write") as session:
        rows = session.execute(select(OutboxMessage).where(OutboxMessage.id.in_(ids)).with_for_update()).scalars()
        for row in rows:
            row.leased_until, row.attempts = None, row.attempts - 1
        session.commit()


def hold(database: Database, message_id: uuid.UUID, until: dt.datetime) -> None:
    """Give a claimed message back until an instant at which its recipient may be mailed; it counts as no attempt."""
    with database.system_session("hold a message until it may go out", "write") as session:
        row = session.get_one(OutboxMessage, message_id)
        row.due_at, row.leased_until, row.attempts = until, None, row.attempts - 1
        session.commit()


def mark_sent(database: Database, message_id: uuid.UUID, also: Noted | None = None) -> None:
    """Note that a message was handed over; `also` writes what follows from that in the same transaction."""
    with database.system_session("note that a message was sent", "write") as session:
        row = session.get_one(OutboxMessage, message_id)
        row.sent_at, row.leased_until, row.last_error, row.failing_since = session.now, None, None, None
        if also is not None:
            also(session, row)
        session.commit()


def mark_withheld(database: Database, message_id: uuid.UUID, also: Noted | None = None) -> None:
    """Note that there was nothing to send: the recipient may not see it, or not any more; `also` as in `mark_sent`."""
    with database.system_session("note that a message was withheld", "write") as session:
        row = session.get_one(OutboxMessage, message_id)
        row.abandoned_at, row.leased_until, row.last_error = session.now, None, WITHHELD
        if also is not None:
            also(session, row)
        session.commit()
    get_logger().info("message withheld", message=str(message_id), message_kind=row.kind)


def mark_failed(database: Database, message_id: uuid.UUID, error: str) -> bool:
    """Note that a message could not be composed, and say whether that is tried again.

    It is tried again after 1, 2, 4, 8 … minutes, at most 6 hours later, and ten times in all.
    """
    with database.system_session("note that sending failed", "write") as session:
        row = session.get_one(OutboxMessage, message_id)
        row.leased_until, row.last_error = None, error
        if row.attempts >= ATTEMPTS:
            row.abandoned_at = session.now
        else:
            row.due_at = session.now + delay_after(row.attempts)
        return _noted(session, row)


def mark_refused(database: Database, message_id: uuid.UUID, error: str) -> bool:
    """Note that a mail server did not take a message, and say whether it will be tried again.

    Whatever the server says, it may be the server that is wrong: it is tried for five days, less and less often, at
    least each hour. It counts as no attempt, since the worker came through it.
    """
    with database.system_session("note that sending failed", "write") as session:
        row = session.get_one(OutboxMessage, message_id)
        row.failing_since = row.failing_since or session.now
        failing_for = session.now - row.failing_since
        row.leased_until, row.last_error, row.attempts = None, error, row.attempts - 1
        if is_given_up(failing_for):
            row.abandoned_at = session.now
        else:
            row.due_at = session.now + wait_after(failing_for)
        return _noted(session, row)


def _noted(session: GuardedSession, row: OutboxMessage) -> bool:
    """Commit what became of a message that was not sent, say it in the log, and return whether it is tried again."""
    session.commit()
    facts = {"message": str(row.id), "message_kind": row.kind, "attempts": row.attempts, "error": row.last_error}
    if row.abandoned_at is not None:
        get_logger().error("message abandoned", **facts)
        return False
    get_logger().warning("message not sent", **facts)
    return True


def delay_after(attempts: int) -> dt.timedelta:
    """Return how long to wait after so many attempts."""
    return min(_FIRST_DELAY * (1 << (attempts - 1)), _LONGEST_DELAY)
