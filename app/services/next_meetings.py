"""Which meeting an action is due by, where it is due by the next one, and which legs still say another day."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from app.db import GuardedSession
from app.models import Action, Meeting, MeetingParty
from app.services.action_lines import ActionLine, LegLine
from app.services.meeting_state import CALLED_OFF

TO_COME = ("proposed", "confirmed")


@dataclass(frozen=True, slots=True)
class Followed:
    """An action that is due by a meeting, with those of its open legs that say another day than the meeting's."""

    line: ActionLine
    legs: tuple[LegLine, ...]


def meeting_due_by(session: GuardedSession, action: Action, parties: Iterable[str]) -> Meeting | None:
    """Return the meeting that an action is due by, of those that the viewer sees; None as long as there is none.

    It is the one that was settled on, also once it was held; where that was called off, or none was there, the next
    one of the mechanism that all the `parties` of the action are at.
    """
    kept = kept_meeting(action)
    if kept is not None:
        found = session.execute(select(Meeting).where(Meeting.id == kept)).scalar_one_or_none()
        if found is not None and found.state not in CALLED_OFF and not found.date_is_open:
            return found
    return _next(session, action, sorted(set(parties)))


def kept_meeting(action: Action) -> uuid.UUID | None:
    """Return the id of the meeting that the days of an action were taken from, if it is due by one."""
    kept = (action.clock or {}).get("meeting_id") if action.due_basis == "next_meeting" else None
    return uuid.UUID(kept) if isinstance(kept, str) else None


def written(meeting: Meeting | None) -> dict[str, str | None]:
    """Return what an action keeps of the meeting that it is due by."""
    return {"meeting_id": str(meeting.id) if meeting else None}


def followed_by(meeting: Meeting, lines: Sequence[ActionLine]) -> tuple[Followed, ...]:
    """Return, of these actions, those that are due by the meeting and have open legs that say another day.

    One that was called off, or has no date, has no day: each open leg with a day says another.
    """
    stands = meeting.state not in CALLED_OFF and not meeting.date_is_open
    day = meeting.starts_on if stands else None
    found = []
    for line in lines:
        if kept_meeting(line.action) == meeting.id:
            legs = tuple(each for each in line.legs.values() if each.is_owed and each.leg.due_on != day)
            if legs:
                found.append(Followed(line, legs))
    return tuple(found)


def _next(session: GuardedSession, action: Action, parties: Sequence[str]) -> Meeting | None:
    if action.mechanism_id is None:
        return None
    present = select(func.count(MeetingParty.id)).where(
        MeetingParty.meeting_id == Meeting.id,
        MeetingParty.removed.is_(False),
        MeetingParty.party_code.in_(parties),
    )
    query = (
        select(Meeting)
        .where(
            Meeting.mechanism_id == action.mechanism_id,
            Meeting.state.in_(TO_COME),
            Meeting.date_is_open.is_(False),
            Meeting.starts_at > session.now,
            present.correlate(Meeting).scalar_subquery() == len(parties),
        )
        .order_by(Meeting.starts_at, Meeting.reference)
        .limit(1)
    )
    if action.meeting_id is not None:
        origin = select(Meeting.starts_at).where(Meeting.id == action.meeting_id).scalar_subquery()
        query = query.where(Meeting.id != action.meeting_id, Meeting.starts_at > func.coalesce(origin, session.now))
    return session.execute(query).scalar_one_or_none()
