"""The beat of a room, by which a page asks whether anything changed without being shown it again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ScalarSelect, and_, func, select

from app.db import GuardedSession, digest_of
from app.domain.errors import NotFound
from app.domain.references import meeting_reference, parse_meeting_reference
from app.domain.visibility import Action, can
from app.models import AgendaItem, ItemTaken, Meeting, MinuteEntry, Room, RosterAttendance


def beat_of(session: GuardedSession, reference: str) -> str:
    """Return what changes whenever what the viewer is shown of a room does, and once a minute; in one statement.

    Of the room it is its beat. What is taken and captured of items that only some of the parties see moves another
    one: the versions of those rows, which only their own parties count. Raises `NotFound`.
    """
    viewer, parsed = session.bound_viewer, parse_meeting_reference(reference)
    if parsed is None or not can(viewer, Action.FOLLOW_ROOM):
        raise NotFound
    row = session.execute(
        select(Meeting.id, Room.beat, Room.version, _moved(ItemTaken), _moved(MinuteEntry), _items(), _present())
        .select_from(Meeting)
        .outerjoin(Room, Room.meeting_id == Meeting.id)
        .where(Meeting.reference == meeting_reference(parsed.scope, parsed.number))
    ).one_or_none()
    if row is None:
        raise NotFound
    minute = int(session.now.timestamp() // 60)
    return digest_of("|".join(str(each) for each in (*row, minute, viewer.keys_digest)))[:24]


def _moved(model: type[ItemTaken | MinuteEntry]) -> ScalarSelect[Any]:
    """Return the versions of what some of the parties took or captured apart, as a part of the statement."""
    apart = and_(model.meeting_id == Meeting.id, model.audience_id != Room.audience_id)
    return select(func.sum(model.version)).where(apart).correlate(Meeting, Room).scalar_subquery()


def _items() -> ScalarSelect[Any]:
    of_meeting = AgendaItem.meeting_id == Meeting.id
    return select(func.sum(AgendaItem.version)).where(of_meeting).correlate(Meeting).scalar_subquery()


def _present() -> ScalarSelect[Any]:
    of_meeting = RosterAttendance.meeting_id == Meeting.id
    return select(func.max(RosterAttendance.recorded_at)).where(of_meeting).correlate(Meeting).scalar_subquery()
