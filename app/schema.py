"""The schema: where its migrations are, and how they are run on either engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from app.models import Base

FOLDER: Final = Path(__file__).resolve().parent.parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["metadata"] = Base.metadata
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database up to the revision, as the owner of the schema.

    On PostgreSQL the roles `entente_owner`, `entente_app` and `entente_system` must exist, and the
    one who connects must be a member of each.
    """
    with engine.connect() as connection, _allowed_to_rebuild(connection):
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Bring the database down to the revision, as the owner of the schema."""
    with engine.connect() as connection, _allowed_to_rebuild(connection):
        command.downgrade(_config(connection), revision)


def head() -> str:
    """Return the newest revision that the code knows."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    if newest is None:
        raise RuntimeError("there are no migrations")
    return newest


def is_at_head(engine: Engine) -> bool:
    """Say whether the database has every migration that the code knows."""
    with engine.connect() as connection:
        _take(connection, "entente_system")
        return MigrationContext.configure(connection).get_current_revision() == head()


def differences(engine: Engine) -> list[object]:
    """Return what differs between the database and the models; nothing, when the migrations are complete."""
    with engine.connect() as connection:
        _take(connection, "entente_owner")
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def _take(connection: Connection, role: str) -> None:
    """On PostgreSQL, take the role until the transaction of this connection ends."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL ROLE {role}")


@contextmanager
def _allowed_to_rebuild(connection: Connection) -> Iterator[None]:
    """Be the owner of the schema, and on SQLite free to drop a table that others refer to.

    What comes of that is checked, key by key, before the migrations commit: see `migrations/env.py`. A connection
    on which they failed is thrown away.
    """
    driver = connection.connection.driver_connection
    keys = driver if connection.dialect.name == "sqlite" else None
    if keys is not None:
        keys.execute("PRAGMA foreign_keys=OFF")  # heeded only outside a transaction
    _become_owner(connection)
    try:
        yield
    except BaseException:
        connection.invalidate()
        raise
    _step_back(connection)
    if keys is not None:
        keys.execute("PRAGMA foreign_keys=ON")


def _become_owner(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET ROLE entente_owner")


def _step_back(connection: Connection) -> None:
    """Commit, and give the owner's role back before the connection returns to its pool."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("RESET ROLE")
    connection.commit()
