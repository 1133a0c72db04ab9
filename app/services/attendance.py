"""Who was there on each day of a meeting: recorded by hand, by their own side or the secretariat, afterwards too."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from app.db import GuardedSession
from app.domain import rosters as rules
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.visibility import Action, Facts, can
from app.domain.walltime import in_zone
from app.models import Meeting, RosterAttendance, RosterEntry
from app.services.meeting_audience import rows_audience
from app.services.meetings import facts_of_meeting, find_meeting
from app.services.rosters import OVER, approved_entries, days_of


@dataclass(frozen=True, slots=True)
class Marked:
    """What is said of one person on one day; `was` is what the form showed, which an answer to it carries."""

    presence: str
    was: str | None


def recordable_days(meeting: Meeting, now: dt.datetime) -> tuple[dt.date, ...]:
    """Return the days of a meeting that have come, on its own wall; `now` is aware."""
    today = in_zone(now, meeting.time_zone).date()
    return tuple(on for on in days_of(meeting) if on <= today)


def may_record_for(session: GuardedSession, facts: Facts, party: str) -> bool:
    """Say whether the viewer records who of a party was there: their own side, or the secretariat for all."""
    viewer = session.bound_viewer
    return can(viewer, Action.RECORD_ATTENDANCE, facts) and viewer.party in {None, party}


def record_attendance(
    session: GuardedSession, reference: str, on: dt.date, marked: Mapping[uuid.UUID, Marked]
) -> tuple[Meeting, int]:
    """Write who was there on a day, and return the meeting and how many entries that changed.

    Raises `NotFound`, `Refusal` `forbidden`, `roster_is_over`, `not_a_day_of_the_meeting`, `day_still_to_come`,
    `unknown_presence`, and `StaleVersion` where somebody was marked otherwise since the form was made.
    """
    meeting = find_meeting(session, reference, lock=True)
    facts = facts_of_meeting(session, meeting)
    if meeting.state in OVER:
        raise Refusal("roster_is_over")
    rules.check_day(on, days_of(meeting), in_zone(session.now, meeting.time_zone).date())
    entries = {entry.id: entry for entry in approved_entries(session, meeting.id)}
    standing = _standing(session, meeting, on)
    changed = 0
    for entry_id, mark in marked.items():
        entry = entries.get(entry_id)
        if entry is None:
            raise NotFound
        if not may_record_for(session, facts, entry.party_code):
            raise Refusal("forbidden")
        rules.check_presence(mark.presence)
        changed += _mark(session, meeting, entry, on, mark, standing.get(entry_id))
    if changed:
        session.flush()
        parties = sorted({entries[entry_id].party_code for entry_id in marked})
        session.record(
            "attendance_recorded", "roster", meeting.id, rows_audience(session, meeting), day=on.isoformat(),
            parties=parties, count=changed,
        )  # fmt: skip
    return meeting, changed


def _standing(session: GuardedSession, meeting: Meeting, on: dt.date) -> dict[uuid.UUID, RosterAttendance]:
    rows = session.execute(
        select(RosterAttendance)
        .where(RosterAttendance.meeting_id == meeting.id, RosterAttendance.sat_on == on)
        .execution_options(populate_existing=True)
    ).scalars()
    return {row.entry_id: row for row in rows}


def _mark(
    session: GuardedSession, meeting: Meeting, entry: RosterEntry, on: dt.date, mark: Marked,
    row: RosterAttendance | None,
) -> bool:  # fmt: skip
    now = row.presence if row else None
    if now == mark.presence:
        return False
    if now != mark.was:
        raise StaleVersion({"name": entry.name, "presence": mark.presence}, {"name": entry.name, "presence": now})
    if row is None:
        row = RosterAttendance(meeting_id=meeting.id, entry_id=entry.id, sat_on=on)
        row.audience_id = rows_audience(session, meeting)
        session.add(row)
    row.presence = mark.presence
    row.recorded_by, row.recorded_at = session.bound_viewer.person_id, session.now
    return True
