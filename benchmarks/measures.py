"""The figures: what is measured, against what, and how much of it is asked for."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.db import GuardedSession
from app.models import Mechanism, Meeting
from benchmarks import feeds, pages
from benchmarks.figures import Figure, rates
from benchmarks.worlds import CODE, REF, Bench
from tests import world
from tests.subscribing import subscribe


def all_of(many: Bench, few: Bench) -> Iterator[Figure]:
    """Measure everything on one engine, with all the data and with fewer."""
    token = subscribe(many.database, "ana", mechanism=CODE).token
    yield from pages.statements(many, few)
    with pages.served(many) as server, pages.served(few) as other:
        yield from feeds.served_feed(many, server, token)
        yield from pages.growth(many, few, (server, other))
        yield from pages.meeting_pages(many, server)
        yield pages.memory(many.engine, server)
    yield feeds.rebuilt_feed(many)
    if many.engine == "sqlite":  # no database is asked
        yield feeds.joined_entries(many)
    yield guarded_read(many)
    yield audited_commit(many)


def guarded_read(bench: Bench) -> Figure:
    """Reads/s of 1,000 meetings on a viewer's session, against the same statement with no rule on it."""
    of_feed = select(Mechanism.id).where(Mechanism.ref == REF).scalar_subquery()
    query = select(Meeting).where(Meeting.mechanism_id == of_feed)
    query = query.options(selectinload(Meeting.parties), selectinload(Meeting.sittings))

    def guarded() -> int:
        with bench.database.read_session(world.viewer("ana")) as session:
            return len(session.execute(query).scalars().all())

    def unguarded() -> int:
        with bench.database.system_session("read without the rule, to compare") as session:
            return len(session.execute(query).scalars().all())

    assert guarded() == unguarded() == feeds.EVENTS
    name = "guarded read of 1,000 meetings against the unguarded"
    return Figure(name, bench.engine, *rates(guarded, unguarded, 11), target=0.8)


def audited_commit(bench: Bench) -> Figure:
    """Commits/s of one change with its audit record, against commits without."""
    with bench.database.read_session(world.viewer("ana")) as session:
        meeting_id = session.execute(select(Meeting.id).order_by(Meeting.reference).limit(1)).scalar_one()
    numbers = itertools.count()

    def commit(also: Callable[[GuardedSession, Meeting], None]) -> None:
        with bench.database.write_session(world.viewer("ana")) as session:
            meeting = session.get_one(Meeting, meeting_id)
            meeting.place = f"Room {next(numbers)}"
            also(session, meeting)
            session.commit()

    def note(session: GuardedSession, meeting: Meeting) -> None:
        session.record("meeting_changed", "meeting", meeting.id, meeting.audience_id, place=meeting.place)

    found = rates(lambda: commit(note), lambda: commit(lambda _session, _meeting: None), rounds=7, times=10)
    return Figure("commit with its audit record against one without", bench.engine, *found, target=0.5)
