"""The names of people, for pages that say who did something."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import select

from app.db import GuardedSession
from app.models import Person


def names_of(session: GuardedSession, ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """Return the names of these people by their ids, of those whom the viewer may know."""
    wanted = sorted({each for each in ids if each is not None}, key=str)
    if not wanted:
        return {}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {row.id: row.name for row in rows}
