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
from app.domain.visibility import SPEAKING_ROLES, appointments_in, parties_in
from app.logs import get_logger
from app.models import Appointment, AppointmentMember, AudienceMember, Decision, Meeting, OutboxMessage, Person
from app.services.in_force import in_force_on
from app.services.practice import is_example

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
        "zone_change_hour_kept",
        "zone_change_moment_kept",
        "answer_reported",
        "decision_asked",
        "decision_answered",
        "decision_taken",
        "decision_withdrawn",
        "reminder",
        "reminder_digest",
    }
)
LEASE: Final = dt.timedelta(minutes=5)
ATTEMPTS: Final = 10
WITHHELD: Final = "withheld: nothing that the recipient may see"
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
    recipient_id: uuid.UUID,
    payload: Mapping[str, Any],
    subject_id: object = None,
    due_at: dt.datetime | None = None,
) -> None:
    """Write down that this person is to be told, at `due_at` or at once; `payload` holds ids, no private text.

    Raises `ValueError` for a kind that nobody composes.
    """
    if kind not in KINDS:
        raise ValueError(f"nobody composes {kind}")
    session.add(
        OutboxMessage(
            kind=kind,
            recipient_id=recipient_id,
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


def tell_parties(
    session: GuardedSession,
    kind: str,
    meeting: Meeting,
    parties: Collection[str],
    except_person: uuid.UUID | None,
    *,
    with_secretariat: bool = True,
) -> None:
    """Tell a meeting's coordinators, heads and secretariat, save the person who acted.

    The coordinators and heads are those of `parties`; the secretariat are today's members of the
    appointments that are in the meeting's audience.
    """
    if is_example(session, meeting):
        return
    with session.whole_truth("find whom to tell of a meeting") as truth:
        told = _speakers(truth, parties)
        if with_secretariat:
            told |= _serving(truth, appointments_in(_keys_of(truth, meeting.audience_id)))
    _tell(session, kind, meeting, told - {except_person}, {})


def tell_left(
    session: GuardedSession, meeting: Meeting, keys_before: frozenset[str], except_person: uuid.UUID | None
) -> None:
    """Tell those who could speak on a meeting, or ran it, and see it no more since its parties changed.

    The message has its reference, which they know, and nothing that was decided without them.
    """
    if is_example(session, meeting):
        return
    with session.whole_truth("find whom to tell of a meeting") as truth:
        gone = keys_before - _keys_of(truth, meeting.audience_id)
        told = _speakers(truth, parties_in(gone)) | _serving(truth, appointments_in(gone))
    _tell(session, "meeting_left", meeting, told - {except_person}, {"reference": meeting.reference})


def tell_of_decision(session: GuardedSession, kind: str, decision: Decision, except_person: uuid.UUID | None) -> None:
    """Tell the coordinators and heads of a decision's parties, and the secretariats that see it, of what was done."""
    with session.whole_truth("find whom to tell of a decision") as truth:
        told = _speakers(truth, decision.parties)
        told |= _serving(truth, appointments_in(_keys_of(truth, decision.audience_id)))
    for person_id in sorted(told - {except_person}, key=str):
        enqueue(session, kind, person_id, {"decision_id": str(decision.id)}, subject_id=decision.id)


def _tell(
    session: GuardedSession, kind: str, meeting: Meeting, told: Collection[uuid.UUID | None], facts: Mapping[str, str]
) -> None:
    for person_id in sorted((each for each in told if each), key=str):
        enqueue(session, kind, person_id, {"meeting_id": str(meeting.id), **facts}, subject_id=meeting.id)


def _speakers(truth: GuardedSession, parties: Collection[str]) -> set[uuid.UUID]:
    found = select(Person.id).where(
        Person.delegation.in_(sorted(parties)), Person.role.in_(sorted(SPEAKING_ROLES)), Person.active.is_(True)
    )
    return set(truth.execute(found).scalars())


def _keys_of(truth: GuardedSession, audience_id: uuid.UUID) -> frozenset[str]:
    keys = truth.execute(select(AudienceMember.key).where(AudienceMember.audience_id == audience_id))
    return frozenset(keys.scalars())


def _serving(truth: GuardedSession, appointments: Collection[uuid.UUID]) -> set[uuid.UUID]:
    today = truth.now.date()
    found = (
        select(Person.id)
        .join(AppointmentMember, AppointmentMember.person_id == Person.id)
        .join(Appointment, Appointment.id == AppointmentMember.appointment_id)
        .where(
            in_force_on(today),
            AppointmentMember.appointment_id.in_(sorted(appointments, key=str)),
            AppointmentMember.starts_on <= today,
            or_(AppointmentMember.ends_on.is_(None), AppointmentMember.ends_on >= today),
            Person.active.is_(True),
        )
    )
    return set(truth.execute(found).scalars())


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
