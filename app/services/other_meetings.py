"""Other meetings that sit while a date is looked for, and whom they need: of what the planner may see."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Final

from app.db import GuardedSession
from app.domain.slots import Engagement
from app.services.meeting_warnings import Planned, meetings_during, people_needed

# Rows of parties and sittings; a range of 18 months holds fewer for any three governments.
ROWS_LIMIT: Final = 4000


def engagements_during(
    session: GuardedSession, planned: Planned, seated: Mapping[uuid.UUID, Mapping[str, str]]
) -> tuple[Engagement, ...]:
    """Return the meetings within the time of `planned` that need the same parties or people, the earliest first.

    `seated` are, by meeting, the plan's principals who are on its roster. What the planned meeting is part of, or what
    is part of it, is none. Three statements at most.
    """
    others = _others(session, planned)
    if not others:
        return ()
    own, *needed = people_needed(session, [planned, *others])
    found = []
    for other, people in zip(others, needed, strict=True):
        same = {key: name for key, name in people.items() if key in own} | dict(
            seated.get(other.id or uuid.UUID(int=0), {})
        )
        if same or planned.occupied.parties & other.occupied.parties:
            names = tuple(sorted({name for name in same.values() if name}))
            found.append(Engagement(other.reference, other.occupied.sittings, other.occupied.parties, names))
    return tuple(found)


def _others(session: GuardedSession, planned: Planned) -> list[Planned]:
    found = meetings_during(session, planned, ROWS_LIMIT).values()
    return [each for each in found if not _stands_beside(planned, each)]


def _stands_beside(planned: Planned, other: Planned) -> bool:
    """Say whether two are one, or the one part of the other."""
    if planned.id is not None and planned.id in (other.id, other.parent_id):
        return True
    return planned.parent_id is not None and planned.parent_id == other.id
