"""Real calendar programs subscribed to the running app, while a meeting goes through its life.

The server's clock is the machine's, so the meeting is a month from today, whenever that is.
"""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.db import Database
from app.domain.meeting_content import MeetingContent
from app.domain.zones import zone
from app.models import SubscriptionFetch
from app.services.meeting_life import NewDate
from app.services.subscriptions import revoke_subscription
from tests import story, world
from tests.clients.life import act, confirm, propose_meeting, steer
from tests.clients.programs import READERS_OF_BYTES, Khal, Shown
from tests.clients.serving import Server, open_now
from tests.subscribing import subscribe

TODAY = dt.datetime.now(dt.UTC).date()
DAY = TODAY + dt.timedelta(days=30)
LATER = TODAY + dt.timedelta(days=33)
NEW_YORK = zone("America/New_York")


@pytest.fixture
def running(database: Database, tmp_path: Path) -> Iterator[Database]:
    """Return a database with the world in it, on the machine's clock."""
    opened = open_now(database, tmp_path)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def running_story(told: Database, tmp_path: Path) -> Iterator[Database]:
    """Return a database in which the story has been told, on the machine's clock."""
    opened = open_now(told, tmp_path)
    yield opened
    opened.engine.dispose()


# The life of a meeting, through the services ------------------------------------------------------


def proposed(
    database: Database, parties: tuple[str, ...] = world.THREE, mechanism: str | None = "un-coordination"
) -> str:
    """Propose a meeting by Mexico's coordinator, 10:00 to 13:00 in New York."""
    content = MeetingContent(
        mechanism=mechanism, title={"en": "Joint coordination"}, original="en", parties=parties,
        hosting={"US": "host"}, format="in_person", place="New York", zone="America/New_York", first_day=DAY,
        starts=dt.time(10), ends=dt.time(13),
    )  # fmt: skip
    return propose_meeting(database, content)


def move(database: Database, reference: str) -> None:
    date = NewDate(first_day=LATER, starts=dt.time(14, 30), ends=dt.time(16))
    steer(database, "postpone", reference, "A vote was called", date=date)


def in_utc(day: dt.date, hour: int, minute: int = 0) -> str:
    wall = dt.datetime.combine(day, dt.time(hour, minute), NEW_YORK)
    return wall.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%MZ")


FIRST = (in_utc(DAY, 10), in_utc(DAY, 13))
MOVED = (in_utc(LATER, 14, 30), in_utc(LATER, 16))
Step = tuple[Callable[[Database, str], None], str, tuple[str, str], str]
LIFE: tuple[Step, ...] = (
    (confirm, "", FIRST, "CONFIRMED"),
    (move, "", MOVED, "TENTATIVE"),
    (confirm, "", MOVED, "CONFIRMED"),
    (lambda database, reference: steer(database, "cancel", reference, "Flood"), "CANCELLED: ", MOVED, "CANCELLED"),
    (lambda database, reference: steer(database, "reinstate", reference), "", MOVED, "TENTATIVE"),
    (confirm, "", MOVED, "CONFIRMED"),
    (lambda database, reference: steer(database, "postpone", reference, "Flood"), "POSTPONED: ", MOVED, "CANCELLED"),
)


def check(server: Server, feed: str, khal: Khal, expected: list[Shown]) -> str:
    """Let every program fetch, see that each shows exactly the expected, and return the tag."""
    answer = server.get(feed)
    assert answer.status == 200
    for program, read in READERS_OF_BYTES.items():
        assert read(answer.body) == expected, program
    khal.sync()
    assert khal.shown(TODAY.isoformat(), 90) == expected
    return answer.headers["etag"]


def test_every_program_follows_a_meeting_through_its_life(running, serve, tmp_path):
    server, made = serve(running), subscribe(running, "benoit")
    feed = f"/feeds/{made.token}.ics"
    khal = Khal(tmp_path / "khal", server.address(feed))
    check(server, feed, khal, [])
    reference = proposed(running)
    tag = check(server, feed, khal, [Shown(f"Joint coordination ({reference})", *FIRST, "TENTATIVE")])
    for do, prefix, (start, end), status in LIFE:
        assert server.get(feed, If_None_Match=tag).status == 304
        do(running, reference)
        tag = check(server, feed, khal, [Shown(f"{prefix}Joint coordination ({reference})", start, end, status)])
    act(running, "benoit", lambda session: revoke_subscription(session, made.subscription.id))
    assert server.get(feed, If_None_Match=tag).status == 404


def test_a_subscriber_to_confirmed_meetings_sees_it_come_and_go(running, serve):
    server, made = serve(running), subscribe(running, "carol", includes_tentative=False)
    read = READERS_OF_BYTES["icalendar"]

    def statuses() -> list[str | None]:
        return [event.status for event in read(server.get(f"/feeds/{made.token}.ics").body)]

    seen = [statuses()]
    reference = proposed(running)
    seen.append(statuses())
    for do, *_shown in LIFE:
        do(running, reference)
        seen.append(statuses())
    confirmed, off, none = ["CONFIRMED"], ["CANCELLED"], list[str | None]()
    assert seen == [none, none, confirmed, none, confirmed, off, none, confirmed, off]


def test_two_processes_say_the_same_and_neither_tells_what_it_may_not(running_story, serve):
    one, other = serve(running_story), serve(running_story)
    made = subscribe(running_story, "benoit", language="fr")
    busy = subscribe(running_story, "benoit", detail="busy", mechanism="un-coordination")
    feed = f"/feeds/{made.token}.ics"
    first = one.get(feed)
    for again in (one.get(feed), other.get(feed), other.get(feed)):
        assert (again.body, again.headers["etag"]) == (first.body, first.headers["etag"])
    zipped = [server.get(feed, Accept_Encoding="gzip") for server in (one, other)]
    assert zipped[0].body == zipped[1].body
    assert gzip.decompress(zipped[0].body) == first.body
    assert not world.foreign_canaries(first.body.decode() + str(first.headers), world.CAST["benoit"])
    assert b"zzcanary-CAMXUS-title fr" in first.body
    hidden = one.get(f"/feeds/{busy.token}.ics")
    assert b"canary" not in hidden.body + str(hidden.headers).encode()
    assert hidden.body.count(b"SUMMARY:Busy\r\n") == 1


def test_a_change_that_a_subscriber_may_not_see_does_not_reach_them(running_story, serve):
    servers = [serve(running_story), serve(running_story)]
    feed = f"/feeds/{story.TOKENS['benoit']}.ics"
    tags = [server.get(feed).headers["etag"] for server in servers]
    proposed(running_story, ("MX", "US"), None)
    assert [server.get(feed, If_None_Match=tags[0]).status for server in servers] == [304, 304]
    proposed(running_story, world.THREE, None)
    assert [server.get(feed, If_None_Match=tags[0]).status for server in servers] == [200, 200]
    assert len({server.get(feed).headers["etag"] for server in servers}) == 1


def test_a_server_that_ends_writes_down_what_was_fetched_and_says_no_token(running, serve):
    server, made = serve(running), subscribe(running, "ana")
    for _ in range(3):
        server.get(f"/feeds/{made.token}.ics", User_Agent="Thunderbird/153")
    server.get(f"/feeds/{made.token[:-1]}.ics")
    server.stop()
    assert made.token[:-1] not in server.log
    with running.read_session(world.viewer("ana")) as session:
        row = session.execute(select(SubscriptionFetch)).scalar_one()
        assert (row.fetch_count, row.last_agent) == (3, "Thunderbird/153")
