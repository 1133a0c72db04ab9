"""Positions as their own delegation sees them: a line for each item, what was shared with whom, what others shared.

Nothing here opens a sealed text, save where it says so.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import defer

from app.db import GuardedSession
from app.domain.actions import today_in
from app.domain.errors import NotFound
from app.domain.visibility import Facts, parties_in
from app.models import AgendaItem, Meeting, Position, PositionShare, ShareCopy, ShareReading, ShareRecipient
from app.services.meeting_audience import keys_of

UNSEALED: Final = (defer(ShareCopy.content),)


@dataclass(frozen=True, slots=True)
class PositionLine:
    """Where the viewer's own position on an item stands; `revision` is the number of its last version."""

    position_id: uuid.UUID
    state: str
    revision: int
    changed_at: dt.datetime
    is_shared: bool


@dataclass(frozen=True, slots=True)
class ReceivedLine:
    """What another party handed to the viewer's; a non-paper has no `from_party`.

    `is_opened` says whether anybody of the viewer's delegation opened it.
    """

    copy_id: uuid.UUID
    from_party: str | None
    received_at: dt.datetime
    is_opened: bool


@dataclass(frozen=True, slots=True)
class OwnShare:
    """What the viewer's delegation handed over, and to whom."""

    share: PositionShare
    recipients: tuple[ShareRecipient, ...]


@dataclass(frozen=True, slots=True)
class Received:
    """A copy that the viewer's delegation was handed, and when each of its people opened it, by their ids."""

    copy: ShareCopy
    read_at: Mapping[uuid.UUID, dt.datetime]


@dataclass(frozen=True, slots=True)
class PositionRow:
    """An item (None: not seen any more, or about none) with what is prepared, shared and received on it."""

    item: AgendaItem | None
    position: Position | None = None
    shares: tuple[OwnShare, ...] = ()
    received: tuple[Received, ...] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the viewer's delegation has on a meeting: by item, its own non-papers, and what is about no item."""

    meeting: Meeting
    rows: tuple[PositionRow, ...]
    non_papers: tuple[PositionRow, ...]
    apart: tuple[Received, ...]

    @property
    def unopened_count(self) -> int:
        """Return how many copies nobody of the delegation has opened."""
        received = [*self.apart, *(each for row in self.rows for each in row.received)]
        return sum(not each.read_at and each.copy.superseded_at is None for each in received)


# Lines for other pages ------------------------------------------------------------------------------


def position_lines(session: GuardedSession, meeting: Meeting) -> Mapping[uuid.UUID, PositionLine]:
    """Return the viewer's own positions on the items of a meeting, by item; one statement, nothing is opened."""
    shared = exists().where(PositionShare.position_id == Position.id)
    rows = session.execute(
        select(
            Position.item_id, Position.id, Position.state, Position.revision, Position.changed_at,
            shared.label("is_shared"),
        ).where(Position.meeting_id == meeting.id, Position.kind == "position")
    )  # fmt: skip
    return {
        row.item_id: PositionLine(row.id, row.state, row.revision, row.changed_at, bool(row.is_shared)) for row in rows
    }


def received_lines(session: GuardedSession, meeting: Meeting) -> Mapping[uuid.UUID, tuple[ReceivedLine, ...]]:
    """Return what others handed to the viewer's party on the items of a meeting, by item, the latest first.

    One statement, nothing is opened. What was superseded, or is shown no more, is not among it.
    """
    opened = exists().where(ShareReading.copy_id == ShareCopy.id)
    rows = session.execute(
        select(ShareCopy.item_id, ShareCopy.id, ShareCopy.from_party, ShareCopy.received_at, opened.label("is_opened"))
        .where(
            ShareCopy.meeting_id == meeting.id,
            ShareCopy.item_id.is_not(None),
            ShareCopy.superseded_at.is_(None),
            is_still_shown(session),
        )
        .order_by(ShareCopy.received_at.desc(), ShareCopy.id)
    )
    found: dict[uuid.UUID, list[ReceivedLine]] = defaultdict(list)
    for row in rows:
        found[row.item_id].append(ReceivedLine(row.id, row.from_party, row.received_at, bool(row.is_opened)))
    return {item_id: tuple(lines) for item_id, lines in found.items()}


def is_still_shown(session: GuardedSession) -> ColumnElement[bool]:
    """Return the condition that a copy is shown today, where the viewer is: on its last day it still is."""
    today = today_in(session.now, session.bound_viewer.time_zone)
    return or_(ShareCopy.expires_on.is_(None), ShareCopy.expires_on >= today)


# Finding --------------------------------------------------------------------------------------------


def find_position(session: GuardedSession, position_id: uuid.UUID, *, lock: bool = False) -> Position:
    """Return a position or non-paper of the viewer's own delegation; raises `NotFound`.

    `lock` holds its row to the end of the transaction, and reads it anew.
    """
    query = select(Position).where(Position.id == position_id)
    if lock:
        query = query.with_for_update(of=Position).execution_options(populate_existing=True)
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def facts_of_position(position: Position) -> Facts:
    """Return what the table of permissions needs to know of a position: whose it is."""
    return Facts(owner=position.owner_party)


def place_of(
    session: GuardedSession, meeting_id: uuid.UUID, item_id: uuid.UUID | None
) -> tuple[Meeting | None, AgendaItem | None]:
    """Return the meeting and the item that something is about, each where the viewer still sees it."""
    about = and_(AgendaItem.meeting_id == Meeting.id, AgendaItem.id == item_id)
    row = session.execute(
        select(Meeting, AgendaItem).outerjoin(AgendaItem, about).where(Meeting.id == meeting_id)
    ).one_or_none()
    return (row[0], row[1]) if row else (None, None)


def item_to_prepare(session: GuardedSession, meeting: Meeting, item_id: uuid.UUID) -> AgendaItem:
    """Return an item of a meeting, one that was taken off its agenda too; raises `NotFound`."""
    query = select(AgendaItem).where(AgendaItem.id == item_id, AgendaItem.meeting_id == meeting.id)
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def offered_parties(session: GuardedSession, meeting: Meeting | None, item: AgendaItem | None) -> tuple[str, ...]:
    """Return the other parties that something can be handed to: those who see the item, or the meeting.

    None where the viewer sees neither any more, and none for an item that was taken off the agenda: so nobody learns
    by a share of an item that is not theirs, and what is practised on the example stays inside.
    """
    if meeting is None or (item is not None and item.removed):
        return ()
    parties = parties_in(keys_of(session, item.audience_id if item is not None else meeting.audience_id))
    if item is not None and item.parties:
        parties &= frozenset(item.parties)
    own = session.bound_viewer.party
    return tuple(sorted(parties - {own})) if own in parties else ()


# The overview of a meeting --------------------------------------------------------------------------


def overview_of(session: GuardedSession, meeting: Meeting) -> Overview:
    """Return all that the viewer's delegation has on a meeting; nothing of it is opened. Five statements."""
    items = session.execute(
        select(AgendaItem).where(AgendaItem.meeting_id == meeting.id).order_by(AgendaItem.position, AgendaItem.id)
    ).scalars()  # fmt: skip
    positions = list(
        session.execute(
            select(Position).where(Position.meeting_id == meeting.id).options(defer(Position.content))
            .order_by(Position.changed_at.desc(), Position.id)
        ).scalars()
    )  # fmt: skip
    shares = _shares(session, PositionShare.meeting_id == meeting.id)
    received = received_of(session, ShareCopy.meeting_id == meeting.id)
    return _arranged(meeting, list(items), positions, shares, received)


def _arranged(
    meeting: Meeting,
    items: Iterable[AgendaItem],
    positions: Iterable[Position],
    shares: Mapping[uuid.UUID, tuple[OwnShare, ...]],
    received: Iterable[Received],
) -> Overview:
    own = {each.item_id: each for each in positions if each.kind == "position"}
    seen = {item.id: item for item in items}
    on_item: dict[uuid.UUID | None, list[Received]] = defaultdict(list)
    for each in received:
        on_item[each.copy.item_id if each.copy.item_id in seen else None].append(each)
    rows = []
    for item in seen.values():
        position = own.pop(item.id, None)
        copies = tuple(on_item.pop(item.id, ()))
        if not item.removed or position or copies:
            rows.append(PositionRow(item, position, shares.get(position.id, ()) if position else (), copies))
    rows += [PositionRow(None, position, shares.get(position.id, ())) for position in own.values()]
    non_papers = tuple(
        PositionRow(seen.get(each.item_id) if each.item_id else None, each, shares.get(each.id, ()))
        for each in positions
        if each.kind == "non_paper"
    )
    return Overview(meeting, tuple(rows), non_papers, tuple(on_item[None]))


def shares_of(session: GuardedSession, position_id: uuid.UUID) -> tuple[OwnShare, ...]:
    """Return what was handed over of a position, the latest first; two statements, nothing is opened."""
    return _shares(session, PositionShare.position_id == position_id).get(position_id, ())


def _shares(session: GuardedSession, condition: ColumnElement[bool]) -> Mapping[uuid.UUID, tuple[OwnShare, ...]]:
    """Return shares by the position that they are of, the latest first, in two statements."""
    shares = list(
        session.execute(
            select(PositionShare).where(condition).options(defer(PositionShare.content))
            .order_by(PositionShare.released_at.desc(), PositionShare.id)
        ).scalars()
    )  # fmt: skip
    to: dict[uuid.UUID, list[ShareRecipient]] = defaultdict(list)
    wanted = [share.id for share in shares]
    rows = session.execute(
        select(ShareRecipient).where(ShareRecipient.share_id.in_(wanted)).order_by(ShareRecipient.party_code)
    ).scalars()
    for row in rows:
        to[row.share_id].append(row)
    found: dict[uuid.UUID, list[OwnShare]] = defaultdict(list)
    for share in shares:
        found[share.position_id].append(OwnShare(share, tuple(to[share.id])))
    return {position_id: tuple(each) for position_id, each in found.items()}


def received_of(session: GuardedSession, *conditions: ColumnElement[bool]) -> tuple[Received, ...]:
    """Return what the viewer's delegation was handed and may still read, the latest first, with who opened it."""
    rows = session.execute(
        select(ShareCopy, ShareReading)
        .outerjoin(ShareReading, ShareReading.copy_id == ShareCopy.id)
        .where(*conditions, is_still_shown(session))
        .options(*UNSEALED)
        .order_by(ShareCopy.received_at.desc(), ShareCopy.id)
    ).all()
    read: dict[uuid.UUID, dict[uuid.UUID, dt.datetime]] = {copy.id: {} for copy, _ in rows}
    for copy, reading in rows:
        if reading is not None:
            read[copy.id][reading.person_id] = reading.read_at
    copies = {copy.id: copy for copy, _ in rows}
    return tuple(Received(copy, read[copy.id]) for copy in copies.values())
