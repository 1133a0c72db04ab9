"""The actions of a meeting, those that are still open of the meetings before it, and those that are due by it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.db import GuardedSession
from app.domain import actions as rules
from app.domain.visibility import party_key
from app.models import Action, AudienceMember, Leg, Meeting, MeetingParty
from app.services.action_lines import ActionLine, lines_of, marked_lines_of
from app.services.action_whole import in_lists, not_ended
from app.services.meeting_state import CALLED_OFF
from app.services.next_meetings import Followed, followed_by

# What a page can bear of what is still open; the register has all of it.
OPEN_LIMIT: Final = 200
_earlier = aliased(Meeting)


@dataclass(frozen=True, slots=True)
class ActionsAround:
    """The actions of a meeting, those of the meetings before it that are still open, and those that are due by it.

    Of those due by it only the ones with legs that say another day than the meeting's.
    """

    own: tuple[ActionLine, ...]
    before: tuple[ActionLine, ...]
    behind: tuple[Followed, ...]


def actions_of_meeting(session: GuardedSession, meeting: Meeting) -> list[ActionLine]:
    """Return the actions of a meeting that the viewer may see, in the order of their references."""
    query = select(Action).where(Action.meeting_id == meeting.id, in_lists()).order_by(Action.reference)
    return list(lines_of(session, query))


def open_before(session: GuardedSession, meeting: Meeting) -> list[ActionLine]:
    """Return what is still to be done of the meetings before this one, of what the viewer may see, by due day.

    They are those of the same mechanism and exactly the same parties, the last one and all before, so that what was
    carried over stays in sight; what a party besides these sees is not among it; `OPEN_LIMIT` at most. An ad hoc
    meeting goes back to none.
    """
    if meeting.mechanism_id is None:
        return []
    return _by_due_day(lines_of(session, select(Action).where(Action.id.in_(_open_ids(meeting)))))


def actions_around(session: GuardedSession, meeting: Meeting) -> ActionsAround:
    """Return the actions of a meeting, what is still open of those before it, and what is due by it.

    Three statements, however many they are.
    """
    if meeting.mechanism_id is None:
        return ActionsAround(tuple(actions_of_meeting(session, meeting)), (), ())
    own_ones = and_(Action.meeting_id == meeting.id, in_lists())
    is_open_before = Action.id.in_(_open_ids(meeting))
    query = select(Action).where(or_(own_ones, is_open_before, Action.id.in_(_due_by_next(meeting))))
    marked = marked_lines_of(session, query.order_by(Action.reference), is_open_before)
    own = tuple(line for line, _ in marked if line.action.meeting_id == meeting.id)
    before = tuple(_by_due_day(line for line, is_before in marked if is_before))
    return ActionsAround(
        own, before, followed_by(meeting, [line for line, _ in marked if line.action.ended_as is None])
    )


def last_meeting_before(session: GuardedSession, meeting: Meeting) -> Meeting | None:
    """Return the meeting of the same mechanism and exactly the same parties that came before this one, if one did.

    One that was postponed or cancelled did not take place. An ad hoc meeting goes back to none.
    """
    query = select(Meeting).where(Meeting.id.in_(_meetings_before(meeting)))
    return session.execute(query.order_by(Meeting.starts_at.desc(), Meeting.reference).limit(1)).scalar_one_or_none()


def is_before(session: GuardedSession, meeting: Meeting, action: Action) -> bool:
    """Say whether an action is of one of the meetings that this one goes back to."""
    if action.meeting_id is None or meeting.mechanism_id is None:
        return False
    found = select(Meeting.id).where(Meeting.id == action.meeting_id, Meeting.id.in_(_meetings_before(meeting)))
    return session.execute(found).first() is not None


_DUE: Final = (Action.due_on.is_(None), Action.due_on, Action.reference)


def _open_ids(meeting: Meeting) -> Select[uuid.UUID]:
    """Return the query for the ids of what is still open of the meetings before, what is due first before the rest."""
    open_ones = (
        Action.meeting_id.in_(_meetings_before(meeting)), not_ended(), Action.id.in_(_owing()), ~_has_others(meeting),
    )  # fmt: skip
    return select(Action.id).where(*open_ones).order_by(*_DUE).limit(OPEN_LIMIT)


def _has_others(meeting: Meeting) -> ColumnElement[bool]:
    """Return the condition that a party sees an action which is not at the meeting.

    A party can have been dropped since from the meeting that it was recorded at, and would learn of this one by what
    becomes of it.
    """
    at_it = [party_key(row.party_code) for row in meeting.parties if not row.removed]
    others = (AudienceMember.key.startswith(party_key("")), AudienceMember.key.not_in(at_it))
    return exists().where(AudienceMember.audience_id == Action.audience_id, *others)


def _due_by_next(meeting: Meeting) -> Select[uuid.UUID]:
    """Return the query for the ids of the open actions of a mechanism that are due by its next meeting."""
    due = (Action.mechanism_id == meeting.mechanism_id, Action.due_basis == "next_meeting", not_ended())
    return select(Action.id).where(*due, Action.id.in_(_owing())).order_by(*_DUE).limit(OPEN_LIMIT)


def _meetings_before(meeting: Meeting) -> Select[uuid.UUID]:
    """Return the query for the ids of the meetings that this one goes back to."""
    codes = sorted(row.party_code for row in meeting.parties if not row.removed)
    counted = select(func.count(MeetingParty.id)).where(
        MeetingParty.meeting_id == _earlier.id, MeetingParty.removed.is_(False)
    )
    return select(_earlier.id).where(
        _earlier.mechanism_id.is_not(None),
        _earlier.mechanism_id == meeting.mechanism_id,
        _earlier.id != meeting.id,
        _earlier.starts_at < meeting.starts_at,
        _earlier.state.not_in(sorted(CALLED_OFF)),
        counted.correlate(_earlier).scalar_subquery() == len(codes),
        counted.where(MeetingParty.party_code.in_(codes)).correlate(_earlier).scalar_subquery() == len(codes),
    )


def _owing() -> Select[uuid.UUID]:
    """Return the query for the ids of the actions of which something is still to be done."""
    return select(Leg.action_id).where(Leg.state.in_(rules.OWED_STATES))


def _by_due_day(lines: Iterable[ActionLine]) -> list[ActionLine]:
    return sorted(lines, key=lambda line: rules.owed_order(line.due_on, line.action.reference))
