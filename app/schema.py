"""The schema: where its migrations are, and how they are run on either engine."""

from __future__ import annotations

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
    with engine.connect() as connection:
        _become_owner(connection)
        command.upgrade(_config(connection), revision)
        _step_back(connection)


def downgrade(engine: Engine, revision: str) -> None:
    """Bring the database down to the revision, as the owner of the schema."""
    with engine.connect() as connection:
        _become_owner(connection)
        command.downgrade(_config(connection), revision)
        _step_back(connection)


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


def _become_owner(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET ROLE entente_owner")


def _step_back(connection: Connection) -> None:
    """Commit, and give the owner's role back before the connection returns to its pool."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("RESET ROLE")
    connection.commit()
