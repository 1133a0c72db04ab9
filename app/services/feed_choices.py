"""What a subscription can be narrowed to, of what its maker may read; and what a filter matches before it is saved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import case, func, select
from sqlalchemy.orm import load_only

from app.db import GuardedSession
from app.domain.closures import closures
from app.domain.feed_filters import FeedFilter
from app.models import Mechanism, Meeting, MeetingParty, Office, Party
from app.services.feed_filters import Lost, narrow

# A year in which every capital whose closures are computed at all has some.
_ANY_YEAR: Final = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))


@dataclass(frozen=True, slots=True)
class Matched:
    """How many of the meetings that the viewer may see answer to a filter now, and what it names that is lost."""

    count: int
    total: int
    lost: tuple[Lost, ...]

    @property
    def is_everything(self) -> bool:
        """Say whether the filter leaves nothing out."""
        return self.count == self.total > 0


def matched(session: GuardedSession, wanted: FeedFilter) -> Matched:
    """Return what a filter comes to for the viewer now, whatever the state of the meetings."""
    narrowed = narrow(session, wanted)
    answers = func.coalesce(func.sum(case((narrowed.condition, 1), else_=0)), 0)
    count, total = session.execute(select(answers, func.count(Meeting.id))).one()
    return Matched(count, total, narrowed.lost)


def parties_to_choose(session: GuardedSession) -> tuple[str, ...]:
    """Return the codes of the parties at a table that the viewer may see, or of a mechanism that they read."""
    seated = session.execute(select(MeetingParty.party_code).where(MeetingParty.removed.is_(False)).distinct())
    found = set(seated.scalars())
    for parties in session.execute(select(Mechanism.parties)).scalars():
        found.update(parties)
    return tuple(sorted(found))


def offices_to_choose(session: GuardedSession) -> Sequence[Office]:
    """Return the offices of the viewer's own government, by code; none for those who sit at no table."""
    viewer = session.bound_viewer
    if not viewer.sits_at_a_table:
        return ()
    query = select(Office).where(Office.party_code == viewer.party).order_by(Office.code)
    return session.execute(query.options(load_only(Office.code, Office.name, Office.part_of))).scalars().all()


def closing_capitals(session: GuardedSession) -> tuple[Party, ...]:
    """Return the parties whose capital's closures are computed here, by code."""
    rows = session.execute(
        select(Party).where(Party.capital.is_not(None)).order_by(Party.code)
        .options(load_only(Party.code, Party.name, Party.capital))
    ).scalars()  # fmt: skip
    return tuple(row for row in rows if row.capital and closures(row.code, *_ANY_YEAR))
