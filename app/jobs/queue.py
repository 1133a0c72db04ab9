"""The queue that wakes the worker: huey, in a file or schema of its own.

It carries no work. What is to be done is in our own tables (the outbox), where a transaction keeps
it; a task that is lost here is made up for within a minute.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Final

import psycopg
from huey import PostgresHuey, SqliteHuey
from huey.api import Huey

from config import Settings

SCHEMA: Final = "entente_jobs"
FILE: Final = "jobs.db"
DELIVER: Final = "deliver"


def make_queue(settings: Settings) -> Huey:
    """Return the queue of this instance, on the engine that its data is on; results are not kept."""
    if settings.database_url.startswith("postgresql"):
        conninfo = settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
        connect = functools.partial(_connect, conninfo)
        return PostgresHuey("entente", connection=connect, results=False)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("entente", filename=str(settings.data_dir / FILE), results=False)


def _connect(conninfo: str) -> psycopg.Connection[Any]:
    """Return a connection that works in the queue's schema, as the system's role."""
    connection = psycopg.connect(conninfo, autocommit=True)
    connection.execute("SET ROLE entente_system")
    connection.execute(f"SET search_path = {SCHEMA}")
    return connection


def register_delivery(queue: Huey, deliver: Callable[[], None]) -> Callable[[], object]:
    """Register what delivers the outbox under the one name by which every process asks for it."""

    def run() -> None:
        deliver()

    wake: Callable[[], object] = queue.task(name=DELIVER)(run)
    return wake


def make_waker(settings: Settings) -> Callable[[], None]:
    """Return what wakes the worker to deliver the outbox; the queue is opened when it is first needed."""

    @functools.cache
    def asker() -> Callable[[], object]:
        return register_delivery(make_queue(settings), _not_here)

    def wake() -> None:
        asker()()

    return wake


def _not_here() -> None:
    """Stand for the worker's part in a process that only asks for it."""
    raise RuntimeError("a process that only wakes the worker was given its work")
