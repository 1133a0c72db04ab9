"""What its makers do to a poll as a whole: more time, an end, another beginning; and late answers let in.

Each act locks the poll. A deadline that has passed closes it by itself, whether or not anybody has written that down.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from app.db import Database, GuardedSession
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.plaintext import paragraphs
from app.domain.polls import OVER
from app.domain.walltime import Choice, resolve
from app.models import Poll, PollResponse, PollSeat
from app.services.poll_post import tell_those_asked
from app.services.poll_reports import show_reports
from app.services.polls import find_poll, is_running, may_run

REASON_LIMIT: Final = 2000


@dataclass(frozen=True, slots=True)
class NewDeadline:
    """A deadline in wall time of the poll's own zone for it; `choice` where the clocks show it twice."""

    closes_on: dt.date
    closes_time: dt.time
    choice: Choice | None = None


def run_by_viewer(session: GuardedSession, reference: str) -> Poll:
    """Return a poll, locked, that is the viewer's to run and not over; raises `NotFound`, `Refusal`.

    `forbidden`; `poll_is_over` once a slot was chosen or it was withdrawn.
    """
    poll = find_poll(session, reference, lock=True)
    if not may_run(session, poll):
        raise Refusal("forbidden")
    if poll.state in OVER:
        raise Refusal("poll_is_over")
    return poll


def run_as_seen(session: GuardedSession, reference: str, version: int) -> Poll:
    """Return the poll of `run_by_viewer`, where it is still as its makers saw it; raises `StaleVersion` too."""
    poll = run_by_viewer(session, reference)
    if version != poll.version:
        raise StaleVersion({"version": version}, {"version": poll.version})
    return poll


def extend_poll(session: GuardedSession, reference: str, deadline: NewDeadline, *, version: int) -> Poll:
    """Give a poll that runs a later deadline, and tell those asked.

    Raises what `run_as_seen` and `walltime.resolve` raise; `Refusal` `poll_is_closed`, `deadline_not_later`,
    `deadline_after_first_slot`.
    """
    poll = run_as_seen(session, reference, version)
    if not is_running(poll, session.now):
        raise Refusal("poll_is_closed")
    was = poll.closes_at
    _set_deadline(poll, deadline, was)
    _changed(session, poll, "poll_extended", was=was.isoformat(), closes_at=poll.closes_at.isoformat())
    tell_those_asked(session, "poll_extended", poll, session.bound_viewer.person_id)
    return poll


def reopen_poll(session: GuardedSession, reference: str, deadline: NewDeadline, *, version: int) -> Poll:
    """Let a closed poll be answered again until a later deadline, and tell those asked.

    Raises what `extend_poll` raises; `Refusal` `poll_runs`, `deadline_has_passed`.
    """
    poll = run_as_seen(session, reference, version)
    if is_running(poll, session.now):
        raise Refusal("poll_runs")
    _set_deadline(poll, deadline, session.now)
    poll.state, poll.ended_at = "open", None
    _changed(session, poll, "poll_reopened", closes_at=poll.closes_at.isoformat())
    tell_those_asked(session, "poll_extended", poll, session.bound_viewer.person_id)
    return poll


def close_poll(session: GuardedSession, reference: str, *, version: int) -> Poll:
    """Close a poll before its deadline: what comes afterwards is late. Raises as `extend_poll` does."""
    poll = run_as_seen(session, reference, version)
    if not is_running(poll, session.now):
        raise Refusal("poll_is_closed")
    _close(session, poll, session.now)
    session.record("poll_closed", "poll", poll.id, poll.audience_id, reference=poll.reference, by_deadline=False)
    return poll


def withdraw_poll(session: GuardedSession, reference: str, reason: str, *, version: int) -> Poll:
    """End a poll of which nothing comes, with a reason that all who see it read; those asked are told.

    Raises what `run_as_seen` and texts raise; `Refusal` `reason_required`.
    """
    poll = run_as_seen(session, reference, version)
    cleaned = paragraphs(reason, "reason", REASON_LIMIT)
    if not cleaned:
        raise Refusal("reason_required", field="reason")
    poll.state, poll.reason, poll.ended_at = "withdrawn", cleaned, session.now
    show_reports(session, poll)
    _changed(session, poll, "poll_withdrawn", reason=cleaned)
    tell_those_asked(session, "poll_withdrawn", poll, session.bound_viewer.person_id)
    return poll


def count_late(session: GuardedSession, reference: str, seat_id: uuid.UUID, *, counts: bool) -> Poll:
    """Let the late answer of a seat count, or let it count no more.

    Raises what `run_by_viewer` raises; `NotFound` for a seat that is not one of those the poll counts;
    `Refusal("nothing_late")` where no late answer came.
    """
    poll = run_by_viewer(session, reference)
    seat = next((each for each in poll.seats if each.id == seat_id and not each.is_inner), None)
    if seat is None:
        raise NotFound
    if counts and not _came_late(session, seat):
        raise Refusal("nothing_late")
    seat.late_counted_at = session.now if counts else None
    seat.late_counted_by = session.bound_viewer.person_id if counts else None
    _changed(session, poll, "poll_late_counted", party=seat.party_code, counts=counts)
    return poll


def close_due_polls(database: Database) -> int:
    """Write down of each poll whose deadline has passed that it closed then, and return how many they are."""
    with database.system_session("close polls whose deadline has passed", "write") as session:
        due = select(Poll).where(Poll.state == "open", Poll.closes_at <= session.now).with_for_update(skip_locked=True)
        polls = session.execute(due).scalars().all()
        for poll in polls:
            _close(session, poll, poll.closes_at)
            session.record("poll_closed", "poll", poll.id, poll.audience_id, reference=poll.reference, by_deadline=True)
        session.commit()
        return len(polls)


def _close(session: GuardedSession, poll: Poll, at: dt.datetime) -> None:
    poll.state, poll.ended_at, poll.changed_at = "closed", at, session.now
    show_reports(session, poll)
    session.flush()  # the version that a page shows next


def _set_deadline(poll: Poll, deadline: NewDeadline, after: dt.datetime) -> None:
    """Write a deadline that comes after an instant, and before the first slot that stands."""
    wall = dt.datetime.combine(deadline.closes_on, deadline.closes_time)
    closes_at = resolve(wall, poll.closes_zone, deadline.choice, field="closes_time").instant
    if closes_at <= after:
        raise Refusal("deadline_not_later", field="closes_on")
    first = min((slot.starts_at for slot in poll.slots if slot.withdrawn_at is None), default=closes_at)
    if closes_at > first:
        raise Refusal("deadline_after_first_slot", field="closes_on")
    poll.closes_at = closes_at


def _came_late(session: GuardedSession, seat: PollSeat) -> bool:
    with session.whole_truth("see whether a late answer came") as truth:
        late = select(PollResponse.id).where(PollResponse.seat_id == seat.id, PollResponse.is_late.is_(True)).limit(1)
        return truth.execute(late).scalar_one_or_none() is not None


def touch(session: GuardedSession, poll: Poll) -> None:
    """Raise the version of a poll whose slots or seats changed, so that a page made before knows."""
    poll.changed_at = session.now
    flag_modified(poll, "changed_at")
    session.flush()  # the version that a page shows next


def _changed(session: GuardedSession, poll: Poll, act: str, **facts: object) -> None:
    touch(session, poll)
    session.record(act, "poll", poll.id, poll.audience_id, reference=poll.reference, **facts)
