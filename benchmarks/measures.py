"""The figures: what is measured, against what, and how much of it is asked for."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.calendars import vtimezones
from app.calendars.feed import assemble, body_of, joined, rendered
from app.db import Database, GuardedSession
from app.domain.entries import FeedChoices, entry
from app.models import Meeting
from app.services.feeds import meeting_facts
from benchmarks.figures import Figure, rates
from benchmarks.requests import rates as request_rates
from benchmarks.requests import request
from benchmarks.worlds import MEETINGS
from tests import world
from tests.clients.serving import BASE, Server
from tests.subscribing import subscribe


def all_of(engine: str, database: Database, folder: Path) -> Iterator[Figure]:
    """Measure everything on one engine."""
    yield unchanged_feed(engine, database, folder)
    if engine == "sqlite":  # no database is asked
        yield cached_entries(database)
    yield guarded_read(engine, database)
    yield audited_commit(engine, database)


def unchanged_feed(engine: str, database: Database, folder: Path) -> Figure:
    """Requests/s for a feed of 1,000 meetings that did not change (304), against the empty route."""
    feed = f"/feeds/{subscribe(database, 'ana').token}.ics"
    server = Server(database, folder, folder / "keys")
    try:
        tag = server.get(feed).headers["etag"]
        asked = request(feed, {"If-None-Match": tag, "User-Agent": "benchmark"})
        found = request_rates(server.port, (asked, 304), (request("/healthz"), 200), rounds=20)
    finally:
        server.stop()
    return Figure("unchanged feed (304) against the empty route", engine, *found, target=0.4)


def cached_entries(database: Database) -> Figure:
    """Joins/s of 1,000 kept entries to a feed, against building the same feed anew."""
    with database.read_session(world.viewer("ana")) as session:
        facts = meeting_facts(session, BASE, "en")
    choices = FeedChoices("en")
    entries = [shown for each in facts if (shown := entry(each, choices, database.clock())) is not None]
    _check(len(entries))

    kept = [rendered(each) for each in entries]

    def join() -> None:
        body_of(joined("Entente", f"{BASE}/feeds/x.ics", kept))

    def build() -> None:
        vtimezones._rendered.cache_clear()  # noqa: SLF001 - a process that has just begun
        assemble("Entente", f"{BASE}/feeds/x.ics", entries)

    return Figure("feed of kept entries against one built anew", "none", *rates(join, build, rounds=5), target=5)


def guarded_read(engine: str, database: Database) -> Figure:
    """Reads/s of 1,000 meetings on a viewer's session, against the same statement with no rule on it."""
    query = select(Meeting).options(selectinload(Meeting.parties), selectinload(Meeting.sittings))

    def guarded() -> None:
        with database.read_session(world.viewer("ana")) as session:
            _check(len(session.execute(query).scalars().all()))

    def unguarded() -> None:
        with database.system_session("read without the rule, to compare") as session:
            _check(len(session.execute(query).scalars().all()))

    return Figure(
        "guarded read of 1,000 meetings against the unguarded", engine, *rates(guarded, unguarded, 11), target=0.8
    )


def audited_commit(engine: str, database: Database) -> Figure:
    """Commits/s of one change with its audit record, against commits without."""
    with database.read_session(world.viewer("ana")) as session:
        meeting_id = session.execute(select(Meeting.id).order_by(Meeting.reference)).scalars().first()
    numbers = itertools.count()

    def commit(also: Callable[[GuardedSession, Meeting], None]) -> None:
        with database.write_session(world.viewer("ana")) as session:
            meeting = session.get_one(Meeting, meeting_id)
            meeting.place = f"Room {next(numbers)}"
            also(session, meeting)
            session.commit()

    def note(session: GuardedSession, meeting: Meeting) -> None:
        session.record("meeting_changed", "meeting", meeting.id, meeting.audience_id, place=meeting.place)

    found = rates(lambda: commit(note), lambda: commit(lambda _session, _meeting: None), rounds=7, times=10)
    return Figure("commit with its audit record against one without", engine, *found, target=0.5)


def _check(count: int) -> None:
    if count != MEETINGS:
        raise RuntimeError(f"{count} meetings, not {MEETINGS}")
