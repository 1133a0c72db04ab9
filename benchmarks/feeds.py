"""Feeds: unchanged, already built, and built anew after one meeting changed."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Iterator
from typing import Final

from sqlalchemy import select

from app.calendars import vtimezones
from app.calendars.feed import assemble, body_of, joined, rendered
from app.domain.entries import FeedChoices, entry
from app.models import Mechanism, Meeting
from app.services.feeds import find_feed, meeting_facts
from app.services.kept_feeds import KeptFeeds
from benchmarks import others
from benchmarks.figures import Figure, rates, unmeasured
from benchmarks.requests import fetched, request
from benchmarks.requests import rates as request_rates
from benchmarks.worlds import CODE, MEETINGS, REF, Bench
from tests import world
from tests.clients.serving import BASE, Server
from tests.subscribing import subscribe

EVENTS: Final = MEETINGS // 10
BYTES: Final = 600_000
REBUILDS: Final = 7
NGINX: Final = "built feed of 1,000 meetings against nginx with a file"
RADICALE: Final = "built feed of 1,000 meetings against Radicale"


def served_feed(bench: Bench, server: Server, token: str) -> Iterator[Figure]:
    """Requests/s for a feed that is there: not changed (304), and whole, beside nginx and Radicale."""
    path, agent = f"/feeds/{token}.ics", {"User-Agent": "benchmark"}
    whole, empty = request(server.port, path, headers=agent), request(server.port, "/healthz")
    content = fetched(whole)
    _check(content)
    unchanged = request(server.port, path, 304, {**agent, "If-None-Match": server.get(path).headers["etag"]})
    name = "unchanged feed (304) against the empty route"
    yield Figure(name, bench.engine, *request_rates(unchanged, empty, rounds=20), target=0.4)
    try:
        with others.nginx(bench.folder / "nginx", content) as port:
            found = request_rates(whole, request(port, "/feed.ics"), rounds=20)
            yield Figure(NGINX, bench.engine, *found, target=0.5)
    except others.Missing as missing:
        yield unmeasured(NGINX, bench.engine, 0.5, str(missing))
    try:
        with others.radicale(bench.folder / "radicale", content) as port:
            found = request_rates(whole, request(port, "/reader/feed/"), rounds=3)
            yield Figure(RADICALE, bench.engine, *found, target=300)
    except others.Missing as missing:
        yield unmeasured(RADICALE, bench.engine, 300, str(missing))


def rebuilt_feed(bench: Bench) -> Figure:
    """Builds/s of a feed of which one meeting changed since, against building it in a process that has just begun.

    Gzip is switched off in the subscription: it costs the same in both.
    """
    database = bench.database
    token = subscribe(database, "ana", mechanism=CODE, uses_gzip=False).token
    kept, numbers = KeptFeeds(), itertools.count()
    seconds: tuple[list[float], list[float]] = ([], [])
    find_feed(database, kept, f"{token}.ics", BASE)
    for _ in range(REBUILDS):
        _change_one(bench, next(numbers))
        vtimezones._rendered.cache_clear()  # noqa: SLF001 - a process that has just begun
        fresh = KeptFeeds()
        for took, shelf in zip(seconds, (kept, fresh), strict=True):
            began = time.perf_counter()
            feed = find_feed(database, shelf, f"{token}.ics", BASE)
            took.append(time.perf_counter() - began)
            _check(feed.body.body)
    again, anew = (1 / statistics.median(took) for took in seconds)
    return Figure("feed built anew after one meeting changed", bench.engine, again, anew, target=10)


def _change_one(bench: Bench, number: int) -> None:
    with bench.database.write_session(world.viewer("ana")) as session:
        of_feed = select(Mechanism.id).where(Mechanism.ref == REF)
        query = select(Meeting).where(Meeting.mechanism_id.in_(of_feed)).order_by(Meeting.reference).limit(1)
        session.execute(query).scalar_one().place = f"Room {number}"
        session.commit()


def joined_entries(bench: Bench) -> Figure:
    """Joins/s of 1,000 kept entries to a feed, against rendering the same feed anew; no database is asked."""
    with bench.database.read_session(world.viewer("ana")) as session:
        facts = meeting_facts(session, BASE, "en")
    choices = FeedChoices("en")
    entries = [shown for each in facts[:EVENTS] if (shown := entry(each, choices, bench.database.clock())) is not None]
    kept = [rendered(each) for each in entries]

    def join() -> None:
        body_of(joined("Entente", f"{BASE}/feeds/x.ics", kept))

    def build() -> None:
        vtimezones._rendered.cache_clear()  # noqa: SLF001 - a process that has just begun
        assemble("Entente", f"{BASE}/feeds/x.ics", entries)

    return Figure("feed of kept entries against one rendered anew", "none", *rates(join, build, rounds=5), target=5)


def _check(content: bytes) -> None:
    count = content.count(b"BEGIN:VEVENT")
    if not EVENTS * 0.9 <= count <= EVENTS or len(content) < BYTES:
        raise RuntimeError(f"a feed of {count} meetings and {len(content)} bytes")
