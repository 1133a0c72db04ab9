"""What a meeting is around, as far as its viewer sees it: another meeting, or an event of others."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.db import GuardedSession
from app.domain.around import ParentFacts, days_moved, event_key, standing
from app.models import Event, Meeting
from app.services.meeting_state import CALLED_OFF

# The meeting that a meeting is around, in a statement that reads both; who does not see it reads none.
PARENT: Final = aliased(Meeting, name="parent")


@dataclass(frozen=True, slots=True)
class Parent:
    """A meeting or an event of others, one of the two, that a meeting is around."""

    meeting: Meeting | None = None
    event: Event | None = None

    @property
    def row(self) -> Any:
        """Return the meeting or the event: both have days, a place and a zone."""
        return self.meeting if self.meeting is not None else self.event

    @property
    def key(self) -> str:
        """Return how a draft names it: the reference of a meeting, or the key of an event."""
        return self.meeting.reference if self.meeting is not None else event_key(self.row.code)

    @property
    def title(self) -> Mapping[str, str]:
        """Return its title, or its name, by language."""
        found: Mapping[str, str] = self.meeting.title if self.meeting is not None else self.row.name
        return found

    @property
    def starts_on(self) -> dt.date:
        """Return its first day."""
        day: dt.date = self.row.starts_on
        return day

    @property
    def ends_on(self) -> dt.date:
        """Return its last day."""
        day: dt.date = self.row.ends_on
        return day

    @property
    def place(self) -> str | None:
        """Return its place, None where none is told."""
        place: str | None = self.row.place
        return place

    @property
    def is_called_off(self) -> bool:
        """Say whether it does not take place, or has no date."""
        return self.meeting.state in CALLED_OFF if self.meeting is not None else self.row.cancelled_at is not None

    @property
    def facts(self) -> ParentFacts:
        """Return what the rules need to know of it; the parties of a meeting are loaded."""
        parties = frozenset(row.party_code for row in self.meeting.parties) if self.meeting is not None else None
        return ParentFacts(self.starts_on, self.is_called_off, parties)


@dataclass(frozen=True, slots=True)
class Beside:
    """What a meeting is around, and what has become of that since the meeting's time was last set by it.

    `standing` is `as_set`, `moved` by so many days (`moved_by`, back below 0), or `called_off`; `is_decided` says
    that somebody decided that the meeting stays as it is although the other was called off.
    """

    parent: Parent
    standing: str
    moved_by: int
    is_decided: bool


def parent_of(parent: Meeting | None, event: Event | None) -> Parent | None:
    """Return what was read of both as one; None where neither is there for the viewer."""
    return Parent(parent, event) if parent is not None or event is not None else None


def beside_of(meeting: Meeting, parent: Parent | None) -> Beside | None:
    """Return how a meeting stands to what it is around; None where that is nothing that the viewer sees."""
    if parent is None:
        return None
    facts = ParentFacts(parent.starts_on, parent.is_called_off)
    follows_on = meeting.parent_starts_on
    return Beside(parent, standing(facts, follows_on), days_moved(facts, follows_on), is_decided=follows_on is None)


def load_parent(session: GuardedSession, meeting: Meeting) -> Parent | None:
    """Return what a meeting is around, as far as the viewer sees it, in one statement; none where it is nothing."""
    return parents_of(session, [meeting]).get(meeting.id)


def parents_of(session: GuardedSession, meetings: Iterable[Meeting]) -> dict[uuid.UUID, Parent]:
    """Return, by the ids of meetings, what each is around, where the viewer sees it; one statement or none."""
    ids = [each.id for each in meetings if each.parent_id is not None or each.event_id is not None]
    if not ids:
        return {}
    rows = session.execute(
        select(Meeting.id, PARENT, Event)
        .outerjoin(PARENT, PARENT.id == Meeting.parent_id)
        .outerjoin(Event, Event.id == Meeting.event_id)
        .where(Meeting.id.in_(ids))
    )
    return {row[0]: found for row in rows if (found := parent_of(row[1], row[2])) is not None}
