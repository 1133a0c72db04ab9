"""The mails of acts on a meeting, as who made them sees them: held ones are sent or dropped, sent ones looked back on.

To whom they go is said by party: whose accounts another party has, and how many, is its own to know.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, cast

from sqlalchemy import func, or_, select

from app.db import GuardedSession
from app.domain.dispatches import LEFT, tells_state
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import Action, Facts, appointments_in, can, parties_in
from app.models import Dispatch, Meeting, OutboxMessage, Person, RosterEntry
from app.services.dispatches import stands_held
from app.services.mail_content import Letterhead
from app.services.mail_digests import GATHERED, NOT_TOLD, NOT_WANTED, SUPERSEDED
from app.services.mails import Said, text_of
from app.services.meeting_audience import keys_of
from app.services.meetings import find_meeting
from app.services.outbox import WITHHELD, Claimed, wake_after_commit
from app.services.people_names import names_of

State = Literal["held", "dropped", "on_its_way", "waiting", "failed", "sent"]
DROPPED: Final = "dropped: its makers did not want it sent"
MOST: Final = 100
_SETTLED: Final = frozenset({WITHHELD, NOT_WANTED, NOT_TOLD, SUPERSEDED, GATHERED, DROPPED})


@dataclass(frozen=True, slots=True)
class Mailed:
    """The mails of one act: who made them, whom they are for, and what became of them.

    `at` is the moment that goes with the state: since when they are held or wait for the mail server, or when the
    last was handed over or dropped. `said` is what one of them would say now, in the viewer's own language.
    """

    dispatch: Dispatch
    maker: str | None
    parties: tuple[str, ...]
    has_secretariat: bool
    state: State
    at: dt.datetime
    said: Said | None = None


@dataclass(frozen=True, slots=True)
class MailedOf:
    """What the viewer's side has held and sent about a meeting, the newest first."""

    meeting: Meeting
    held: tuple[Mailed, ...]
    past: tuple[Mailed, ...]


@dataclass(slots=True)
class _Whole:
    """What the messages of one dispatch come to."""

    parties: set[str]
    has_secretariat: bool = False
    sent_at: dt.datetime | None = None
    failing_since: dt.datetime | None = None
    is_on_its_way: bool = False
    has_failed: bool = False


def mails_of(session: GuardedSession, reference: str, letterhead: Letterhead) -> MailedOf:
    """Return what the viewer's side has held and sent about a meeting. Raises `NotFound`."""
    meeting = find_meeting(session, reference)
    rows = session.execute(
        select(Dispatch).where(Dispatch.meeting_id == meeting.id).order_by(Dispatch.made_at.desc(), Dispatch.id)
        .limit(MOST)
    ).scalars().all()  # fmt: skip
    wholes = _wholes(session, [row.id for row in rows])
    names = names_of(session, {row.made_by for row in rows})
    found = [_mailed(session, meeting, row, wholes[row.id], names.get(row.made_by), letterhead) for row in rows]
    return MailedOf(
        meeting,
        tuple(each for each in found if each.state == "held"),
        tuple(each for each in found if each.state != "held"),
    )


def _mailed(
    session: GuardedSession, meeting: Meeting, row: Dispatch, whole: _Whole, maker: str | None, letterhead: Letterhead
) -> Mailed:
    state, at = _state_of(row, whole)
    said = _said_now(session, meeting, row, letterhead) if state == "held" else None
    return Mailed(row, maker, tuple(sorted(whole.parties)), whole.has_secretariat, state, at, said)


def _state_of(row: Dispatch, whole: _Whole) -> tuple[State, dt.datetime]:
    if row.dropped_at is not None:
        return "dropped", row.dropped_at
    if row.is_held and row.released_at is None:
        return "held", row.made_at
    if whole.failing_since is not None:
        return "waiting", whole.failing_since
    if whole.is_on_its_way:
        return "on_its_way", row.released_at or row.made_at
    if whole.has_failed:
        return "failed", row.released_at or row.made_at
    return "sent", whole.sent_at or row.released_at or row.made_at


def _said_now(session: GuardedSession, meeting: Meeting, row: Dispatch, letterhead: Letterhead) -> Said | None:
    """Return what the mail of an act would say to the viewer; None where it is for those who see the meeting no more.

    That a meeting is no longer with somebody is said to them alone.
    """
    if row.kind == LEFT:
        return None
    viewer = session.bound_viewer
    payload = {"meeting_id": str(meeting.id), "reference": meeting.reference}
    message = Claimed(row.id, row.kind, viewer.person_id, payload, session.now, 0)
    return text_of(session, viewer, message, letterhead)


def _wholes(session: GuardedSession, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, _Whole]:
    """Return what the messages of dispatches come to: of whom they are for no more than the parties."""
    found = {identity: _Whole(set()) for identity in ids}
    with session.whole_truth("say for which parties mails were") as truth:
        rows = truth.execute(
            select(
                OutboxMessage,
                func.coalesce(RosterEntry.party_code, Person.delegation).label("party"),
            )
            .outerjoin(Person, Person.id == OutboxMessage.recipient_id)
            .outerjoin(RosterEntry, RosterEntry.id == OutboxMessage.entry_id)
            .where(OutboxMessage.dispatch_id.in_(ids))
        )
        for message, party in rows:
            _add(found[cast("uuid.UUID", message.dispatch_id)], message, party, session.now)
    return found


def _add(whole: _Whole, message: OutboxMessage, party: str | None, now: dt.datetime) -> None:
    if party is None:
        whole.has_secretariat = True
    else:
        whole.parties.add(party)
    if message.sent_at is not None:
        whole.sent_at = max(message.sent_at, whole.sent_at or message.sent_at)
    elif message.abandoned_at is not None:
        whole.has_failed = whole.has_failed or message.last_error not in _SETTLED
    elif message.failing_since is not None:
        whole.failing_since = min(message.failing_since, whole.failing_since or message.failing_since)
    elif message.due_at <= now:  # what comes in somebody's digest is their own choice, and looks as if it were sent
        whole.is_on_its_way = True


# Sending and dropping ----------------------------------------------------------------------------------


def send_held(session: GuardedSession, reference: str) -> Meeting:
    """Send all mails about a meeting that the viewer's side holds; each recipient gets one, which says what stands now.

    Who was told of the meeting since has been told that already. Raises `NotFound`; `Refusal` `forbidden`,
    `no_mails_held`.
    """
    meeting = find_meeting(session, reference, lock=True)
    held = list(_held(session, meeting))
    if not held:
        raise Refusal("no_mails_held")
    for dispatch in held:
        _check_own(session, dispatch)
        dispatch.released_by, dispatch.released_at = session.bound_viewer.person_id, session.now
    with session.whole_truth("send the mails that were held") as truth:
        rows = _messages(truth, [dispatch.id for dispatch in held])
        told = _told_since(truth, meeting)
        for place, row in enumerate(rows):
            latest = told.get(row.recipient_id or row.entry_id)
            if latest is not None and latest > row.created_at and tells_state(row.kind):
                row.abandoned_at, row.last_error = session.now, SUPERSEDED
            else:
                row.held_at, row.due_at = None, session.now
            # It is told now, in the order of what happened.
            row.created_at = session.now + place * dt.timedelta.resolution
    _record(session, "mails_sent_later", meeting, held)
    wake_after_commit(session)
    return meeting


def find_held(session: GuardedSession, dispatch_id: uuid.UUID, *, lock: bool = False) -> tuple[Meeting, Dispatch]:
    """Return the mails that are held under this id, and the meeting that they are about.

    Raises `NotFound`; `Refusal` `forbidden`, `no_mails_held`.
    """
    query = select(Dispatch, Meeting).join(Meeting, Meeting.id == Dispatch.meeting_id).where(Dispatch.id == dispatch_id)
    row = session.execute(query.with_for_update(of=Dispatch) if lock else query).one_or_none()
    if row is None:
        raise NotFound
    found, meeting = row
    _check_own(session, found)
    if not found.is_held or found.released_at is not None or found.dropped_at is not None:
        raise Refusal("no_mails_held")
    return meeting, found


def drop_held(session: GuardedSession, dispatch_id: uuid.UUID) -> Meeting:
    """Drop the mails of one act that are held: nobody gets them. Raises as `find_held` does."""
    meeting, dispatch = find_held(session, dispatch_id, lock=True)
    dispatch.dropped_at = session.now
    with session.whole_truth("drop the mails that were held") as truth:
        for row in _messages(truth, [dispatch.id]):
            row.abandoned_at, row.last_error = session.now, DROPPED
    _record(session, "mails_dropped", meeting, [dispatch])
    return meeting


def _held(session: GuardedSession, meeting: Meeting) -> Iterable[Dispatch]:
    return session.execute(
        select(Dispatch).where(Dispatch.meeting_id == meeting.id, stands_held()).with_for_update()
    ).scalars()


def _messages(truth: GuardedSession, dispatch_ids: Sequence[uuid.UUID]) -> Sequence[OutboxMessage]:
    return (
        truth.execute(
            select(OutboxMessage)
            .where(OutboxMessage.dispatch_id.in_(dispatch_ids), OutboxMessage.held_at.is_not(None))
            .order_by(OutboxMessage.created_at, OutboxMessage.id)
            .with_for_update()
        )
        .scalars()
        .all()
    )


def _told_since(truth: GuardedSession, meeting: Meeting) -> dict[uuid.UUID | None, dt.datetime]:
    """Return when each recipient was last told, or is about to be, where a meeting stands."""
    rows = truth.execute(
        select(OutboxMessage.recipient_id, OutboxMessage.entry_id, OutboxMessage.kind, OutboxMessage.created_at).where(
            OutboxMessage.subject_id == str(meeting.id),
            OutboxMessage.held_at.is_(None),
            or_(OutboxMessage.abandoned_at.is_(None), OutboxMessage.last_error == GATHERED),
        )
    )
    found: dict[uuid.UUID | None, dt.datetime] = {}
    for row in rows:
        if tells_state(row.kind):
            key = row.recipient_id or row.entry_id
            found[key] = max(row.created_at, found.get(key, row.created_at))
    return found


def _check_own(session: GuardedSession, dispatch: Dispatch) -> None:
    keys = keys_of(session, dispatch.audience_id)
    owner = next(iter(parties_in(keys)), None)
    if not can(session.bound_viewer, Action.RELEASE_MAILS, Facts(owner=owner, appointments=appointments_in(keys))):
        raise Refusal("forbidden")


def _record(session: GuardedSession, act: str, meeting: Meeting, dispatches: Sequence[Dispatch]) -> None:
    kinds = sorted({dispatch.kind for dispatch in dispatches})
    session.record(act, "meeting", meeting.id, dispatches[0].audience_id, kinds=kinds)
