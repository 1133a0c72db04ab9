"""When people and offices are busy: told to those who may see it as intervals, and as nothing more."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import or_, select

from app.db import GuardedSession
from app.domain.busy import Interval, merged
from app.models import BusyInterval


def busy_of(
    session: GuardedSession,
    person_ids: Collection[uuid.UUID],
    office_codes: Collection[str],
    starts_at: dt.datetime,
    ends_at: dt.datetime,
) -> dict[uuid.UUID | str, list[Interval]]:
    """Return when these people (by id) and offices (by code) are busy between two instants, as the viewer may see it.

    Intervals are in UTC, in order, and do not overlap; they may reach beyond the two instants. Who has none that
    the viewer may see is not in it: they are free, or nobody said. One statement.
    """
    if not person_ids and not office_codes:
        return {}
    rows = session.execute(
        select(BusyInterval.person_id, BusyInterval.office_code, BusyInterval.starts_at, BusyInterval.ends_at).where(
            BusyInterval.removed_at.is_(None),
            BusyInterval.starts_at < ends_at,
            BusyInterval.ends_at > starts_at,
            or_(
                BusyInterval.person_id.in_(sorted(set(person_ids))),
                BusyInterval.office_code.in_(sorted(set(office_codes))),
            ),
        )
    )
    found: dict[uuid.UUID | str, list[Interval]] = defaultdict(list)
    for person_id, office_code, begins, ends in rows:
        whose = person_id or office_code
        if whose is not None:  # a check of the table: one of the two is given
            found[whose].append((begins, ends))
    return {whose: list(merged(intervals)) for whose, intervals in found.items()}
