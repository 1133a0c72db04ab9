"""The replies that came from calendars to the invitations of one's own delegation, those that did not count too."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select

from app.db import GuardedSession
from app.models import InvitationReply, Meeting, MeetingInvitation, Person, RosterEntry
from app.services.invitation_answers import Standing
from app.services.meetings import find_meeting
from app.services.rosters import approved_entries

LISTED: Final = 200


@dataclass(frozen=True, slots=True)
class InvitedLine:
    """Somebody of one's own delegation who was invited, where the mail went, and what they said and when."""

    name: str
    address: str
    answer: str
    way: str | None
    answered_at: dt.datetime | None
    is_outdated: bool


@dataclass(frozen=True, slots=True)
class ReplyLine:
    """A reply that came from a calendar, what it said, and why it did not count."""

    name: str
    received_at: dt.datetime
    reply: str | None
    outcome: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class RepliesView:
    """The page of the replies to a meeting's invitations, of what the viewer may see."""

    meeting: Meeting
    invited: Sequence[InvitedLine]
    replies: Sequence[ReplyLine]
    more_count: int


def replies_to(session: GuardedSession, reference: str) -> RepliesView:
    """Return who of the viewer's own was invited to a meeting, and the newest replies that came; raises `NotFound`."""
    meeting = find_meeting(session, reference)
    entries = {entry.id: entry for entry in approved_entries(session, meeting.id)}
    rows = session.execute(
        select(MeetingInvitation, Person.name)
        .outerjoin(Person, Person.id == MeetingInvitation.person_id)
        .where(MeetingInvitation.meeting_id == meeting.id)
    ).all()
    names = {row.id: _name(row, name, entries) for row, name in rows}
    replies = session.execute(
        select(InvitationReply, func.count().over().label("all"))
        .join(MeetingInvitation, MeetingInvitation.id == InvitationReply.invitation_id)
        .where(MeetingInvitation.meeting_id == meeting.id)
        .order_by(InvitationReply.received_at.desc(), InvitationReply.id)
        .limit(LISTED)
    ).all()
    return RepliesView(
        meeting=meeting,
        invited=sorted((_invited(row, names[row.id], meeting) for row, _ in rows), key=lambda line: line.name),
        replies=[
            ReplyLine(names.get(row.invitation_id, ""), row.received_at, row.reply, row.outcome, row.reason)
            for row, _ in replies
        ],
        more_count=max(replies[0][1] - LISTED, 0) if replies else 0,
    )


def _name(row: MeetingInvitation, name: str | None, entries: Mapping[uuid.UUID, RosterEntry]) -> str:
    entry = entries.get(row.entry_id) if row.entry_id else None
    return name or (entry.name if entry else row.address)


def _invited(row: MeetingInvitation, name: str, meeting: Meeting) -> InvitedLine:
    standing = Standing(meeting, row, None)
    return InvitedLine(name, row.address, standing.answer, row.reply_way, row.replied_at, standing.is_outdated)
