"""Positions as their pages show them: one with its versions and shares, and all of a delegation by meeting."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import defer

from app.db import GuardedSession
from app.domain.differences import WordChange, word_changes
from app.domain.errors import NotFound
from app.domain.positions import PARTS
from app.models import AgendaItem, Meeting, Position, PositionVersion
from app.models.sealed import Unopened
from app.services.people_names import names_of
from app.services.position_contents import Content, opened
from app.services.position_edits import as_fields, why_not_cleared
from app.services.position_shares import offered_for, why_not_shared
from app.services.positions import OwnShare, Received, find_position, place_of, received_of, shares_of


@dataclass(frozen=True, slots=True)
class PositionView:
    """A position or non-paper with all that its page shows; `refused_clear` and `refused_share` say why not, if so.

    `offered` are the parties that it can be handed to.
    """

    position: Position
    content: Content
    meeting: Meeting | None
    item: AgendaItem | None
    versions: tuple[PositionVersion, ...]
    shares: tuple[OwnShare, ...]
    offered: tuple[str, ...]
    refused_clear: str | None
    refused_share: str | None
    names: Mapping[uuid.UUID, str]


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version of a position with what changed since the one before it, part by part.

    `changes` is None where one of the two does not open now; `before` where it is the first.
    """

    position: Position
    version: PositionVersion
    before: PositionVersion | None
    content: Content
    changes: tuple[tuple[str, tuple[WordChange, ...]], ...] | None
    names: Mapping[uuid.UUID, str]


@dataclass(frozen=True, slots=True)
class MeetingPositions:
    """How many positions and non-papers a delegation has on a meeting, and what it was handed."""

    meeting: Meeting
    draft_count: int
    cleared_count: int
    received_count: int
    unopened_count: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """All that a delegation has, by meeting; `left` and `left_received` are of meetings that it sees no more."""

    meetings: tuple[MeetingPositions, ...]
    left: tuple[Position, ...]
    left_received: tuple[Received, ...]


def position_view(session: GuardedSession, position_id: uuid.UUID) -> PositionView:
    """Return a position as its page shows it; raises `NotFound`."""
    position = find_position(session, position_id)
    meeting, item = place_of(session, position.meeting_id, position.item_id)
    versions = tuple(
        session.execute(
            select(PositionVersion).where(PositionVersion.position_id == position.id)
            .options(defer(PositionVersion.content)).order_by(PositionVersion.number.desc())
        ).scalars()
    )  # fmt: skip
    shares = shares_of(session, position.id)
    people = {person for row in versions for person in (row.written_by, row.cleared_by)}
    people |= {each.share.released_by for each in shares}
    return PositionView(
        position=position,
        content=opened(position.content),
        meeting=meeting,
        item=item,
        versions=versions,
        shares=shares,
        offered=offered_for(session, position),
        refused_clear=why_not_cleared(session, position),
        refused_share=why_not_shared(session, position),
        names=names_of(session, people),
    )


def version_view(session: GuardedSession, position_id: uuid.UUID, number: int) -> VersionView:
    """Return a version of a position beside the one before it; raises `NotFound`."""
    position = find_position(session, position_id)
    rows = session.execute(
        select(PositionVersion)
        .where(PositionVersion.position_id == position.id, PositionVersion.number.in_((number, number - 1)))
        .order_by(PositionVersion.number.desc())
    ).scalars()
    found = {row.number: row for row in rows}
    if number not in found:
        raise NotFound
    version, before = found[number], found.get(number - 1)
    content = opened(version.content)
    earlier = opened(before.content) if before else None
    names = names_of(session, [version.written_by, version.cleared_by])
    return VersionView(position, version, before, content, _changes(earlier, content), names)


def _changes(before: Content | None, after: Content) -> tuple[tuple[str, tuple[WordChange, ...]], ...] | None:
    """Return how each part that differs became what it is now; questions and papers as text."""
    if isinstance(before, Unopened) or isinstance(after, Unopened):
        return None
    old, new = ({}, as_fields(after)) if before is None else (as_fields(before), as_fields(after))
    changes = []
    for part in PARTS:
        earlier, later = (_text_of(side, part) for side in (old, new))
        if earlier != later:
            changes.append((part, word_changes(earlier, later)))
    return tuple(changes)


def _text_of(fields: Mapping[str, object], part: str) -> str:
    if part != "questions":
        return str(fields.get(part, ""))
    numbers = range(1, sum(name.startswith("question_") for name in fields) + 1)
    pairs = (f"{fields[f'question_{number}']}\n{fields[f'answer_{number}']}" for number in numbers)
    return "\n\n".join(pairs)


def shelf_of(session: GuardedSession) -> Shelf:
    """Return all that the viewer's delegation has, the nearest meetings last first; nothing is opened."""
    positions = list(
        session.execute(
            select(Position).options(defer(Position.content)).order_by(Position.changed_at.desc(), Position.id)
        ).scalars()
    )
    received = received_of(session)
    wanted = {row.meeting_id for row in positions} | {each.copy.meeting_id for each in received}
    meetings = list(
        session.execute(
            select(Meeting).where(Meeting.id.in_(sorted(wanted, key=str))).order_by(Meeting.starts_at.desc())
        ).scalars()
    )
    seen = {meeting.id for meeting in meetings}
    states = Counter((row.meeting_id, row.state) for row in positions)
    by_meeting: dict[uuid.UUID, list[Received]] = defaultdict(list)
    for each in received:
        by_meeting[each.copy.meeting_id].append(each)
    return Shelf(
        tuple(
            MeetingPositions(
                meeting, states[meeting.id, "draft"], states[meeting.id, "cleared"], len(by_meeting[meeting.id]),
                sum(_waits(each) for each in by_meeting[meeting.id]),
            )
            for meeting in meetings
        ),
        tuple(row for row in positions if row.meeting_id not in seen),
        tuple(each for each in received if each.copy.meeting_id not in seen),
    )  # fmt: skip


def _waits(received: Received) -> bool:
    """Say whether nobody of the delegation has opened a copy that still stands."""
    return not received.read_at and received.copy.superseded_at is None
