"""Databases to measure on: the tests' world on either engine, with as many meetings in it as a figure asks for.

There is a meeting a day, seven tenths of them past: ten times the data is ten times the years. Every tenth is of
one mechanism (`CODE`), the others of all the rest of the register, each with the mechanism's parties; what is
within two months is proposed, unanswered by half, and what comes after it confirmed.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from sqlalchemy import select

from app import schema
from app.db import Database, GuardedSession, digest_of
from app.domain.visibility import appointment_key, audience_of_person, party_key
from app.domain.zones import tzdata_version, zone
from app.models import Mechanism, Meeting, MeetingParty, Party, Person, Sitting, Subscription
from tests import postgres, world

MEETINGS: Final = 10_000
FEWER: Final = 1_000
SUBSCRIPTIONS: Final = 2_000
PER_PERSON: Final = 4
ENGINES: Final = ("sqlite", "postgresql")
REF: Final = "M01"
CODE: Final = "un-coordination"
PAST: Final = 0.7
PROPOSED_DAYS: Final = 60
AT_ONCE: Final = 2_500


@dataclass(frozen=True)
class Bench:
    """A database to measure on, with the folder of its files, and how many meetings it holds."""

    engine: str
    database: Database
    folder: Path
    meetings: int


@contextmanager
def opened(engine: str, folder: Path, meetings: int) -> Iterator[Bench]:
    """Open a fresh database on the engine, with the world, that many meetings and the subscriptions in it."""
    folder.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{folder / 'entente.db'}" if engine == "sqlite" else postgres.fresh_database("bench")
    database = Database(url, folder / "data" / "locks")
    try:
        schema.upgrade(database.engine)
        world.build(database)
        _fill(database, meetings)
        count_rows(database)
        yield Bench(engine, database, folder, meetings)
    finally:
        database.engine.dispose()
        if engine != "sqlite":
            postgres.drop(url)


def count_rows(database: Database) -> None:
    """Let the engine count what it holds, as PostgreSQL does by itself on a server that runs for longer than this."""
    if database.is_sqlite:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.exec_driver_sql("COMMIT")
        return
    with psycopg.connect(postgres.conninfo(postgres.admin_url(database.url.database or "")), autocommit=True) as admin:
        admin.execute("VACUUM ANALYZE")


def _fill(database: Database, meetings: int) -> None:
    today = database.clock().date()
    with database.system_session("add meetings to measure", "write") as session:
        kinds = kinds_of(session)
        first = today - dt.timedelta(days=int(meetings * PAST))
        for number in range(meetings):
            kind = kinds[0] if number % 10 == 0 else kinds[1 + number % (len(kinds) - 1)]
            _add_meeting(session, number, kind, first + dt.timedelta(days=number), today)
            if number % AT_ONCE == AT_ONCE - 1:
                session.flush()
                session.expunge_all()
        _subscribe(session)
        session.commit()


@dataclass(frozen=True)
class Kind:
    """What is measured is of: a mechanism that meets, its parties, and who sees what is of them."""

    code: str
    mechanism_id: uuid.UUID
    prefix: str
    parties: tuple[str, ...]
    audience_id: uuid.UUID


def kinds_of(session: GuardedSession) -> list[Kind]:
    """Return what the meetings are of: the mechanism of the feed, then all others that meet."""
    known = set(session.execute(select(Party.code)).scalars())
    found = []
    rows = session.execute(select(Mechanism)).scalars().all()
    for row in sorted(rows, key=lambda each: (each.ref != REF, each.ref or each.code)):
        parties = tuple(code for code in row.parties if code in known)
        if row.status == "proposed" or not parties:
            continue
        keys = {party_key(code) for code in parties}
        if row.ref in {"M01", "M02", "M03"}:
            keys.add(appointment_key(world.appointment_id(row.ref)))
        found.append(Kind(row.code, row.id, row.prefix, parties, session.audience(keys)))
    return found


def _add_meeting(session: GuardedSession, number: int, kind: Kind, day: dt.date, today: dt.date) -> None:
    reference = f"{kind.prefix}-{day.year}-{number + 1}"
    times = dt.time(10), dt.time(13)
    starts_at, ends_at = (dt.datetime.combine(day, time, zone("America/New_York")).astimezone(dt.UTC) for time in times)
    state = _state(number, (day - today).days)
    called_off = {"cancelled_at": starts_at, "reason": "The hall was closed."} if state == "cancelled" else {}
    meeting = Meeting(
        id=world.identity("meeting", reference), reference=reference, mechanism_id=kind.mechanism_id,
        title={"en": f"Meeting of senior officials, {reference}", "original": "en"}, state=state, format="in_person",
        place="New York", time_zone="America/New_York", starts_on=day, ends_on=day, starts_time=times[0],
        ends_time=times[1], starts_at=starts_at, ends_at=ends_at, tzdata_version=tzdata_version(),
        proposed_by=kind.parties[0], uid=f"{world.identity('meeting', reference)}@entente.test",
        created_at=world.NOW, changed_at=world.NOW, audience_id=kind.audience_id, **called_off,
    )  # fmt: skip
    session.add(meeting)
    for place, code in enumerate(kind.parties):
        answered = state != "proposed" or (number + place) % 2 == 0
        answer: dict[str, Any] = {"answer": "yes", "answered_at": world.NOW} if answered else {}
        session.add(
            MeetingParty(
                meeting_id=meeting.id, party_code=code, audience_id=kind.audience_id,
                hosting="host" if number % len(kind.parties) == place else "none", **answer,
            )
        )  # fmt: skip
    session.add(
        Sitting(meeting_id=meeting.id, audience_id=kind.audience_id, position=1, starts_at=starts_at, ends_at=ends_at)
    )


def _state(number: int, days_ahead: int) -> str:
    if days_ahead < 0:
        return "cancelled" if number % 23 == 0 else "held"
    return "proposed" if days_ahead < PROPOSED_DAYS and number % 3 == 0 else "confirmed"


def _subscribe(session: GuardedSession) -> None:
    """Add people, a government's in turn, and the subscriptions of each."""
    for number in range(SUBSCRIPTIONS // PER_PERSON):
        party = world.THREE[number % 3]
        person_id = world.identity("person", f"subscriber-{number}")
        audience = session.audience(audience_of_person(person_id, party))
        session.add(
            Person(
                id=person_id, email=f"subscriber-{number}@example.org", name=f"Subscriber {number}", delegation=party,
                role="official", language="en", password=None, created_at=world.NOW, audience_id=audience,
            )
        )  # fmt: skip
        for each in range(PER_PERSON):
            session.add(
                Subscription(
                    person_id=person_id, name="", token_digest=digest_of(f"token-{number}-{each}"), language="en",
                    created_at=world.NOW, audience_id=audience,
                )
            )  # fmt: skip
