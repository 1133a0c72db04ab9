"""What positions wait for the viewer on the first page: to be cleared, and what others shared to be opened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, ScalarSelect, exists, false, func, or_, select

from app.db import GuardedSession
from app.models import Meeting, Position, ShareCopy, ShareReading
from app.services.positions import is_still_shown

PositionNeedKind = Literal["clear_positions", "open_shares"]


@dataclass(frozen=True, slots=True)
class PositionNeed:
    """How many positions of a meeting wait for the viewer to be cleared, or how many shares to be opened."""

    kind: PositionNeedKind
    meeting: Meeting
    count: int

    @property
    def told(self) -> tuple[PositionNeedKind, dt.date, Meeting]:
        """Return its kind, the day that it is wanted by, and its meeting."""
        return self.kind, self.meeting.starts_on, self.meeting


def waiting_positions_count(session: GuardedSession) -> ColumnElement[int]:
    """Return how many positions and shares may wait for the viewer, as a part of a statement."""
    drafts = select(func.count(Position.id)).where(*_to_clear(session)).scalar_subquery()
    copies = select(func.count(ShareCopy.id)).where(*_to_open(session)).scalar_subquery()
    return drafts + copies


def position_needs(session: GuardedSession, waiting_count: int) -> Iterable[PositionNeed]:
    """Yield what waits for the viewer, by meeting, of those to come; one statement, none where nothing waits.

    Drafts that they may clear (somebody else wrote their last change), and shares that nobody of theirs has opened.
    """
    if not waiting_count:
        return
    drafts = _by_meeting(Position, *_to_clear(session))
    copies = _by_meeting(ShareCopy, *_to_open(session))
    waits = (
        select(Position.meeting_id).where(*_to_clear(session)),
        select(ShareCopy.meeting_id).where(*_to_open(session)),
    )
    rows = session.execute(
        select(Meeting, drafts, copies).where(
            or_(*(Meeting.id.in_(each) for each in waits)),
            Meeting.ends_at > session.now,
            Meeting.state.not_in(("cancelled", "closed")),
        )
    )
    for meeting, draft_count, copy_count in rows:
        if draft_count:
            yield PositionNeed("clear_positions", meeting, draft_count)
        if copy_count:
            yield PositionNeed("open_shares", meeting, copy_count)


def _by_meeting(model: type[Any], *conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    counted = select(func.count(model.id)).where(model.meeting_id == Meeting.id, *conditions)
    return counted.correlate(Meeting).scalar_subquery()


def _to_clear(session: GuardedSession) -> tuple[ColumnElement[bool], ...]:
    viewer = session.bound_viewer
    if not viewer.speaks_for_party:
        return (false(),)
    return (Position.state == "draft", Position.written_by != viewer.person_id)


def _to_open(session: GuardedSession) -> tuple[ColumnElement[bool], ...]:
    was_opened = exists().where(ShareReading.copy_id == ShareCopy.id)
    return (ShareCopy.superseded_at.is_(None), ~was_opened, is_still_shown(session))
