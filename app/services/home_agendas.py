"""Agendas that the viewer's side is to issue soon: a secretariat's, or those of a meeting that their party hosts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, exists, false, func, select, true

from app.db import GuardedSession
from app.domain.actions import today_in
from app.domain.agenda_standing import PROVISIONAL_DAYS, SUPPLEMENTARY_DAYS, lead_times
from app.domain.visibility import Role
from app.models import Agenda, Meeting, MeetingParty

# It is told of this long before it is due, and nobody is asked for the agenda of a meeting farther away than this.
AHEAD: Final = dt.timedelta(weeks=1)
FARTHEST: Final = dt.timedelta(days=120)
_USUAL: Final = (PROVISIONAL_DAYS, SUPPLEMENTARY_DAYS)


@dataclass(frozen=True, slots=True)
class AgendaNeed:
    """A meeting whose provisional agenda is to be issued, and the day at its place by which it is due."""

    meeting: Meeting
    due_on: dt.date


def waiting_agendas_count(session: GuardedSession) -> ColumnElement[int]:
    """Return how many agendas may be due soon, as a column of another statement."""
    return select(func.count(Meeting.id)).where(*_may_be_due(session)).scalar_subquery()


def agenda_needs(session: GuardedSession, waiting_count: int) -> Iterator[AgendaNeed]:
    """Yield the agendas that are due within a week, or were before, in one statement; none where none can be."""
    if not waiting_count:
        return
    rows = session.execute(
        select(Meeting, Agenda)
        .outerjoin(Agenda, Agenda.meeting_id == Meeting.id)
        .where(*_may_be_due(session))
        .order_by(Meeting.starts_at, Meeting.id)
    )
    for meeting, agenda in rows:
        days = (agenda.provisional_days, agenda.supplementary_days) if agenda else _USUAL
        due_on = lead_times(meeting.starts_on, *days).provisional_due_on
        if due_on is not None and due_on <= today_in(session.now, meeting.time_zone) + AHEAD:
            yield AgendaNeed(meeting, due_on)


def _may_be_due(session: GuardedSession) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a coming meeting that the viewer's side runs and of which nothing was issued."""
    viewer = session.bound_viewer
    issued = exists().where(Agenda.meeting_id == Meeting.id, Agenda.state != "draft").correlate(Meeting)
    hosts: ColumnElement[bool] = exists().where(
        MeetingParty.meeting_id == Meeting.id,
        MeetingParty.party_code == viewer.party,
        MeetingParty.hosting == "host",
        MeetingParty.removed.is_(False),
    )
    serves = true() if viewer.role is Role.SECRETARIAT and viewer.hats else false()
    return (
        Meeting.state.in_(("proposed", "confirmed")),
        Meeting.date_is_open.is_(False),
        Meeting.starts_at > session.now,
        Meeting.starts_at <= session.now + FARTHEST,
        ~issued,
        hosts if viewer.speaks_for_party else serves,
    )
