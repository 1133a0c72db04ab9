"""Migrations: numbered, one head, free of models, and both ways with data on both engines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from app import schema
from app.db import Database
from app.models import Base
from tests import postgres, world

FILES = sorted(Path(schema.FOLDER, "versions").glob("*.py"))
REVISIONS = [path.name[:4] for path in FILES]


def filled(database: Database) -> None:
    with database.system_session("fill every kind of table", "write") as session:
        meeting = world.add_meeting(session, "UNC-2026-1", mechanism="M01")
        world.add_item(session, meeting, 1)
        world.add_action(session, "UNC-2026-1-A01", meeting=meeting)
        session.record("filled", "meeting", meeting.reference, meeting.audience_id)
        session.commit()


def counts(database: Database) -> dict[str, int]:
    everything = (
        create_engine(postgres.admin_url(database.url.database or "")) if not database.is_sqlite else database.engine
    )
    with everything.connect() as connection:
        tables = set(inspect(connection).get_table_names()) & {"parties", "people", "mechanisms", "meetings", "actions"}
        found = {name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one() for name in tables}
    if not database.is_sqlite:
        everything.dispose()
    return found


def test_revisions_are_numbered_in_one_line() -> None:
    assert [f"{n:04d}" for n in range(1, len(FILES) + 1)] == REVISIONS
    assert len(ScriptDirectory(str(schema.FOLDER)).get_heads()) == 1


@pytest.mark.parametrize("path", FILES, ids=REVISIONS)
def test_a_migration_imports_no_model(path: Path) -> None:
    assert not re.search(r"^\s*(from|import) app\b", path.read_text("utf-8"), re.MULTILINE)


def test_down_and_up_again_with_data(database: Database) -> None:
    filled(database)
    before = counts(database)
    assert before["meetings"] == 1
    for revision in [*reversed(REVISIONS[:-1]), "base"]:
        held = counts(database)
        schema.downgrade(database.engine, revision)
        after = counts(database)
        assert {name: held[name] for name in after} == after, revision
    assert counts(database) == {}
    for revision in REVISIONS:
        schema.upgrade(database.engine, revision)
    assert schema.is_at_head(database.engine)
    world.build(database)
    filled(database)
    assert counts(database) == before


def test_the_migrations_make_what_the_models_describe(database: Database) -> None:
    assert schema.differences(database.engine) == []


def test_every_guarded_table_has_its_policy_and_nobody_may_delete(database: Database) -> None:
    """Read the second lock off PostgreSQL's own catalogue, so that a new table cannot be forgotten."""
    if database.is_sqlite:
        return
    with database.engine.connect() as connection:
        forced = set(
            connection.exec_driver_sql(
                "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND relkind = 'r'"
            ).scalars()
        )
        deleting = set(
            connection.exec_driver_sql(
                "SELECT table_name FROM information_schema.role_table_grants "
                "WHERE grantee IN ('entente_app', 'entente_system') AND privilege_type IN ('DELETE', 'TRUNCATE')"
            ).scalars()
        )
    for mapper in Base.registry.mappers:
        columns = mapper.local_table.columns.keys()
        if "audience_id" in columns and mapper.class_.__name__ != "AudienceMember":
            assert mapper.local_table.name in forced, mapper  # type: ignore[attr-defined]
    assert deleting <= {"sign_in_attempts"}
