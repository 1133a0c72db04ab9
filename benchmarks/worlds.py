"""Databases to measure on: the tests' world on either engine, with a thousand meetings in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from app import schema
from app.db import Database
from tests import postgres, world

MEETINGS = 1_000
ENGINES = ("sqlite", "postgresql")


@contextmanager
def opened(engine: str, folder: Path) -> Iterator[Database]:
    """Open a fresh database on the engine, with the world and a thousand meetings of the three in it."""
    url = f"sqlite:///{folder / 'entente.db'}" if engine == "sqlite" else postgres.fresh_database("bench")
    database = Database(url, folder / "locks")
    schema.upgrade(database.engine)
    world.build(database)
    with database.system_session("add meetings to measure", "write") as session:
        for number in range(MEETINGS):
            day = dt.date(2026, 1, 5) + dt.timedelta(days=number)
            world.add_meeting(
                session, f"UNC-{day.year}-{number + 1}", mechanism="M01", state="confirmed", starts_on=day, ends_on=day
            )
        session.commit()
    if engine != "sqlite":
        _analyze(database)
    try:
        yield database
    finally:
        database.engine.dispose()
        if engine != "sqlite":
            postgres.drop(url)


def _analyze(database: Database) -> None:
    """Let PostgreSQL count what it holds, as it does by itself on a server that runs for longer than this."""
    with psycopg.connect(postgres.conninfo(postgres.admin_url(database.url.database or "")), autocommit=True) as admin:
        admin.execute("ANALYZE")
