"""What positions wait for the viewer on the first page: to be cleared, and what others shared to be opened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import exists, func, select

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


def position_needs(session: GuardedSession) -> Iterable[PositionNeed]:
    """Yield what waits for the viewer, by meeting, of those not over; two statements for a delegation's people.

    Drafts that they may clear (somebody else wrote their last change), and shares that nobody of theirs has opened.
    """
    viewer = session.bound_viewer
    if not viewer.sits_at_a_table:
        return
    if viewer.speaks_for_party:
        drafts = (
            select(Position.meeting_id, func.count(Position.id).label("count"))
            .where(Position.state == "draft", Position.written_by != viewer.person_id)
            .group_by(Position.meeting_id)
            .subquery()
        )
        rows = session.execute(
            select(Meeting, drafts.c.count).join(drafts, drafts.c.meeting_id == Meeting.id)
            .where(Meeting.ends_at > session.now, Meeting.state.not_in(("cancelled", "closed")))
        )  # fmt: skip
        for meeting, count in rows:
            yield PositionNeed("clear_positions", meeting, count)
    was_opened = exists().where(ShareReading.copy_id == ShareCopy.id)
    copies = (
        select(ShareCopy.meeting_id, func.count(ShareCopy.id).label("count"))
        .where(ShareCopy.superseded_at.is_(None), ~was_opened, is_still_shown(session))
        .group_by(ShareCopy.meeting_id)
        .subquery()
    )
    rows = session.execute(
        select(Meeting, copies.c.count).join(copies, copies.c.meeting_id == Meeting.id)
        .where(Meeting.ends_at > session.now)
    )  # fmt: skip
    for meeting, count in rows:
        yield PositionNeed("open_shares", meeting, count)
