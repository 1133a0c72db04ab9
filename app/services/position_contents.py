"""What positions say, opened: for their own pages, for the briefing book, and to look for words in them.

A text whose delegation's keys cannot be used stands there as `Unopened`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, select

from app.db import GuardedSession
from app.domain.plaintext import one_line
from app.domain.positions import QUERY_LIMIT, PositionContent, excerpt, found_in
from app.models import AgendaItem, Meeting, Position, PositionShare, PositionVersion, ShareCopy, ShareReading
from app.models.sealed import Private, Unopened
from app.services.positions import is_still_shown

Content = PositionContent | Unopened
_Place = tuple[Meeting | None, AgendaItem | None, Position | ShareCopy]


@dataclass(frozen=True, slots=True)
class OpenedPosition:
    """The viewer's own position on an item, with what it says now."""

    position: Position
    content: Content


@dataclass(frozen=True, slots=True)
class OpenedCopy:
    """A position that another party shared and the viewer's delegation has opened, with what it says."""

    copy: ShareCopy
    content: Content


@dataclass(frozen=True, slots=True)
class Hit:
    """Where the words looked for stand: in a position of one's own, or in one that was received and opened."""

    meeting: Meeting | None
    item: AgendaItem | None
    position: Position | None
    copy: ShareCopy | None
    excerpt: str


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found, and how many texts could not be looked into since they did not open."""

    found: tuple[Hit, ...]
    unopened_count: int = 0


def content_of(row: Position | PositionVersion | PositionShare | ShareCopy) -> PositionContent:
    """Return what it says; raises `KeyServiceDown`, `KeyMissing`, `Tampered`."""
    return PositionContent.from_json(row.content.text)


def opened(sealed: Private) -> Content:
    """Return what a sealed content says, or what stands in its place where it does not open now."""
    return sealed.unopened or PositionContent.from_json(sealed.text)


def opened_positions(session: GuardedSession, meeting: Meeting) -> tuple[OpenedPosition, ...]:
    """Return the viewer's own positions on the items of a meeting, drafts too, opened; never a non-paper."""
    rows = list(
        session.execute(
            select(Position).where(Position.meeting_id == meeting.id, Position.kind == "position").order_by(Position.id)
        ).scalars()
    )
    return tuple(OpenedPosition(row, opened(row.content)) for row in rows)


def opened_copies(session: GuardedSession, meeting: Meeting) -> tuple[OpenedCopy, ...]:
    """Return what others shared on a meeting and the viewer's delegation has opened, the latest of each share.

    Never a non-paper, and not what waits to be opened: to be read is to be opened on its page.
    """
    conditions = (ShareCopy.meeting_id == meeting.id, ShareCopy.kind == "position", ShareCopy.superseded_at.is_(None))
    was_opened = exists().where(ShareReading.copy_id == ShareCopy.id)
    rows = list(
        session.execute(
            select(ShareCopy).where(*conditions, was_opened).order_by(ShareCopy.received_at, ShareCopy.id)
        ).scalars()
    )
    return tuple(OpenedCopy(row, opened(row.content)) for row in rows)


# Looking for words ----------------------------------------------------------------------------------


def find_words(session: GuardedSession, query: str, meeting: Meeting | None = None) -> Hits:
    """Return where words stand in the viewer's own positions, and in what they have opened of what was received.

    All of it is opened to be looked into: no sealed text is in an index, and no non-paper is found. In one meeting, or
    in all. Raises `Refusal` `too_long` and what texts raise.
    """
    wanted = one_line(query, "q", QUERY_LIMIT)
    if not wanted:
        return Hits(())
    found: list[Hit] = []
    unopened = 0
    rows: list[_Place] = [*_own_rows(session, meeting), *_read_rows(session, meeting)]
    for seen_meeting, item, row in rows:
        content = opened(row.content)
        if isinstance(content, Unopened):
            unopened += 1
        elif found_in(content, wanted):
            own = row if isinstance(row, Position) else None
            copy = row if isinstance(row, ShareCopy) else None
            found.append(Hit(seen_meeting, item, own, copy, excerpt(content, wanted)))
    return Hits(tuple(found), unopened)


def _own_rows(session: GuardedSession, meeting: Meeting | None) -> Iterable[_Place]:
    rows = session.execute(
        select(Meeting, AgendaItem, Position)
        .select_from(Position)
        .outerjoin(Meeting, Meeting.id == Position.meeting_id)
        .outerjoin(AgendaItem, AgendaItem.id == Position.item_id)
        .where(Position.kind == "position", *_in(Position.meeting_id == meeting.id if meeting else None))
        .order_by(Position.changed_at.desc(), Position.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _read_rows(session: GuardedSession, meeting: Meeting | None) -> Iterable[_Place]:
    by_viewer = and_(
        ShareReading.copy_id == ShareCopy.id, ShareReading.person_id == session.bound_viewer.person_id
    )  # fmt: skip
    rows = session.execute(
        select(Meeting, AgendaItem, ShareCopy)
        .select_from(ShareCopy)
        .join(ShareReading, by_viewer)
        .outerjoin(Meeting, Meeting.id == ShareCopy.meeting_id)
        .outerjoin(AgendaItem, AgendaItem.id == ShareCopy.item_id)
        .where(
            is_still_shown(session),
            ShareCopy.kind == "position",
            *_in(ShareCopy.meeting_id == meeting.id if meeting else None),
        )
        .order_by(ShareCopy.received_at.desc(), ShareCopy.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _in(condition: ColumnElement[bool] | None) -> list[ColumnElement[bool]]:
    return [] if condition is None else [condition]
