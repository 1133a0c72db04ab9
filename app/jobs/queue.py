"""The queue that wakes the worker: huey, in a file or schema of its own.

It carries no work. What is to be done is in our own tables (the outbox), where a transaction keeps
it; a task that is lost here is made up for within a minute.
"""

from __future__ import annotations

import functools
import threading
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


class Waker:
    """Wakes the worker to deliver the outbox; the queue is opened when it is first needed, and then kept."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._queue: Huey | None = None
        self._ask: Callable[[], object] = _not_here

    def __call__(self) -> None:
        """Ask for a delivery; raises what the queue raises."""
        with self._lock:
            if self._queue is None:
                queue = make_queue(self._settings)
                self._ask = register_delivery(queue, _not_here)
                self._queue = queue
        self._ask()

    def close(self) -> None:
        """Close the queue; it is opened again should it be needed."""
        with self._lock:
            if self._queue is not None:
                self._queue.storage.close()
            self._queue = None


def _not_here() -> None:
    """Stand for the worker's part in a process that only asks for it."""
    raise RuntimeError("a process that only wakes the worker was given its work")
