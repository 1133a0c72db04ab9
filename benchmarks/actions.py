"""Actions to measure on: as many as a figure asks for, with 2.5 legs and ten notes each, put in in bulk.

They are of all mechanisms that meet, a tenth of `CODE`, seen by the mechanism's parties and, for some, its
secretariat; seven tenths are done; of the legs that are still owed one in twenty is late, and one in ten not accepted.
One mechanism (`BEHIND`) has a twentieth more of them, all owed, of which half are late.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
from sqlalchemy import insert, select

from app.db import Database, GuardedSession
from app.domain import actions as rules
from app.models import Action, ActionNote, Leg, Office
from app.models.actions import found_by
from benchmarks.worlds import Bench, Kind, count_rows, kinds_of, opened
from tests import postgres, world

ACTIONS: Final = 100_000
FEWER: Final = 10_000
MEETINGS: Final = 100
NOTES: Final = 10
BEHIND: Final = "drug-dialogue"
AT_ONCE: Final = 5_000
_PRIORITIES: Final = ("normal", "normal", "high", "normal", "low")
_KINDS: Final = ("task", "task", "evaluation", "task", "data_exchange", "protocol", "task", "exercise", "candidature")
_WORDS: Final = ("border", "drug policy", "disaster relief", "migration", "hemispheric summit", "peacekeeping", "trade")
Row = dict[str, Any]
Take = Callable[[type[Any], list[Row]], object]


@contextmanager
def opened_with_actions(engine: str, folder: Path, count: int) -> Iterator[Bench]:
    """Open a fresh database on the engine, with a few meetings and so many actions in it."""
    with opened(engine, folder, MEETINGS) as bench:
        add_actions(bench.database, count)
        yield bench


def add_actions(database: Database, count: int) -> None:
    """Add so many actions with their legs and notes, and let the engine count what it holds then."""
    with database.system_session("add actions to measure", "write") as session:
        kinds, offices = kinds_of(session), _offices(session)
        session.commit()
    with _taking(database) as take:
        for first in range(0, count, AT_ONCE):
            numbers = range(first, min(count, first + AT_ONCE))
            rows = _rows(numbers, kinds, offices, database.clock())
            for model, of_model in zip((Action, Leg, ActionNote), rows, strict=True):
                take(model, of_model)
    count_rows(database)


@contextmanager
def _taking(database: Database) -> Iterator[Take]:
    """Yield what puts rows in the fastest way that the engine has.

    On PostgreSQL they are copied in, past the policies and the checks of what they point at.
    """
    if database.is_sqlite:
        with database.system_session("add actions to measure", "write") as session:
            yield lambda model, rows: session.execute(insert(model.__table__), rows)
            session.commit()
        return
    url = postgres.conninfo(postgres.admin_url(database.url.database or ""))
    with psycopg.connect(url) as admin, admin.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield lambda model, rows: _copy(cursor, model, rows)


def _copy(cursor: psycopg.Cursor[Any], model: type[Any], rows: list[Row]) -> None:
    with cursor.copy(f"COPY {model.__tablename__} ({', '.join(rows[0])}) FROM STDIN") as copied:
        for row in rows:
            copied.write_row([json.dumps(value) if isinstance(value, dict) else value for value in row.values()])


def _id_of(number: int) -> uuid.UUID:
    return uuid.UUID(int=(number + 1) << 64)


def _news_at(number: int, now: dt.datetime) -> dt.datetime:
    return now - dt.timedelta(days=number * 31 % 90, seconds=number * 17 % 86_400)


def _kind(number: int, kinds: list[Kind]) -> Kind:
    if _is_of_behind(number):
        return next(kind for kind in kinds if kind.code == BEHIND)
    return kinds[0] if number % 10 == 0 else kinds[1 + number % (len(kinds) - 1)]


def _is_of_behind(number: int) -> bool:
    return number % 20 == 18  # of which no leg of the first two parties is done


def _offices(session: GuardedSession) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code, party in session.execute(select(Office.code, Office.party_code).order_by(Office.code)):
        found.setdefault(party, []).append(code)
    return found


def _rows(
    numbers: range, kinds: list[Kind], offices: dict[str, list[str]], now: dt.datetime
) -> tuple[list[Row], list[Row], list[Row]]:
    actions: list[Row] = []
    legs: list[Row] = []
    notes: list[Row] = []
    for number in numbers:
        kind, action_id = _kind(number, kinds), _id_of(number)
        own = list(_legs(action_id, number, kind, offices, now))
        title = {"en": f"Report on {_WORDS[number % 7]}, part {number}", "original": "en"}
        created_at = now - dt.timedelta(days=30 + number * 7919 % 1500, seconds=number % 86_400)
        news_at = _news_at(number, now)
        read = [(leg["state"], leg["due_on"]) for leg in own]
        actions.append(
            {
                "id": action_id, "reference": f"{kind.prefix}-2026-{number // 99 + 1000}-A{number % 99 + 1:02}",
                "mechanism_id": kind.mechanism_id, "audience_id": kind.audience_id,
                "title": title,
                "created_by_party": kind.parties[0], "created_at": created_at, "changed_at": news_at,
                "news_at": news_at,
                "kind": _KINDS[number % 9], "priority": _PRIORITIES[number % 5], "lead_party": kind.parties[0],
                "state": rules.whole_state(state for state, _ in read), "due_on": rules.whole_due_on(read),
                "due_basis": "date", "kind_facts": {}, "version": 1,
                "found_by": found_by(f"{kind.prefix}-2026-{number // 99 + 1000}-A{number % 99 + 1:02}", title),
            }
        )  # fmt: skip
        legs += own
        notes += _notes(action_id, number, kind, news_at)
    return actions, legs, notes


def _legs(
    action_id: uuid.UUID, number: int, kind: Kind, offices: dict[str, list[str]], now: dt.datetime
) -> Iterator[Row]:
    parties = kind.parties[: 3 if number % 11 else 2]
    for place, code in enumerate(parties):
        seed = number * 3 + place
        is_done = number % 10 < 7 or (number + place) % 5 == 0
        is_late = (number // 10 + place) % 20 == 0 or (_is_of_behind(number) and number // 20 % 2 == 0)
        ahead = -(seed * 37 % 1200) - 1 if is_done or is_late else seed * 37 % 400
        own = offices.get(code) or [None]  # type: ignore[list-item]
        yield {
            "id": uuid.UUID(int=((number + 1) << 64) + place + 1), "action_id": action_id, "party_code": code,
            "office_code": own[number // 3 % len(own)], "person_name": f"Person {seed % 500}",
            "state": "done" if is_done else ("open", "under_way", "under_way", "blocked")[number // 7 % 4],
            "due_on": now.date() + dt.timedelta(days=ahead), "is_accepted": is_done or number // 11 % 10 > 0,
            "changed_at": now - dt.timedelta(days=seed % 90), "audience_id": kind.audience_id, "version": 1,
        }  # fmt: skip


def _notes(action_id: uuid.UUID, number: int, kind: Kind, news_at: dt.datetime) -> Iterator[Row]:
    for place in range(NOTES):
        yield {
            "id": uuid.UUID(int=((number + 1) << 64) + (place + 1) * 1000), "action_id": action_id,
            "text": f"Told the others where part {number} stands, for the {place + 1}. time.", "language": "en",
            "party_code": kind.parties[place % len(kind.parties)], "person_id": world.CAST["ana"].id,
            "created_at": news_at - dt.timedelta(days=place * 9), "kind": "note", "way": "page",
            "audience_id": kind.audience_id,
        }  # fmt: skip
