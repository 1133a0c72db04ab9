"""The outbox: what is to be sent is a row, written with the change that causes it and delivered at least once.

A row holds ids, never text: what its recipient reads is composed when it is sent, from what they may
see then. A worker claims rows for a while; one that dies leaves them to the next, who sends them
again under the same Message-ID.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import or_, select

from app.db import Database, GuardedSession
from app.domain.visibility import appointment_key, appointments_in, parties_in, party_key, person_key
from app.logs import get_logger
from app.models import (
    Decision,
    Dispatch,
    Meeting,
    OutboxMessage,
    RosterEntry,
)
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
        "reminder",
        "reminder_digest",
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
_HOLDS: Final = "mails are held"
_DISPATCHES: Final = "dispatches"
_FIRST_DELAY: Final = dt.timedelta(minutes=1)
_LONGEST_DELAY: Final = dt.timedelta(hours=6)

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
    if _wake is not None and _wake_worker not in session.after_commit_calls:
        session.after_commit_calls.append(_wake_worker)


def _wake_worker() -> None:
    """Wake the worker; should that fail, what was committed stands, and the worker looks by itself within a minute."""
    try:
        if _wake is not None:
            _wake()
    except Exception as error:  # noqa: BLE001 - whatever the queue raises, the change is made
        get_logger().warning("the worker could not be woken", kind=type(error).__name__)


def hold_mails(session: GuardedSession) -> None:
    """Hold every mail about a meeting that this session tells of from now on, until its makers send or drop it."""
    session.info[_HOLDS] = True


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
    dispatch = _dispatch(session, kind, meeting)
    payload = {"meeting_id": str(meeting.id), **facts}
    for person_id in sorted(people, key=str):
        enqueue(session, kind, person_id, payload, meeting.id, dispatch=dispatch)
    for entry_id in sorted(entries, key=str):
        enqueue(session, kind, None, payload, meeting.id, entry_id=entry_id, dispatch=dispatch)


def _dispatch(session: GuardedSession, kind: str, meeting: Meeting) -> Dispatch | None:
    """Return what holds the mails of this act together for who made it, one for each kind; the system makes none."""
    made: dict[tuple[uuid.UUID, str], Dispatch] = session.info.setdefault(_DISPATCHES, {})
    if session.viewer is None:
        return None
    if (meeting.id, kind) not in made:
        dispatch = Dispatch(
            id=uuid.uuid4(),
            meeting_id=meeting.id,
            kind=kind,
            is_held=_HOLDS in session.info,
            made_by=session.viewer.person_id,
            made_at=session.now,
            audience_id=session.audience(makers_of(session, meeting)),
        )
        session.add(dispatch)
        session.flush()  # the messages point at it
        made[meeting.id, kind] = dispatch
        if dispatch.is_held:
            session.record("mails_held", "meeting", meeting.id, dispatch.audience_id, kind=kind)
    return made[meeting.id, kind]


def makers_of(session: GuardedSession, meeting: Meeting) -> frozenset[str]:
    """Return the keys of the viewer's own side of a meeting: their delegation, or the secretariat that they serve in.

    Somebody who is of neither is their own side.
    """
    viewer = session.bound_viewer
    if viewer.sits_at_a_table and viewer.party:
        return frozenset({party_key(viewer.party)})
    serving = appointments_in(keys_behind(session, meeting.audience_id))
    own = sorted((hat.appointment_id for hat in viewer.hats if hat.appointment_id in serving), key=str)
    return frozenset({appointment_key(own[0]) if own else person_key(viewer.person_id)})


# The worker's side ---------------------------------------------------------------------------------


def claim(database: Database, limit: int = 20) -> list[Claimed]:
    """Take up to `limit` messages that are due and that nobody holds; the attempt counts from now on.

    It counts before it is made, so that a message which kills its worker is not tried for ever.
    """
    with database.system_session("claim what is to be sent", "write") as session:
        rows = session.execute(
            select(OutboxMessage)
            .where(
                OutboxMessage.sent_at.is_(None),
                OutboxMessage.abandoned_at.is_(None),
                OutboxMessage.due_at <= session.now,
                OutboxMessage.held_at.is_(None),
                or_(OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until <= session.now),
            )
            .order_by(OutboxMessage.due_at, OutboxMessage.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).scalars()
        claimed = []
        for row in rows:
            if row.attempts >= ATTEMPTS:
                row.abandoned_at, row.leased_until, row.last_error = session.now, None, "its worker ended each time"
                get_logger().error("message abandoned", message=str(row.id), message_kind=row.kind)
                continue
            row.leased_until = session.now + LEASE
            row.attempts += 1
            claimed.append(
                Claimed(row.id, row.kind, row.recipient_id, row.payload, row.created_at, row.attempts, row.entry_id)
            )
        session.commit()
        return claimed


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
        row.sent_at, row.leased_until, row.last_error = session.now, None, None
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
    """Note that sending failed, and say whether it will be tried again.

    It is tried again after 1, 2, 4, 8 … minutes, at most 6 hours later, and ten times in all.
    """
    with database.system_session("note that sending failed", "write") as session:
        row = session.get_one(OutboxMessage, message_id)
        row.leased_until, row.last_error = None, error
        if row.attempts >= ATTEMPTS:
            row.abandoned_at = session.now
        else:
            row.due_at = session.now + delay_after(row.attempts)
        session.commit()
        facts = {"message": str(message_id), "message_kind": row.kind, "attempts": row.attempts, "error": error}
    if row.abandoned_at is not None:
        get_logger().error("message abandoned", **facts)
        return False
    get_logger().warning("message not sent", **facts)
    return True


def delay_after(attempts: int) -> dt.timedelta:
    """Return how long to wait after so many attempts."""
    return min(_FIRST_DELAY * (1 << (attempts - 1)), _LONGEST_DELAY)
