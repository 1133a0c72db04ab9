"""The engines: what each connection promises, on SQLite and on PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    create_engine,
    event,
)
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool


def sqlite_engine(url: URL) -> Engine:
    """Return the engine of a SQLite file: durable, keyed, and reading only where it was asked to read."""
    pool = NullPool if url.database in {None, "", ":memory:"} else None
    engine = create_engine(url, poolclass=pool, hide_parameters=True)  # values stay out of errors and logs

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions are ours: see `_begin`
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("entente_mode", "write") == "write"
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def sqlite_feed_engine(url: URL) -> Engine:
    """Return an engine of a SQLite file that can only read, for the look-up by token."""
    kind = NullPool if url.database in {None, "", ":memory:"} else None
    engine = create_engine(url, poolclass=kind, pool_reset_on_return=None)

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # nothing is begun: a single statement sees one state of the file
        for pragma in ("query_only=ON", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def postgres_feed_engine(url: URL) -> Engine:
    """Return an engine that is the system's role and can only read, for the look-up by token."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT", pool_reset_on_return=None)

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: object) -> None:
        connection.autocommit = True
        connection.execute("SET default_transaction_read_only = on")
        connection.execute("SET plan_cache_mode = force_generic_plan")
        connection.execute("SET ROLE entente_system")

    return engine


def postgres_engine(url: URL) -> Engine:
    """Return the engine of a PostgreSQL database; each session takes its role in its own transaction."""
    durable = {"options": "-c synchronous_commit=on"}  # whatever the server's or the role's default
    return create_engine(
        url, pool_pre_ping=True, isolation_level="READ COMMITTED", connect_args=durable, hide_parameters=True
    )
